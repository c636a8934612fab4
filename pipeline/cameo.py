"""CAMEO event codes → PLOVER event type and mode.

The codes of GDELT and ICEWS are hierarchical: a code means what its longest listed beginning means. Statements (01) and
appeals (02) have no PLOVER type.
"""

from __future__ import annotations

import csv
from functools import cache

from pipeline.errors import SeedError
from pipeline.paths import seeds_dir
from pipeline.scale import load_scale


@cache
def crosswalk() -> dict[str, tuple[str, str]]:
    """Read `seeds/cameo.csv`: beginning of a code → event type and mode.

    Raises
    ------
    SeedError
        If a row names a type or mode that the scale does not have.
    """
    path, known = seeds_dir() / "cameo.csv", load_scale().entries
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["cameo"]: (row["event_type"], row["mode"]) for row in csv.DictReader(file)}
    for code, meaning in rows.items():
        if meaning not in known:
            raise SeedError(f"{path}: {code} leads to {meaning}, which seeds/scale.csv does not have")
    return rows


def event_of(code: str) -> tuple[str, str] | None:
    """Return event type and mode of a CAMEO code, None where PLOVER has no type for it."""
    rows = crosswalk()
    for length in range(len(code), 1, -1):
        if code[:length] in rows:
            return rows[code[:length]]
    return None
