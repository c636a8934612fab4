"""What a rule of the date grammar may look at, and how it reads its own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.dates.periods import Period
from pipeline.records import Precision

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
    """What a rule may look at: publication, whether the clause looks ahead, and the dates named before and after.

    `retold` says whether an old story is told, `alone` whether the sentence names no other date.
    """

    published: date
    ahead: Callable[[], bool]
    before: tuple[Period, ...] = ()
    after: Period | None = None
    retold: bool = False
    alone: bool = True

    def told_year(self) -> int | None:
        """Return the year that an old story has come to, if one is told."""
        if not self.retold or not self.before or self.before[-1].last > self.published - _A_YEAR:
            return None
        return self.before[-1].first.year

    def same_month_year(self, month: int) -> int | None:
        """Return the year of a month that was named last with its year: "May 2008: … on 11 May"."""
        last = self.before[-1] if self.before else None
        if last is None or last.precision != "month" or last.first.month != month:
            return None
        return last.first.year

    def anchor(self, unit: str) -> date:
        """Return the date that a phrase counts from: the last one named that is exact enough, else publication."""
        named = (one.first for one in reversed(self.before) if exact_enough(one.precision, unit))
        return next(named, self.published)

    def start_of_after(self, unit: str) -> date:
        """Return the date named after a phrase that counts from it: "two days after the raid of 3 May".

        Raises
        ------
        ValueError
            If no date follows, or one that is not exact enough: "two days after winning the 2012 cup".
        """
        if self.after is None or not exact_enough(self.after.precision, unit):
            raise ValueError("counts from something without an exact date: that happened when the text says it did")
        return self.after.first


def exact_enough(precision: Precision, unit: str) -> bool:
    """Return whether a phrase in a unit may count from a date of a precision."""
    return unit not in _ANCHORS or precision in _ANCHORS[unit]


def word(match: re.Match[str], group: str) -> str:
    """Return what a group matched, in lower case; "" if the pattern has no such group or it matched nothing."""
    return (match.groupdict().get(group) or "").lower()


def shift(words: str) -> int:
    """Return −1 for "last" or "the previous", 1 for "next" or "the coming", else 0."""
    if re.search(r"\b(?:last|previous|preceding|past|before)\b", words):
        return -1
    return 1 if re.search(r"\b(?:next|coming|following|after)\b", words) else 0
