"""What named dates mean: days, months, seasons, years and holidays; a match and its context → the period it names."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.dates import periods
from pipeline.dates.context import Context, shift, word
from pipeline.dates.feasts import feast
from pipeline.dates.periods import Period
from pipeline.dates.words import DECADES, NUMBER, NUMBERS, SEASONS, WEEKDAYS, month_number, number

_SOON = timedelta(days=7)  # a day and month without year may lie this far ahead of publication
_RECENT = timedelta(days=14)
_LATELY = timedelta(days=120)
_FEW = 4  # months
_CENTURY = 100
_MONTHS = 12


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
    """Return a day and month in the year that the tense demands, if that is not much farther away than the other."""
    published = context.published
    told = context.same_month_year(here.month) or context.told_year()
    last = here if here <= published else periods.moved(here, -1, "year")
    if told is not None and not _is_news(last, here.replace(year=told), context):
        return here.replace(year=told)
    coming = here if here >= published else periods.moved(here, 1, "year")
    if context.ahead():
        return last if timedelta(0) < published - last < _LATELY else coming
    return coming if coming - published <= _SOON else last


def _is_news(last: date, there: date, context: Context) -> bool:
    """Whether a day of an old story is rather one of these days: the other lies before what has been told already."""
    return context.published - last <= _RECENT and there < context.before[-1].first


def month_day(match: re.Match[str], context: Context) -> Period:
    here = date(context.published.year, month_number(match["month"]), int(match["day"]))
    return periods.day(_in_year(here, context))


def month_day_of(match: re.Match[str], context: Context) -> Period:
    of_year = _year_meant(word(match, "which"), context)
    return periods.day(date(of_year, month_number(match["month"]), int(match["day"])))


def day_range(match: re.Match[str], context: Context) -> Period:
    """Read "June 3 to 5", "30 May–2 June 2010"."""
    last_month = word(match, "month2") or match["month"]
    if word(match, "year"):
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


def month_range(match: re.Match[str], context: Context) -> Period:
    """Read "from January to March", "May and June 2010"."""
    first, last = month_number(match["month"]), month_number(match["month2"])
    end = int(match["year"]) if word(match, "year") else _near_year(last, context)
    begin = periods.month(end if first <= last else end - 1, first).first
    return Period(begin, periods.month(end, last).last, "quarter")


_NTH = {"first": 0, "second": 1, "third": 2, "fourth": 3}


def nth_weekday(match: re.Match[str], context: Context) -> Period:
    """Read "the third Saturday in April", "the last Friday of May 2010"."""
    number, wanted = month_number(match["month"]), WEEKDAYS[match["weekday"].lower()]
    of_year = int(match["year"]) if word(match, "year") else _near_year(number, context)
    whole = periods.month(of_year, number)
    if word(match, "nth") == "last":
        return periods.day(whole.last - timedelta(days=(whole.last.weekday() - wanted) % 7))
    first = whole.first + timedelta(days=(wanted - whole.first.weekday()) % 7)
    return periods.day(first + timedelta(weeks=_NTH[word(match, "nth")]))


def month_of(match: re.Match[str], context: Context) -> Period:
    """Read "June last year", "June of the previous year"."""
    return periods.month(_year_meant(word(match, "which"), context), month_number(match["month"]))


def _year_meant(which: str, context: Context) -> int:
    """Return the year of "last year", "that year", "the previous year"."""
    counted = which in ("the previous", "the following", "that", "the same")
    return (context.anchor("year") if counted else context.published).year + shift(which)


def month_alone(match: re.Match[str], context: Context) -> Period:
    wanted = month_number(match["month"])
    return periods.month(_near_year(wanted, context, word(match, "which")), wanted)


def _near_year(wanted: int, context: Context, which: str = "") -> int:
    """Return the year of a month without one, as the words and the tense demand."""
    published, told = context.published, context.told_year()
    if which == "this" or (told is not None and not which):
        return told or published.year
    since = (published.month - wanted) % _MONTHS
    if which == "next" or (which not in ("last", "past") and _is_ahead(since, context)):
        ahead = wanted > published.month or (wanted == published.month and which != "next")
        return published.year + (not ahead)
    past = wanted < published.month or (wanted == published.month and not which)
    return published.year - (not past)


def _is_ahead(since: int, context: Context) -> bool:
    """Whether a month that was so many months ago is meant to come again: one of late is not, the next one always."""
    if context.ahead():
        return not 0 < since <= _FEW
    return since == _MONTHS - 1


def season(match: re.Match[str], context: Context) -> Period:
    """Read "last summer", "the winter of 2010", "this spring", "in the autumn"."""
    first, published = SEASONS[match["season"].lower()], context.published
    if word(match, "year") or word(match, "of"):
        named = match.groupdict().get("year")
        return periods.season(int(named) if named else published.year + shift(word(match, "of")), first)
    return _season_near(word(match, "which"), first, context)


def _season_near(which: str, first: int, context: Context) -> Period:
    """Return the season of this, last or next year that the words and the tense mean."""
    published = context.published
    earliest, before, here, ahead = (periods.season(published.year + n, first) for n in (-2, -1, 0, 1))
    if which.startswith("this") and "past" not in which:
        return before if published <= before.last else here
    if shift(which) < 0:
        return next(one for one in (here, before, earliest) if one.last < published)
    if shift(which) > 0:
        return here if here.first > published else ahead
    if context.ahead():
        return here if here.last >= published else ahead
    return here if here.first <= published else before


_PARTS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "last": 4,
    "final": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}


def part_of_year(match: re.Match[str], context: Context) -> Period:
    """Read "the first quarter of 2020", "the second half of the year"."""
    of_year = int(match["year"]) if word(match, "year") else context.published.year + shift(word(match, "of"))
    part = _PARTS[match["part"].lower()]
    return periods.quarter(of_year, part) if word(match, "kind") == "quarter" else periods.half(of_year, min(part, 2))


def short_quarter(match: re.Match[str], _: Context) -> Period:
    return periods.quarter(int(match["year"]), int(match["part"]))


def year(match: re.Match[str], _: Context) -> Period:
    return periods.year(int(match["year"]))


def year_range(match: re.Match[str], _: Context) -> Period:
    first, last = int(word(match, "since") or word(match, "from") or match["year"]), match["year2"]
    return periods.years(first, int(last) if len(last) > 2 else first // _CENTURY * _CENTURY + int(last))


def decade(match: re.Match[str], _: Context) -> Period:
    name = match["decade"].lower().lstrip("’'")
    if name in DECADES:
        return periods.decade(DECADES[name])
    first = int(name.rstrip("s"))
    return periods.decade(first if first >= _CENTURY else 1900 + first)


_YEARS_AGO = re.compile(rf"(?: [a-z]+)? {NUMBER} years? ago\b")
"""What tells the year of a feast: "at a Christmas mass two years ago"."""


def holiday(match: re.Match[str], context: Context) -> Period:
    """Read "Easter Monday", "Chuseok last year", "Christmas Day 1979"."""
    name, published = match["feast"].lower().replace("’", "'"), context.published
    if word(match, "year"):
        return periods.day(feast(name, int(match["year"])))
    if word(match, "of"):
        return periods.day(feast(name, published.year + shift(word(match, "of"))))
    ago = _YEARS_AGO.match(match.string, match.end())
    if ago and ago["number"].lower() in NUMBERS:
        return periods.day(feast(name, published.year - number(ago["number"])))
    here = feast(name, published.year)
    if context.ahead():
        return periods.day(here if here >= published else feast(name, here.year + 1))
    return periods.day(here if here <= published + _SOON else feast(name, here.year - 1))


def september_11(_: re.Match[str], __: Context) -> Period:
    return periods.day(date(2001, 9, 11))
