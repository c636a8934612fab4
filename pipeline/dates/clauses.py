"""Clauses that say how long before or after the main one they are: "…, four days after jets bombed a camp"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipeline.dates import periods
from pipeline.dates.context import exact_enough
from pipeline.dates.counted import ALL_DAY
from pipeline.dates.words import NUMBER, NUMBERS, number
from pipeline.records import ResolvedDate

_COUNT = re.compile(
    rf"\b(?:{NUMBER} (?P<unit>(?i:day|week|month|year))s?|(?:{NUMBER.replace('number', 'hours')} )?(?i:hours?|minutes))"
    r" (?P<way>(?i:after|before)) "
)
_END = re.compile(r"[,;:—–]| - ")
_LASTS = re.compile(r"\b(?:in|over|during|for|within|throughout) (?:the )?(?:last |first )?$", re.IGNORECASE)
_RULE = "counted-clause"


def counted_clause(
    text: str,
    source: tuple[int, int],
    target: tuple[int, int],
    dates: Sequence[ResolvedDate],
    published: date,
    before: ResolvedDate | None,
) -> ResolvedDate | None:
    """Return when it happened what a clause tells that begins with "a day after" and the like.

    Parameters
    ----------
    text
        A sentence.
    source, target
        Where who acts and who is acted upon stand in it.
    dates
        The dates of the sentence.
    published
        The local day of publication.
    before
        The last date that the article names before the sentence, if any.

    Returns
    -------
    ResolvedDate or None
        The day so long before or after that of the main clause; None if the pair does not stand in such a clause, or
        the clause has a date of its own.
    """
    for match in _COUNT.finditer(text) if " after " in text or " before " in text else ():
        stop = _END.search(text, match.end())
        end = stop.start() if stop else len(text)
        if _is_count(match) and _stands_in(source, target, match.start(), match.end(), end):
            own = any(match.start() < one.end and one.start < end for one in dates)
            anchor = None if own else _anchor(match, end, dates, published, before)
            return None if anchor is None else _counted(match, anchor, end)
    return None


def _is_count(match: re.Match[str]) -> bool:
    """Whether a number is counted, and from a day on: "in the two days before they met" lasts."""
    word = match["number"]
    counted = word is None or word.isdigit() or word.lower() in NUMBERS
    return counted and _LASTS.search(match.string, 0, match.start()) is None


def _stands_in(source: tuple[int, int], target: tuple[int, int], before: int, start: int, end: int) -> bool:
    """Whether who acts stands in the clause, and who is acted upon there or before it ("…, a day after it shelled")."""
    return start <= source[0] and source[1] <= end and (target[1] <= before or start <= target[0] < end)


def _anchor(
    match: re.Match[str], end: int, dates: Sequence[ResolvedDate], published: date, before: ResolvedDate | None
) -> date | None:
    """Return the day of the main clause, None if it is not known exactly enough."""
    unit = _unit(match)
    main = [one for one in dates if one.end <= match.start() or one.start >= end]
    exact = [one for one in main if exact_enough(one.precision, unit)]
    ahead = [one for one in exact if one.end <= match.start()]
    if main:
        return (ahead[-1] if ahead else exact[0]).value if exact else None
    retold = (
        before is not None
        and _shifted(match, published) == before.value
        and " had " not in match.string[match.end() : end]
    )
    if before is None or retold:  # what was told of that day is what the clause tells again
        return published
    return before.value if exact_enough(before.precision, unit) else None


def _unit(match: re.Match[str]) -> str:
    return (match["unit"] or "day").lower()


def _shifted(match: re.Match[str], anchor: date) -> date:
    hours = (match["hours"] or "").lower()
    known = hours.isdigit() or hours in NUMBERS
    count = number(match["number"]) if match["unit"] else number(hours) // ALL_DAY if known else 0
    return periods.moved(anchor, count if match["way"].lower() == "before" else -count, _unit(match))


def _counted(match: re.Match[str], anchor: date, end: int) -> ResolvedDate:
    period = periods.around(_shifted(match, anchor), _unit(match))
    return ResolvedDate(period.first, period.last, period.precision, _RULE, match.start(), end)
