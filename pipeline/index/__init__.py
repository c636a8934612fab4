"""Scored events → the tension index: normalised flow, decayed level, 0–100 with interval."""

from pipeline.index.build import Indexes, build_indexes
from pipeline.index.carried import Carried, carried_in

__all__ = ["Carried", "Indexes", "build_indexes", "carried_in"]
