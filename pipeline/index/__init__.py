"""Scored events → the tension index: normalised flow, decayed level, 0–100 with interval."""

from pipeline.index.build import build_indexes

__all__ = ["build_indexes"]
