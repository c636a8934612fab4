"""Articles by day → whether the newest days have about as many as such days usually have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from pipeline.records import Check
from pipeline.settings import CheckSettings

NAME = "coverage"
LEAST_WEEKS = 4
"""Weeks of the past without which a weekday has no usual."""
_LEAST_A_DAY = 5
"""Usual articles a day below which chance alone empties some days."""


@dataclass(frozen=True)
class Printing:
    """How much was printed: day → outlet → articles. A day that is not there had none.

    `until` is the newest day that is over, and `before` that of the last published night; None if there was none.
    """

    counts: Mapping[date, Mapping[str, int]]
    until: date
    before: date | None

    @property
    def first(self) -> date | None:
        """The first day on which anything was printed."""
        return min(self.counts, default=None)

    def total(self, day: date) -> int:
        """Return the articles of a day."""
        return sum(self.counts.get(day, {}).values())

    @property
    def why_not_judged(self) -> str:
        """Why nothing can be said of the newest days; empty if it can."""
        if self.before is None:
            return "no night was published before"
        return "a later day was published before" if self.until < self.before else ""


@dataclass(frozen=True)
class Coverage:
    """The articles of some days together, and how many are usual on such weekdays; None if unknown."""

    first: date
    last: date
    articles: int
    usual: float | None


def coverage_of(printing: Printing, last: date, settings: CheckSettings) -> Coverage:
    """Count the articles of the whole days that end with `last`, and the usual of each: the weekday's median."""
    days = [last - timedelta(days=n) for n in range(settings.coverage_days)]
    usual = [_usual(printing, day, days[-1], settings.weeks) for day in days]
    known = [one for one in usual if one is not None]
    found = sum(known) if len(known) == len(days) else None
    return Coverage(days[-1], last, sum(map(printing.total, days)), found)


def judge_coverage(printing: Printing, settings: CheckSettings) -> Check:
    """Whether the newest whole days have enough articles.

    It fails where they have less than `coverage_share` of what is usual on their weekdays, and those of the last
    published night had not.
    """
    if not settings.coverage:
        return Check(NAME, "off")
    if printing.why_not_judged or printing.before is None:
        return Check(NAME, "skipped", printing.why_not_judged)
    now = coverage_of(printing, printing.until, settings)
    if now.usual is None or now.usual < _LEAST_A_DAY * settings.coverage_days:
        return Check(NAME, "skipped", "too few articles in the weeks before to know what is usual")
    said = f"{now.articles} articles printed {_span(now)}, usual are {now.usual:.0f}"
    if not _collapsed(now, settings):
        return Check(NAME, "held", said)
    least = f"{said}, least are {settings.coverage_share * now.usual:.0f}"
    was_so = _collapsed(coverage_of(printing, printing.before, settings), settings)
    return (
        Check(NAME, "warned", f"{least}; it was so in the index published before")
        if was_so
        else Check(NAME, "failed", least)
    )


def _collapsed(coverage: Coverage, settings: CheckSettings) -> bool:
    return coverage.usual is not None and coverage.articles < settings.coverage_share * coverage.usual


def _usual(printing: Printing, day: date, before: date, weeks: int) -> float | None:
    """Return the median of the same weekday in the weeks before a day."""
    earlier = [day - timedelta(weeks=n) for n in range(1, weeks + 3)]
    known = [one for one in earlier if one < before and printing.first is not None and one >= printing.first][:weeks]
    return median(map(printing.total, known)) if len(known) >= LEAST_WEEKS else None


def _span(coverage: Coverage) -> str:
    return f"on {coverage.last}" if coverage.first == coverage.last else f"from {coverage.first} to {coverage.last}"
