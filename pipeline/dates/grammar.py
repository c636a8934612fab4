"""The rules of the date grammar: patterns of news English, each with what it means.

A rule is tried only on sentences with trigger words of all its classes. Of overlapping matches the one of the earlier
rule stands. Rules that count from another date ("two days earlier", "that year") are resolved after the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.dates import counted, named
from pipeline.dates.context import Context
from pipeline.dates.feasts import NAMES
from pipeline.dates.periods import Period
from pipeline.dates.words import (
    DECADE,
    NUMBER,
    NUMBER2,
    ORDINAL,
    SEASON,
    UNIT,
    WEEKDAY,
    day,
    month,
    year,
)


@dataclass(frozen=True)
class Rule:
    """A named pattern, the trigger classes it needs, what it means, and whether it counts from another date."""

    name: str
    needs: frozenset[str]
    pattern: re.Pattern[str]
    resolve: Callable[[re.Match[str], Context], Period]
    counts: bool = False


_M, _M2, _D, _D2, _Y, _Y2 = month(), month("month2"), day(), day("day2"), year(), year("year2")
_TO = r"(?:\s?[-–—]\s?| (?:to|through|until|till) )"
_FROM = r"(?:(?i:from|between) )?"
_PART = r"(?:(?i:early|late|mid)[ -](?i:in )?)?"
_ON = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? (?:the )?)?"
_OF_YEAR = r"(?P<which>(?i:last|this|next|the previous|the following|that|the same)) year"
_ABOUT = r"(?:(?i:about|nearly|almost|some|more than|less than|over|around|just over|exactly) )?"
_CLOCK = r"(?: (?i:morning|afternoon|evening|night))?"
_FEASTS = "|".join(name.replace("'", "[’']") for name in NAMES)
_BEGINNINGS = (
    r"(?:\w+[- ]){0,2}(?:war|conflict|insurgency|feud|dispute|blockade|siege|embargo|truce|ceasefire|crisis|uprising"
    r"|occupation|stand-?off|row|rebellion|partition|alliance|revolt|campaign|offensive|stalemate|fighting|struggle"
    r"|ban|freeze|rift|split|republic|junta|regime|treaty|pact)"
)
"""Things whose age tells when they began."""


def _rule(
    name: str, needs: str, pattern: str, meaning: Callable[[re.Match[str], Context], Period], counts: bool = False
) -> Rule:
    return Rule(name, frozenset(needs.split()), re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), meaning, counts)


_DAYS = (
    _rule(
        "iso",
        "year joined",
        r"(?P<year>(?:1[89]|20)\d\d)(?P<sep>[-/.])(?P<m>[01]?\d)(?P=sep)(?P<d>[0-3]?\d)",
        named.iso,
    ),
    _rule(
        "numeric",
        "year joined",
        r"(?P<d>[0-3]?\d)(?P<sep>[-/.])(?P<m>[0-3]?\d)(?P=sep)(?P<year>(?:19|20)\d\d)",
        named.numeric,
    ),
    _rule(
        "september-11",
        "eleventh",
        r"(?:the )?(?:September|Sept\.?) 11(?:th)? (?:attack|terror)\w*|9/11",
        named.september_11,
    ),
    _rule("day-range", "months figures", rf"{_FROM}{_M} {_D}(?:{_TO}| and ){_M2} {_D2}(?:,? {_Y})?", named.day_range),
    _rule("day-range", "months figures", rf"{_FROM}{_D} {_M}(?:{_TO}| and ){_D2} {_M2}(?:,? {_Y})?", named.day_range),
    _rule("day-range", "month figures", rf"{_FROM}{_M} {_D}{_TO}{_D2}(?:,? {_Y})?", named.day_range),
    _rule("day-range", "month figures", rf"{_FROM}{_D}{_TO}{_D2} {_M}(?:,? {_Y})?", named.day_range),
    _rule("full", "month year figures", rf"{_ON}{_M} {_D},? (?:of )?{_Y}", named.full),
    _rule("full", "month year figures", rf"{_ON}(?:the )?{_D}(?: of)?[ -]{_M},?[ -](?:of )?{_Y}", named.full),
    _rule("full", "month year figures", rf"{_M} {_D},? Juche \d+ \({_Y}\)", named.full),
    _rule("month-year", "month year figures", rf"{_M},? Juche \d+ \({_Y}\)", named.month_year),
    _rule(
        "day-of-year",
        "month figure unit",
        rf"{_ON}{_M} {_D},?(?: of)? {_OF_YEAR}",
        named.month_day_of,
        counts=True,
    ),
    _rule(
        "day-of-year",
        "month figure unit",
        rf"{_ON}(?:the )?{_D}(?: of)? {_M},?(?: of)? {_OF_YEAR}",
        named.month_day_of,
        counts=True,
    ),
    _rule(
        "nth-weekday",
        "weekday month",
        rf"(?:the )?(?P<nth>(?i:first|second|third|fourth|last)) {WEEKDAY} (?:in|of) {_M}(?:,? {_Y})?",
        named.nth_weekday,
    ),
    _rule("month-range", "months", rf"{_FROM}{_M}(?:{_TO}| and ){_M2}(?:,? (?:of )?{_Y})?", named.month_range),
    _rule("month-year", "month year", rf"{_PART}{_M},?(?: of)? {_Y}", named.month_year),
    _rule("month-of-year", "month unit", rf"{_PART}{_M},?(?: of)? {_OF_YEAR}", named.month_of, counts=True),
    _rule("day-month", "month figure", rf"{_ON}{_M} {_D}(?! (?:percent|per cent|people|troops))", named.month_day),
    _rule("day-month", "month figure", rf"{_ON}(?:the )?{_D}(?: of)? {_M}", named.month_day),
)
_LONGER = (
    _rule(
        "part-of-year",
        "part",
        r"(?:the )?(?P<part>(?i:first|second|third|fourth|1st|2nd|3rd|4th|last|final)) (?P<kind>(?i:quarter|half))"
        rf"(?: of (?:{_Y}|(?P<of>(?:the|this|last) year)))?(?! (?:of|century|time|hour|final))",
        named.part_of_year,
    ),
    _rule("part-of-year", "short", rf"Q(?P<part>[1-4]) (?:of )?{_Y}", named.short_quarter),
    _rule("season", "season", rf"(?:(?i:the|in|since|by|during) )?{_PART}{SEASON} (?:of )?{_Y}", named.season),
    _rule(
        "season",
        "season",
        rf"(?P<which>(?i:last|this past|this|next|in the|by the|since the|during the|before|after|until|early|late"
        rf"|in|the))"
        rf"(?: (?i:early|late|mid))?[ -]{SEASON}(?:,? (?:of )?(?P<of>(?i:last|this|next) year))?"
        r"(?! (?:of|in the|from|guard|break|offensive|sun|camp|games|olympics|to))",
        named.season,
    ),
    _rule(
        "years",
        "year figures",
        rf"(?:{_Y}\s?[-–]\s?|(?<=[Ff]rom )(?P<from>(?:1[89]|20)\d\d) to |(?<=[Bb]etween )(?P<since>(?:1[89]|20)\d\d) "
        rf"and ){_Y2}",
        named.year_range,
    ),
    _rule("years", "year joined", rf"{_Y}[-–](?P<year2>\d\d)(?!\d)", named.year_range),
    _rule("decade", "decade", rf"(?:the )?{_PART}{DECADE}", named.decade),
)
_COUNTED = (
    _rule(
        "vaguely-ago",
        "unit ago",
        rf"(?:(?:a )?(?i:few)|(?i:several|some)) {UNIT} (?i:ago|back|earlier)",
        counted.vaguely_ago,
    ),
    _rule(
        "range-ago",
        "unit ago",
        rf"{NUMBER}(?: to | or | and | ?[–-] ?){NUMBER2} {UNIT} (?i:ago|back|earlier)",
        counted.range_ago,
    ),
    _rule("weeks-weekday", "weekday ago", rf"(?i:a week ago) (?:(?i:on|last) )?{WEEKDAY}", counted.weeks_weekday),
    _rule(
        "weekday",
        "weekday",
        rf"(?:(?P<which>(?i:last|this coming|this past|this|next|coming|previous|past)) )?{_PART}{WEEKDAY}{_CLOCK}"
        r"(?:,? (?P<week>(?i:(?:of )?(?:last|next|this) week)))?",
        counted.weekday,
    ),
    _rule(
        "hours", "hour", rf"{NUMBER} (?i:hours?) (?P<way>(?i:ago|earlier|later|before|after))", counted.hours_ago, True
    ),
    _rule(
        "hours-beside",
        "hour",
        r"(?:(?i:a few|some|several|just|only|barely|mere) )?(?i:hours|minutes|moments)"
        r" (?P<way>(?i:earlier|later|before|after|afterwards))|(?i:within) (?:(?i:a few|the) )?(?i:hours|minutes)",
        counted.hours_beside,
        counts=True,
    ),
    _rule("clock", "hour", r"(?:(?i:a few|some|several|only|just) )?(?i:hours|minutes|moments) ago", counted.today),
    _rule(
        "recent",
        "recent unit",
        r"(?i:in|over|during) (?:the )?(?i:recent|past few|last few) (?P<unit>(?i:day|week))s",
        counted.recent,
    ),
    _rule(
        "ago-today",
        "unit ago",
        rf"{NUMBER} {UNIT} ago,? (?:today|to the day|on this day|this (?:day|\w+day))",
        counted.ago_today,
    ),
    _rule(
        "part-of-century",
        "century",
        r"(?P<part>(?i:half|a quarter of)) a century ago(?P<today>,? today)?",
        counted.part_of_century,
    ),
    _rule("ago", "unit ago", rf"{_ABOUT}{NUMBER} {UNIT} (?:and a half )?(?i:ago|back)", counted.ago),
    _rule(
        "years-since",
        "unit since",
        rf"{_ABOUT}{NUMBER} {UNIT} (?i:since|into)(?! (?:the )?(?:{_M}|{_Y}))",
        counted.years_back,
    ),
    _rule("age", "old", rf"{NUMBER}-(?P<unit>year|decade|month|week)-old(?= {_BEGINNINGS})", counted.years_back),
    _rule(
        "earlier",
        "unit earlier",
        rf"{_ABOUT}{NUMBER} {UNIT} (?P<way>(?i:earlier|before|previously|prior|later|afterwards?|after))"
        r"(?P<end>(?=[,.;:]|$))?(?! than)",
        counted.earlier,
        counts=True,
    ),
    _rule(
        "neighbour",
        "unit neighbour",
        r"(?i:the (?:previous|preceding|following|next|same|very same)|that|that same)"
        r" (?P<unit>(?i:day|night|evening|morning|afternoon|week|weekend|fortnight|month|year))",
        counted.neighbour,
        counts=True,
    ),
    _rule(
        "neighbour",
        "unit earlier",
        r"(?i:the) (?P<unit>(?i:day|night|week|month|year)) (?i:before|after)(?! (?:yesterday|tomorrow))",
        counted.neighbour,
        counts=True,
    ),
    _rule(
        "relative",
        "unit relative",
        r"(?:(?i:earlier|later|late|early) )?(?P<which>(?i:last|this|next|the coming)) (?P<unit>(?i:week|month|year"
        r"|decade|quarter))",
        counted.relative,
    ),
    _rule("relative", "unit earlier", r"(?i:earlier|later) in the (?P<unit>(?i:week|month|year))", counted.relative),
    _rule(
        "weekend",
        "weekend",
        r"(?:(?i:over|at|during|on) )?(?P<which>(?i:last|next|this coming|the coming|this past|the past|this|the)) "
        r"(?i:weekend)",
        counted.weekend,
    ),
)
_NAMED = (
    _rule(
        "named-day",
        "named",
        rf"(?P<word>(?i:the day before yesterday|the day after tomorrow|yesterday|tomorrow)){_CLOCK}"
        r"|(?i:earlier today|later today|today)",
        counted.named_day,
    ),
    _rule(
        "named-day",
        "clock",
        r"(?P<word>(?i:last night|tonight|overnight|this morning|this afternoon|this evening))",
        counted.named_day,
    ),
    _rule(
        "clock",
        "clock",
        r"(?:(?i:shortly) )?(?i:at|before|after|around) (?i:dawn|noon|midday|midnight|daybreak|dusk|sunrise|sunset"
        r"|nightfall)",
        counted.today,
    ),
    _rule(
        "holiday",
        "holiday",
        rf"(?:(?i:the) )?(?P<feast>(?i:{_FEASTS}))(?:,? (?:of )?(?:{_Y}|(?P<of>(?:last|next) year)))?"
        r"(?! (?:tree|cards?|market|shopping|dinner|party|Island|Offensive|offensive|egg))",
        named.holiday,
    ),
    _rule(
        "anniversary",
        "anniversary",
        rf"(?:(?i:the|its|their|this) )?{ORDINAL} anniversary",
        counted.anniversary,
        counts=True,
    ),
    _rule(
        "occasion",
        "occasion",
        r"(?i:after|during|at the end of) (?i:the|their|that|those|these) (?i:meetings?|talks|summit|visit|ceremony)"
        r"(?! (?:with|between|in|on|at|of|about|by|last|next|this)\b)",
        counted.occasion,
        counts=True,
    ),
    _rule(
        "day-of-month",
        "ordinal",
        r"(?<=the )(?P<day>[12]\d|3[01]|[1-9])(?:st|nd|rd|th)"
        r"(?= (?:and|but|to|at|in|by|with|when|that|as|after|for|the|was|were|is|will|they|he|she|it)\b|[,.;:]|$)",
        named.day_of_month,
    ),
    _rule("month", "month", rf"(?:(?P<which>(?i:last|this|next|past)) )?{_PART}{_M}", named.month_alone),
    _rule("year", "year", _Y, named.year),
)
RULES = (*_DAYS, *_LONGER, *_COUNTED, *_NAMED)
"""All rules, the ones that stand when matches overlap first."""
