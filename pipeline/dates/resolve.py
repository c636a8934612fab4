"""What each rule of the date grammar means: a match and its context → the period it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.dates import periods
from pipeline.dates.feasts import feast
from pipeline.dates.periods import DAY, Period
from pipeline.dates.words import DECADES, SEASONS, WEEKDAYS, month_number, number, ordinal

_SOON = timedelta(days=7)  # a day and month without year may lie this far ahead of publication
_LATELY = timedelta(days=60)
_CENTURY = 100
_MONTHS = 12
_ALL_DAY = 24  # hours
_NEAR_YEAR = 366  # days
_A_YEAR = timedelta(days=_NEAR_YEAR)
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


def _word(match: re.Match[str], group: str) -> str:
    """Return what a group matched, in lower case; "" if the pattern has no such group or it matched nothing."""
    return (match.groupdict().get(group) or "").lower()


def _shift(words: str) -> int:
    """Return −1 for "last" or "the previous", 1 for "next" or "the coming", else 0."""
    if re.search(r"last|previous|preceding|past|before", words):
        return -1
    return 1 if re.search(r"next|coming|following|after", words) else 0


def iso(match: re.Match[str], _: Context) -> Period:
    return periods.day(date(int(match["year"]), int(match["m"]), int(match["d"])))


def numeric(match: re.Match[str], _: Context) -> Period:
    """Read day/month/year either way; where both are possible only the year is sure."""
    one, two, of_year = int(match["d"]), int(match["m"]), int(match["year"])
    if one == two or one > _MONTHS >= two:
        return periods.day(date(of_year, two, one))
    if two > _MONTHS >= one:
        return periods.day(date(of_year, one, two))
    return periods.year(of_year)


def full(match: re.Match[str], _: Context) -> Period:
    return periods.day(date(int(match["year"]), month_number(match["month"]), int(match["day"])))


def _in_year(here: date, context: Context) -> date:
    """Return a day and month in the year that the tense demands; one of last month is not that of next year."""
    told = context.told_year()
    if told is not None:
        return here.replace(year=told)
    if context.ahead() and not timedelta(0) < context.published - here < _LATELY:
        return here if here >= context.published else here.replace(year=here.year + 1)
    return here if here <= context.published + _SOON else here.replace(year=here.year - 1)


def month_day(match: re.Match[str], context: Context) -> Period:
    here = date(context.published.year, month_number(match["month"]), int(match["day"]))
    return periods.day(_in_year(here, context))


def month_day_of(match: re.Match[str], context: Context) -> Period:
    of_year = _year_meant(_word(match, "which"), context)
    return periods.day(date(of_year, month_number(match["month"]), int(match["day"])))


def day_range(match: re.Match[str], context: Context) -> Period:
    """Read "June 3 to 5", "30 May–2 June 2010"."""
    last_month = _word(match, "month2") or match["month"]
    if _word(match, "year"):
        last = date(int(match["year"]), month_number(last_month), int(match["day2"]))
    else:
        here = date(context.published.year, month_number(last_month), int(match["day2"]))
        last = _in_year(here, context)
    first = date(last.year, month_number(match["month"]), int(match["day"]))
    return periods.days(first if first <= last else first.replace(year=first.year - 1), last)


def day_of_month(match: re.Match[str], context: Context) -> Period:
    """Read "the 16th": of this month, or the one before or after as the tense demands."""
    wanted, published = int(match["day"]), context.published
    step = 1 if context.ahead() else -1
    for months in (0, step, 2 * step):
        there = periods.month(published.year, published.month + months)
        if wanted > there.last.day:
            continue
        value = there.first + timedelta(days=wanted - 1)
        if (value >= published) if context.ahead() else (value <= published):
            return periods.day(value)
    raise ValueError(f"no {wanted}th near {published}")


def month_year(match: re.Match[str], _: Context) -> Period:
    return periods.month(int(match["year"]), month_number(match["month"]))


def month_of(match: re.Match[str], context: Context) -> Period:
    """Read "June last year", "June of the previous year"."""
    return periods.month(_year_meant(_word(match, "which"), context), month_number(match["month"]))


def _year_meant(word: str, context: Context) -> int:
    """Return the year of "last year", "that year", "the previous year"."""
    counted = word in ("the previous", "the following", "that", "the same")
    return (context.anchor("year") if counted else context.published).year + _shift(word)


def month_alone(match: re.Match[str], context: Context) -> Period:
    wanted, published = month_number(match["month"]), context.published
    which = _word(match, "which")
    told = context.told_year()
    if which == "this" or (told is not None and not which):
        return periods.month(told or published.year, wanted)
    if which == "next" or (context.ahead() and which not in ("last", "past")):
        ahead = wanted > published.month or (wanted == published.month and which != "next")
        return periods.month(published.year + (not ahead), wanted)
    past = wanted < published.month or (wanted == published.month and not which)
    return periods.month(published.year - (not past), wanted)


def weekday(match: re.Match[str], context: Context) -> Period:
    wanted, published = WEEKDAYS[match["weekday"].lower()], context.published
    week = _word(match, "week")
    if week:
        monday = periods.week(published).first + timedelta(weeks=_shift(week))
        return periods.day(monday + timedelta(days=wanted))
    which = _word(match, "which")
    back = (published.weekday() - wanted) % 7
    ahead = "next" in which or "coming" in which or (context.ahead() and not which)
    if ahead:
        return periods.day(published + timedelta(days=(-back) % 7 or 7))
    if which == "this":
        return periods.day(periods.week(published).first + timedelta(days=wanted))
    return periods.day(published - timedelta(days=back or 7 * bool(which)))


def weeks_weekday(match: re.Match[str], context: Context) -> Period:
    """Read "a week ago Tuesday", "Tuesday a week ago"."""
    back = (context.published.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    return periods.day(context.published - timedelta(days=back + 7))


_NAMED = {"yesterday": -1, "the day before yesterday": -2, "tomorrow": 1, "the day after tomorrow": 2, "last night": -1}


def named_day(match: re.Match[str], context: Context) -> Period:
    """Read "yesterday", "overnight", "tonight"."""
    return periods.day(context.published + _NAMED.get(_word(match, "word"), 0) * DAY)


def today(_: re.Match[str], context: Context) -> Period:
    return periods.day(context.published)


def ago(match: re.Match[str], context: Context) -> Period:
    unit = match["unit"].lower()
    return periods.around(periods.moved(context.published, -number(match["number"]), unit), _grain(unit))


def ago_today(match: re.Match[str], context: Context) -> Period:
    """Read "fifty years ago today": that very day."""
    return periods.day(periods.moved(context.published, -number(match["number"]), match["unit"].lower()))


def _grain(unit: str) -> str:
    return {"fortnight": "week", "decade": "year", "century": "year"}.get(unit, unit)


def hours_ago(match: re.Match[str], context: Context) -> Period:
    """Read "48 hours ago", "six hours later": whole days only."""
    way = _word(match, "way")
    anchor = context.published if way == "ago" else context.anchor("day")
    whole = number(match["number"]) // _ALL_DAY
    return periods.day(anchor + (whole if way in ("later", "after") else -whole) * DAY)


def vaguely_ago(match: re.Match[str], context: Context) -> Period:
    """Read "a few days ago" as a week, "a few weeks ago" as a month, "a few months ago" as a year."""
    unit = match["unit"].lower()
    coarser = {"day": "week", "week": "month", "month": "year"}.get(unit, "year")
    return periods.around(periods.moved(context.published, -3, unit), coarser)


def earlier(match: re.Match[str], context: Context) -> Period:
    """Read "two days earlier", "three weeks after the March 20 attack"."""
    unit, way = match["unit"].lower(), _word(match, "way")
    anchor = context.anchor(unit)
    if way in ("after", "before") and match["end"] is None:
        if context.after is None:
            raise ValueError("counts from something without a date: that happened when the text says it did")
        anchor = context.after.first
    sign = -1 if way in ("earlier", "before", "previously", "prior") else 1
    return periods.around(periods.moved(anchor, sign * number(match["number"]), unit), _grain(unit))


_PARTS_OF_DAY = ("night", "evening", "morning", "afternoon")


def neighbour(match: re.Match[str], context: Context) -> Period:
    """Read "the previous day", "the following week", "that year", "the day before"."""
    words, unit = match.group().lower(), match["unit"].lower()
    way = _shift(words)
    if unit == "weekend":
        return periods.weekend(context.anchor("day"), way)
    unit = "day" if unit in _PARTS_OF_DAY else unit
    anchor = context.anchor(unit)
    if context.after is not None and words.endswith(("before", "after")):
        anchor = context.after.first
    return periods.around(periods.moved(anchor, way, unit), _grain(unit))


def relative(match: re.Match[str], context: Context) -> Period:
    """Read "last week", "earlier this month", "next year"."""
    unit, shift, published = match["unit"].lower(), _shift(_word(match, "which")), context.published
    if unit == "quarter":
        return periods.quarter(published.year, (published.month + 2) // 3 + shift)
    if unit == "decade":
        return periods.decade(published.year // 10 * 10 + 10 * shift)
    return periods.around(periods.moved(published, shift, unit), unit)


def recent(match: re.Match[str], context: Context) -> Period:
    """Read "in recent days" as a week, "in recent weeks" as a month."""
    unit = match["unit"].lower()
    return periods.around(periods.moved(context.published, -3, unit), "week" if unit == "day" else "month")


def weekend(match: re.Match[str], context: Context) -> Period:
    """Read "over the weekend", "next weekend"."""
    which = _word(match, "which")
    ahead = _shift(which) > 0 or (context.ahead() and which in ("", "the", "this"))
    return periods.weekend(context.published, 1 if ahead else 0)


def season(match: re.Match[str], context: Context) -> Period:
    """Read "last summer", "the winter of 2010", "this spring", "in the autumn"."""
    first, published = SEASONS[match["season"].lower()], context.published
    if _word(match, "year") or _word(match, "of"):
        named = match.groupdict().get("year")
        return periods.season(int(named) if named else published.year + _shift(_word(match, "of")), first)
    return _season_near(_word(match, "which"), first, context)


def _season_near(which: str, first: int, context: Context) -> Period:
    """Return the season of this, last or next year that the words and the tense mean."""
    published = context.published
    earliest, before, here, ahead = (periods.season(published.year + n, first) for n in (-2, -1, 0, 1))
    if which.startswith("this") and "past" not in which:
        return before if published <= before.last else here
    if _shift(which) < 0:
        return next(one for one in (here, before, earliest) if one.last < published)
    if _shift(which) > 0:
        return here if here.first > published else ahead
    if context.ahead():
        return here if here.last >= published else ahead
    return here if here.first <= published else before


_PARTS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}
_PARTS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


def part_of_year(match: re.Match[str], context: Context) -> Period:
    """Read "the first quarter of 2020", "the second half of the year"."""
    of_year = int(match["year"]) if _word(match, "year") else context.published.year + _shift(_word(match, "of"))
    part = _PARTS[match["part"].lower()]
    return periods.quarter(of_year, part) if _word(match, "kind") == "quarter" else periods.half(of_year, min(part, 2))


def short_quarter(match: re.Match[str], _: Context) -> Period:
    return periods.quarter(int(match["year"]), int(match["part"]))


def year(match: re.Match[str], _: Context) -> Period:
    return periods.year(int(match["year"]))


def year_range(match: re.Match[str], _: Context) -> Period:
    first, last = int(_word(match, "since") or _word(match, "from") or match["year"]), match["year2"]
    return periods.years(first, int(last) if len(last) > 2 else first // _CENTURY * _CENTURY + int(last))


def decade(match: re.Match[str], _: Context) -> Period:
    word = match["decade"].lower().lstrip("’'")
    if word in DECADES:
        return periods.decade(DECADES[word])
    first = int(word.rstrip("s"))
    return periods.decade(first if first >= _CENTURY else 1900 + first)


def holiday(match: re.Match[str], context: Context) -> Period:
    """Read "Easter Monday", "Chuseok last year", "Christmas Day 1979"."""
    name, published = match["feast"].lower().replace("’", "'"), context.published
    if _word(match, "year"):
        return periods.day(feast(name, int(match["year"])))
    if _word(match, "of"):
        return periods.day(feast(name, published.year + _shift(_word(match, "of"))))
    here = feast(name, published.year)
    if context.ahead():
        return periods.day(here if here >= published else feast(name, here.year + 1))
    return periods.day(here if here <= published + _SOON else feast(name, here.year - 1))


def september_11(_: re.Match[str], __: Context) -> Period:
    return periods.day(date(2001, 9, 11))


def anniversary(match: re.Match[str], context: Context) -> Period:
    """Read "the fifth anniversary": of a day that the text names, else the day of publication."""
    named = context.after or next((one for one in reversed(context.before) if one.precision == "day"), None)
    if named is None or named.precision != "day":
        return periods.day(context.published)
    there = periods.moved(named.first, ordinal(match["ordinal"]), "year")
    return periods.day(there if abs((there - context.published).days) <= _NEAR_YEAR else context.published)


def years_back(match: re.Match[str], context: Context) -> Period:
    """Read "70 years since", "three years into the war", "the five-year-old war": the year of the beginning."""
    unit = match["unit"].lower()
    there = periods.moved(context.published, -number(match["number"]), unit)
    return periods.around(there, _grain(unit))
