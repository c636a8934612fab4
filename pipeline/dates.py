"""Date phrases of news English → calendar dates with a precision and the rule that gave them.

Anchored on the publication date, or on the date last named where the phrase counts from it ("two days
earlier"). A phrase that names a period gives its first day and the precision week, month or year; nothing is
ever made more exact than the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.records import Precision, ResolvedDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,"
        "october oct,november nov,december dec".split(","),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {name: n for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_NUMBERS = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3, "several": 3, "twenty": 20, "thirty": 30, "fifty": 50}

_M = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_D = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_Y = r"(?P<year>(?:1[89]|20)\d\d)"
_W = r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_N = r"(?P<number>\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_WHICH = r"(?P<which>last|this|next)"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_FUTURE = re.compile(
    r"\b(?:will|shall|to be held|is due|are due|scheduled|upcoming|plans? to|planned|set to|ahead of)\b"
)
_TRIGGER = re.compile(
    r"\d{4}|day\b|days\b|week|month|year|decade|night|morning|today|tomorrow"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
)


class Context(NamedTuple):
    """What a rule may look at: publication date, date last named, and whether the sentence looks ahead."""

    published: date
    last: date
    future: bool


Rule = Callable[[re.Match[str], Context], tuple[date, Precision]]


def find_dates(text: str, published: date) -> list[ResolvedDate]:
    """Return the dates named in a sentence, left to right, none overlapping.

    Parameters
    ----------
    text
        One sentence.
    published
        The local date of publication, the anchor of "Tuesday" and "last week".
    """
    if not _TRIGGER.search(text):
        return []
    found: list[ResolvedDate] = []
    for match, name, rule in _matches(text):
        future = bool(_FUTURE.search(text, max(0, match.start() - 60), match.start()))
        anchor = found[-1].value if found and found[-1].precision == "day" else published
        try:
            value, precision = rule(match, Context(published, anchor, future))
        except (ValueError, OverflowError):  # February 30: a typing error, not a date
            continue
        found.append(ResolvedDate(value, precision, name, match.start(), match.end()))
    return found


def _matches(text: str) -> Iterator[tuple[re.Match[str], str, Rule]]:
    taken: list[tuple[re.Match[str], str, Rule]] = []
    for name, pattern, rule in _RULES:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or match.start() >= other.end() for other, _, _ in taken):
                taken.append((match, name, rule))
    yield from sorted(taken, key=lambda item: item[0].start())


def _month(match: re.Match[str]) -> int:
    return _MONTHS[match["month"].lower().rstrip(".")]


def _number(match: re.Match[str]) -> int:
    word = match["number"].lower()
    return int(word) if word.isdigit() else _NUMBERS[word]


def _full(match: re.Match[str], _: Context) -> tuple[date, Precision]:
    return date(int(match["year"]), _month(match), int(match["day"])), "day"


def _iso(match: re.Match[str], _: Context) -> tuple[date, Precision]:
    return date.fromisoformat(match.group()), "day"


def _month_day(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    """Take the year that puts the day in the past, or next ahead where the sentence looks forward."""
    year = context.published.year
    value = _on(year, _month(match), int(match["day"]))
    if context.future:
        return (value if value >= context.published else _on(year + 1, value.month, value.day)), "day"
    return (value if value <= context.published + timedelta(days=7) else _on(year - 1, value.month, value.day)), "day"


def _month_day_of(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    shift = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return _on(context.published.year + shift, _month(match), int(match["day"])), "day"


def _on(year: int, month: int, day: int) -> date:
    return date(year, month, day)


def _month_year(match: re.Match[str], _: Context) -> tuple[date, Precision]:
    return date(int(match["year"]), _month(match), 1), "month"


def _month_alone(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    which = (match["which"] or "").lower()
    value = date(context.published.year, _month(match), 1)
    this = context.published.replace(day=1)
    if which == "next" or (context.future and which != "last"):
        return (value if value > this else value.replace(year=value.year + 1)), "month"
    late = value >= this if which == "last" else value > this
    return (value.replace(year=value.year - 1) if late else value), "month"


def _year(match: re.Match[str], _: Context) -> tuple[date, Precision]:
    return date(int(match["year"]), 1, 1), "year"


def _weekday(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    wanted = _WEEKDAYS[match["weekday"].lower() + "day"]
    which = (match["which"] or "").lower().strip()
    back = (context.published.weekday() - wanted) % 7
    if which in ("next", "coming") or (context.future and not which):
        return context.published + timedelta(days=(-back) % 7 or 7), "day"
    return context.published - timedelta(days=back or 7 * (which in ("last", "previous"))), "day"


def _named_day(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    word = match["word"].lower()
    shift = -1 if word in ("yesterday", "last night", "overnight") else 1 if word == "tomorrow" else 0
    if word == "overnight":
        shift = 0
    return context.published + timedelta(days=shift), "day"


def _from(value: date, number: int, unit: str) -> tuple[date, Precision]:
    """Count `number` units (negative: back) from a date; the precision is the unit's."""
    if unit == "day":
        return value + timedelta(days=number), "day"
    if unit == "week":
        there = value + timedelta(weeks=number)
        return there - timedelta(days=there.weekday()), "week"
    if unit == "month":
        months = value.year * 12 + value.month - 1 + number
        return date(months // 12, months % 12 + 1, 1), "month"
    return date(value.year + number * (10 if unit == "decade" else 1), 1, 1), "year"


def _ago(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    return _from(context.published, -_number(match), match["unit"].lower())


def _earlier(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    return _from(context.last, -_number(match), match["unit"].lower())


def _later(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    return _from(context.last, _number(match), match["unit"].lower())


def _previous_day(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    back = match["which"].lower() in ("previous day", "day before")
    return context.last + timedelta(days=-1 if back else 1), "day"


def _relative(match: re.Match[str], context: Context) -> tuple[date, Precision]:
    shift = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    return _from(context.published, shift, match["unit"].lower())


def _weekend(_: re.Match[str], context: Context) -> tuple[date, Precision]:
    back = (context.published.weekday() - 5) % 7
    saturday = context.published - timedelta(days=back)
    return saturday - timedelta(days=5), "week"


def _rule(name: str, pattern: str, rule: Rule, flags: int = 0) -> tuple[str, re.Pattern[str], Rule]:
    return name, re.compile(rf"\b(?:{pattern})\b", flags), rule


_I = re.IGNORECASE
_RULES = (
    _rule("iso", r"(?:1[89]|20)\d\d-[01]\d-[0-3]\d", _iso),
    _rule("month-day-year", rf"{_M} {_D},? {_Y}", _full),
    _rule("day-month-year", rf"{_D}(?: of)? {_M},? {_Y}", _full),
    _rule("month-day-of-year", rf"{_M} {_D},?(?: of)? {_WHICH} year", _month_day_of),
    _rule("day-month-of-year", rf"{_D} {_M},?(?: of)? {_WHICH} year", _month_day_of),
    _rule("month-year", rf"{_M},?(?: of)? {_Y}", _month_year),
    _rule("month-day", rf"{_M} {_D}(?!\d)(?! percent| per cent|%)", _month_day),
    _rule("day-month", rf"{_D}(?: of)? {_M}", _month_day),
    _rule("ago", rf"{_N} {_UNIT} ago", _ago, _I),
    _rule("earlier", rf"{_N} {_UNIT} (?:earlier|before|previously)", _earlier, _I),
    _rule("later", rf"{_N} {_UNIT} (?:later|afterwards?)", _later, _I),
    _rule("previous-day", r"the (?P<which>previous day|day before|following day|next day)", _previous_day, _I),
    _rule(
        "relative",
        r"(?:(?:earlier|later) )?(?P<which>last|this|next) (?P<unit>week|month|year|decade)",
        _relative,
        _I,
    ),
    _rule("weekend", r"(?:over|during|at) the weekend", _weekend, _I),
    _rule("weekday", rf"(?:(?P<which>last|this|next|coming|previous) )?{_W}", _weekday),
    _rule(
        "named-day",
        r"(?P<word>today|yesterday|tomorrow|tonight|last night|overnight|this morning)",
        _named_day,
        _I,
    ),
    _rule(
        "month",
        rf"(?:in|since|during|by|late|early|mid-|until|from|(?P<which>last|this|next)) {_M}(?! \d)",
        _month_alone,
    ),
    _rule(
        "year",
        rf"(?:in|since|of|during|from|until|by|late|early|mid|the|back in)[ -]{_Y}(?!s|-\d)",
        _year,
        _I,
    ),
)
