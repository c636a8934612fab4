"""What a rule of the date grammar may look at, and how it reads its own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.dates.periods import Period

NEAR_YEAR = 366  # days
_A_YEAR = timedelta(days=NEAR_YEAR)
_ANCHORS = {
    "day": ("day",),
    "week": ("day", "week"),
    "fortnight": ("day", "week"),
    "month": ("day", "week", "month", "quarter"),
}
"""Unit → precisions of a date that a phrase in that unit may count from."""


class Context(NamedTuple):
    """What a rule may look at: publication, whether the clause looks ahead, and the dates named before and after."""

    published: date
    ahead: Callable[[], bool]
    before: tuple[Period, ...] = ()
    after: Period | None = None
    retold: bool = False

    def told_year(self) -> int | None:
        """Return the year that an old story has come to, if one is told."""
        if not self.retold or not self.before or self.before[-1].last > self.published - _A_YEAR:
            return None
        return self.before[-1].first.year

    def anchor(self, unit: str) -> date:
        """Return the date that a phrase counts from: the last one named that is exact enough, else publication."""
        exact = _ANCHORS.get(unit)
        named = (one.first for one in reversed(self.before) if exact is None or one.precision in exact)
        return next(named, self.published)


def word(match: re.Match[str], group: str) -> str:
    """Return what a group matched, in lower case; "" if the pattern has no such group or it matched nothing."""
    return (match.groupdict().get(group) or "").lower()


def shift(words: str) -> int:
    """Return −1 for "last" or "the previous", 1 for "next" or "the coming", else 0."""
    if re.search(r"last|previous|preceding|past|before", words):
        return -1
    return 1 if re.search(r"next|coming|following|after", words) else 0
