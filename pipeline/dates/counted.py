"""What counted phrases mean: those that count from publication or from another date, such as "two days earlier"."""

from __future__ import annotations

import re
from datetime import timedelta

from pipeline.dates import periods
from pipeline.dates.context import NEAR_YEAR, Context, shift, word
from pipeline.dates.periods import DAY, Period
from pipeline.dates.words import WEEKDAYS, number, ordinal

ALL_DAY = 24
"""Hours."""
_LATE = ("afternoon", "evening", "night")


def weekday(match: re.Match[str], context: Context) -> Period:
    wanted, published = WEEKDAYS[match["weekday"].lower()], context.published
    week = word(match, "week")
    if week:
        monday = periods.week(published).first + timedelta(weeks=shift(week))
        return periods.day(monday + timedelta(days=wanted))
    which = word(match, "which")
    back = (published.weekday() - wanted) % 7
    ahead = "next" in which or "coming" in which or (context.ahead() and not which)
    if ahead:
        this_evening = not back and not which and match.group().endswith(_LATE)
        return periods.day(published if this_evening else published + timedelta(days=(-back) % 7 or 7))
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
    return periods.day(context.published + _NAMED.get(word(match, "word"), 0) * DAY)


def today(_: re.Match[str], context: Context) -> Period:
    return periods.day(context.published)


def ago(match: re.Match[str], context: Context) -> Period:
    unit = match["unit"].lower()
    return periods.around(periods.moved(context.published, -number(match["number"]), unit), _grain(unit))


def part_of_century(match: re.Match[str], context: Context) -> Period:
    """Read "half a century ago" as that year, "a quarter of a century ago today" as that very day."""
    there = periods.moved(context.published, -50 if word(match, "part") == "half" else -25, "year")
    return periods.day(there) if word(match, "today") else periods.year(there.year)


def ago_today(match: re.Match[str], context: Context) -> Period:
    """Read "fifty years ago today": that very day."""
    return periods.day(periods.moved(context.published, -number(match["number"]), match["unit"].lower()))


def _grain(unit: str) -> str:
    return {"fortnight": "week", "decade": "year", "century": "year"}.get(unit, unit)


def hours_ago(match: re.Match[str], context: Context) -> Period:
    """Read "48 hours ago", "six hours later": whole days only."""
    way = word(match, "way")
    anchor = context.published if way == "ago" else context.anchor("day")
    if way in ("before", "after"):
        anchor = context.start_of_after("day")
    whole = number(match["number"]) // ALL_DAY
    return periods.day(anchor + (whole if way in ("later", "after") else -whole) * DAY)


def hours_beside(match: re.Match[str], context: Context) -> Period:
    """Read "hours later", "within minutes": the day of what it counts from; "hours before the vote": of the vote."""
    beside_something = word(match, "way") in ("before", "after")
    there = context.after if beside_something else next(reversed(context.before), None)
    if there is None or there.precision != "day":
        raise ValueError("counts from something whose day was not named")
    return there


def vaguely_ago(match: re.Match[str], context: Context) -> Period:
    """Read "a few days ago" as a week, "a few weeks ago" as a month, "a few months ago" as a year."""
    return _vaguely(3, match["unit"].lower(), context)


def range_ago(match: re.Match[str], context: Context) -> Period:
    """Read "five to seven days ago" as a week, "two or three weeks ago" as a month."""
    return _vaguely((number(match["number"]) + number(match["number2"])) // 2, match["unit"].lower(), context)


def _vaguely(count: int, unit: str, context: Context) -> Period:
    coarser = {"day": "week", "week": "month", "month": "year"}.get(unit, "year")
    return periods.around(periods.moved(context.published, -count, unit), coarser)


def earlier(match: re.Match[str], context: Context) -> Period:
    """Read "two days earlier", "three weeks after the March 20 attack"."""
    unit, way = match["unit"].lower(), word(match, "way")
    anchor = context.anchor(unit)
    if way in ("after", "before") and match["end"] is None:
        if context.after is not None:
            anchor = context.start_of_after(unit)
        elif not (context.alone and context.before and _OF_WHAT_WAS_TOLD.match(match.string, match.end())):
            raise ValueError("counts from something without a date: that happened when the text says it did")
    sign = -1 if way in ("earlier", "before", "previously", "prior") else 1
    return periods.around(periods.moved(anchor, sign * number(match["number"]), unit), _grain(unit))


_OF_WHAT_WAS_TOLD = re.compile(
    r" (?:the|that|this|their|its|his|her)(?: [\w-]+){0,2}? (?:meeting|talks|summit|visit|ceremony|signing|vote"
    r"|election|attack|assault|strike|airstrike|raid|bombing|shelling|barrage|shooting|ambush|clash|blast|explosion|incident"
    r"|incursion|invasion|sinking|crash|killing|arrest|seizure|launch|test|announcement|statement|deadline|opening"
    r"|closure|expulsion|exchange|coup)e?s?\b(?! (?:of|in|on|at|between|with|by|against|near|that|which|last|next)\b)"
)
_OF_SOMETHING = re.compile(r" (?!(?:and|but|in|on|at|to|by|with|that|when)\b)\w")
_PARTS_OF_DAY = ("night", "evening", "morning", "afternoon")


def neighbour(match: re.Match[str], context: Context) -> Period:
    """Read "the previous day", "the following week", "that year", "the day before"."""
    words, unit = match.group().lower(), match["unit"].lower()
    way = shift(words)
    if unit == "weekend":
        return periods.weekend(context.anchor("day"), way)
    unit = "day" if unit in _PARTS_OF_DAY else unit
    tells = way > 0 and not words.endswith("after") and not context.ahead()
    if not context.before and (tells or words.startswith(("that", "the same"))):
        raise ValueError("means a day of the story that was not named")
    if unit == "day" and not (way or context.alone) and context.before and context.before[-1].precision != "day":
        return context.before[-1]  # "last week Seoul …, and Tokyo … the same day"
    anchor = context.anchor(unit)
    if words.endswith(("before", "after")):
        if context.after is not None:
            anchor = context.start_of_after(unit)
        elif _OF_SOMETHING.match(match.string, match.end()):
            raise ValueError("counts from something without a date: that happened when the text says it did")
    return periods.around(periods.moved(anchor, way, unit), _grain(unit))


def occasion(match: re.Match[str], context: Context) -> Period:
    """Read "after the meeting": that of which the text has just told, if it named the day."""
    if not context.before or context.before[-1].precision != "day":
        raise ValueError("means an occasion whose day was not named")
    return context.before[-1]


def relative(match: re.Match[str], context: Context) -> Period:
    """Read "last week", "earlier this month", "next year"."""
    unit, steps, published = match["unit"].lower(), shift(word(match, "which")), context.published
    if unit == "quarter":
        return periods.quarter(published.year, (published.month + 2) // 3 + steps)
    if unit == "decade":
        return periods.decade(published.year // 10 * 10 + 10 * steps)
    return periods.around(periods.moved(published, steps, unit), unit)


def recent(match: re.Match[str], context: Context) -> Period:
    """Read "in recent days" as a week, "in recent weeks" as a month."""
    unit = match["unit"].lower()
    return periods.around(periods.moved(context.published, -3, unit), "week" if unit == "day" else "month")


def weekend(match: re.Match[str], context: Context) -> Period:
    """Read "over the weekend", "next weekend"."""
    which = word(match, "which")
    ahead = shift(which) > 0 or (context.ahead() and which in ("", "the", "this"))
    return periods.weekend(context.published, 1 if ahead else 0)


def anniversary(match: re.Match[str], context: Context) -> Period:
    """Read "the fifth anniversary": of a day that the text names, else the day of publication."""
    named = context.after or next((one for one in reversed(context.before) if one.precision == "day"), None)
    if named is None or named.precision != "day":
        return periods.day(context.published)
    there = periods.moved(named.first, ordinal(match["ordinal"]), "year")
    return periods.day(there if abs((there - context.published).days) <= NEAR_YEAR else context.published)


def years_back(match: re.Match[str], context: Context) -> Period:
    """Read "70 years since", "three years into the war", "the five-year-old war": the year of the beginning."""
    unit = match["unit"].lower()
    there = periods.moved(context.published, -number(match["number"]), unit)
    return periods.around(there, _grain(unit))
