"""The conflict–cooperation scale: event type and mode → score in −10 … +10, negative is conflict.

`seeds/scale.csv` holds PLOVER's types and modes with quad class and score, and beside each the CAMEO code
and its Goldstein value; a user may bring a file of the same columns.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.errors import SeedError
from pipeline.paths import seeds_dir

ScaleName = Literal["plover", "goldstein"]
NO_EVENT = "NONE"
MUTUAL = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE"})
"""Types that two parties may do to each other in one act; other acts have one direction."""
QUAD_NAMES = {
    1: "verbal cooperation",
    2: "material cooperation",
    3: "verbal conflict",
    4: "material conflict",
}


@dataclass(frozen=True, slots=True)
class ScaleEntry:
    """A type and mode: quad class 1–4, PLOVER score and Goldstein value in −10 … +10, CAMEO code."""

    quad_class: int
    plover: float
    goldstein: float
    cameo_code: str


class Scale:
    """Scores of event types and modes under one of the two scales."""

    def __init__(self, entries: Mapping[tuple[str, str], ScaleEntry], name: ScaleName = "plover") -> None:
        self.entries = dict(entries)
        self.name = name
        self.event_types = tuple(dict.fromkeys(event_type for event_type, _ in entries))

    def score(self, event_type: str, mode: str = "") -> float:
        """Return the score of a type and mode; an unknown mode scores as its type."""
        entry = self.entries.get((event_type, mode)) or self.entries[(event_type, "")]
        return entry.goldstein if self.name == "goldstein" else entry.plover

    def quad_class(self, event_type: str) -> int:
        """Return 1 verbal or 2 material cooperation, 3 verbal or 4 material conflict."""
        return self.entries[(event_type, "")].quad_class

    def modes(self, event_type: str) -> tuple[str, ...]:
        """Return the modes of a type, without the empty one."""
        return tuple(mode for kind, mode in self.entries if kind == event_type and mode)


@cache
def load_scale(name: ScaleName = "plover", path: Path | None = None) -> Scale:
    """Read a scale file.

    Raises
    ------
    SeedError
        If a row lacks a number, a score lies outside −10 … +10, or a type has no row without mode.
    """
    path = path or seeds_dir() / "scale.csv"
    with path.open(encoding="utf-8", newline="") as file:
        entries = {
            (row["event_type"], row["mode"]): _entry(row, f"{path}:{n}")
            for n, row in enumerate(csv.DictReader(file), 2)
        }
    for event_type, _ in entries:
        if (event_type, "") not in entries:
            raise SeedError(f"{path}: {event_type} has modes but no row with an empty mode; add one")
    return Scale(entries, name)


def _entry(row: dict[str, str], place: str) -> ScaleEntry:
    try:
        entry = ScaleEntry(
            int(row["quad_class"]),
            float(row["plover_score"]),
            float(row["goldstein_score"]),
            row["cameo_code"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SeedError(f"{place}: not a row of a scale ({error}); see seeds/README.md") from error
    if entry.quad_class not in QUAD_NAMES or not all(-10 <= x <= 10 for x in (entry.plover, entry.goldstein)):
        raise SeedError(f"{place}: quad class must be 1-4 and scores -10 to 10, not {entry}")
    return entry
