"""Scored events → the tension index: normalised flow, decayed level, 0–100 with interval."""

from pipeline.index.build import build_index

__all__ = ["build_index"]
