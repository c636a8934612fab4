"""Standing rivals: whom a country's show of force is meant for when it names nobody."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.actors.dictionary import country_names
from pipeline.errors import SeedError
from pipeline.paths import seeds_dir


class Rivalry(NamedTuple):
    """A rival, and the first and last day of the rivalry."""

    rival: str
    first: date
    last: date


@cache
def load_rivals(path: Path | None = None) -> Mapping[str, tuple[Rivalry, ...]]:
    """Return country code → its rivalries, from `seeds/force/rivals.csv`.

    Raises
    ------
    SeedError
        If a code is not one of `countries.csv`, a date is not ISO, or a rivalry ends before it begins.
    """
    path = path or seeds_dir() / "force" / "rivals.csv"
    found: dict[str, list[Rivalry]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file), 2):
            one, other = row["one"], row["other"]
            first, last = _period(row, f"{path}:{n}")
            if not {one, other} <= country_names().keys() or one == other:
                raise SeedError(f"{path}:{n}: {one} and {other} must be two codes of actors/countries.csv")
            found[one].append(Rivalry(other, first, last))
            found[other].append(Rivalry(one, first, last))
    return {code: tuple(rivals) for code, rivals in found.items()}


def rivals_of(code: str, on: date) -> list[str]:
    """Return the codes of a country's rivals on a day, in order."""
    return sorted(one.rival for one in load_rivals().get(code, ()) if one.first <= on <= one.last)


def _period(row: Mapping[str, str], place: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(row["first"])
        last = date.fromisoformat(row["last"]) if row["last"] else date.max
    except ValueError as error:
        raise SeedError(f"{place}: {error}; dates are ISO (YYYY-MM-DD), an empty `last` is still") from error
    if last < first:
        raise SeedError(f"{place}: the rivalry ends {last} before it begins {first}")
    return first, last
