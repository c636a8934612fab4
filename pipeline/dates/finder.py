"""Text → the dates it names, left to right, each with its precision and the rule that gave it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from pipeline.dates.context import Context
from pipeline.dates.grammar import RULES, Rule
from pipeline.dates.guards import is_date
from pipeline.dates.periods import Period
from pipeline.dates.tense import looks_ahead
from pipeline.dates.triggers import trigger_classes
from pipeline.records import ResolvedDate

_BESIDE = 4  # characters at which a clock time belongs to the date beside it
_AHEAD = 80  # characters in which "a week after" looks for its date


class _Found(NamedTuple):
    match: re.Match[str]
    rule: Rule


def find_dates(
    text: str, published: date, before: Sequence[ResolvedDate] = (), retold: bool = False
) -> list[ResolvedDate]:
    """Return the dates named in a sentence, left to right, none overlapping.

    Parameters
    ----------
    text
        One sentence, or a few.
    published
        The local date of publication, the anchor of "Tuesday" and "last week".
    before
        Dates that the text named before this sentence; "two days later" counts from the last of them.
    retold
        Whether the text tells an old story: "in May" is then that of the year that the story has come to.
    """
    matches = _matches(text)
    if not matches:
        return []
    earlier = tuple(Period(one.value, one.last, one.precision) for one in before)
    known: dict[int, Period] = {}
    for counts in (False, True):
        for n, one in enumerate(matches):
            if one.rule.counts == counts:
                named = (*earlier, *(known[k] for k in sorted(known) if k < n))
                context = Context(published, _ahead(text, one), named, _following(matches, known, n), retold, not known)
                period = _resolved(one, context)
                if period is not None:
                    known[n] = period
    found = [(matches[n], known[n]) for n in sorted(known)]
    return [_record(one, period) for one, period in found if not _beside(one, found)]


def counts_from_another(text: str) -> bool:
    """Whether a sentence may have a phrase that counts from a date named before, such as "two days later"."""
    return any(rule.counts and rule.pattern.search(text) for rule in _rules(trigger_classes(text)))


@cache
def _rules(classes: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if rule.needs <= classes)


def _matches(text: str) -> list[_Found]:
    taken: list[_Found] = []
    spans: list[tuple[int, int]] = []
    for rule in _rules(trigger_classes(text)):
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            free = not spans or all(end <= first or start >= last for first, last in spans)
            if free and is_date(rule.name, text, match):
                taken.append(_Found(match, rule))
                spans.append((start, end))
    return sorted(taken, key=lambda one: one.match.start())


def _ahead(text: str, one: _Found) -> Callable[[], bool]:
    return partial(looks_ahead, text, one.match.start(), one.match.end())


def _resolved(one: _Found, context: Context) -> Period | None:
    try:
        return one.rule.resolve(one.match, context)
    except (ValueError, OverflowError):  # February 30: a typing error, not a date
        return None


def _following(matches: Sequence[_Found], known: dict[int, Period], n: int) -> Period | None:
    """Return the date named soon after match `n`."""
    if n + 1 in known and matches[n + 1].match.start() - matches[n].match.end() <= _AHEAD:
        return known[n + 1]
    return None


def _beside(one: _Found, found: Sequence[tuple[_Found, Period]]) -> bool:
    """Whether a time of day stands at a date, which then says the day ("at dawn on Tuesday")."""
    return one.rule.name == "clock" and any(
        other.rule.name != "clock"
        and min(abs(other.match.start() - one.match.end()), abs(one.match.start() - other.match.end())) <= _BESIDE
        for other, _ in found
    )


def _record(one: _Found, period: Period) -> ResolvedDate:
    start, end = one.match.span()
    return ResolvedDate(period.first, period.last, period.precision, one.rule.name, start, end)
