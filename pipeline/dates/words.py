"""The words of the date grammar: numbers, months, weekdays, units, and the patterns that match them."""

from __future__ import annotations

import re
from collections.abc import Iterable

MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,"
        "october oct,november nov,december dec".split(","),
        1,
    )
    for name in names.split()
}
WEEKDAYS = {name: n for n, name in enumerate("mon tues wednes thurs fri satur sun".split())}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""Season → its first month, in the northern half of the earth."""
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS = (
    {word: n for n, word in enumerate(_ONES)}
    | {ten: 10 * n for n, ten in enumerate(_TENS, 2)}
    | {f"{ten}-{one}": 10 * n + k for n, ten in enumerate(_TENS, 2) for k, one in enumerate(_ONES[1:10], 1)}
    | {"a": 1, "an": 1, "a couple of": 2, "a hundred": 100}
)
_ORDINAL_ONES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
ORDINALS = {word: n for n, word in enumerate(_ORDINAL_ONES, 1)} | {
    "fifteenth": 15,
    "twentieth": 20,
    "twenty-fifth": 25,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
    "hundredth": 100,
    "one-year": 1,
}
DECADES = {f"{ten[:-1]}ies": 1900 + 10 * n for n, ten in enumerate(_TENS, 2)}


def _choice(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def month(group: str = "month") -> str:
    """Return the pattern of a month's name, which is always written with a capital."""
    return (
        rf"(?P<{group}>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust"
        rf"|\.)?"
        r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
    )


def day(group: str = "day") -> str:
    """Return the pattern of a day of the month."""
    return rf"(?P<{group}>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[,.:]\d)"


def year(group: str = "year") -> str:
    """Return the pattern of a year from 1800 to 2099."""
    return rf"(?P<{group}>(?:1[89]|20)\d\d)(?![\d%]|,\d|\.\d)"


WEEKDAY = r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
NUMBER = r"(?P<number>\d{1,3}|(?i:a couple of|a hundred)|[A-Za-z]+(?:-[a-z]+)?)"
"""A number, or any word: a guard refuses those that are none."""
NUMBER2 = NUMBER.replace("number", "number2")
UNIT = r"(?P<unit>(?i:day|week|fortnight|month|year|decade))s?"
ORDINAL = r"(?P<ordinal>\d{1,3}(?:st|nd|rd|th)|\d{1,3}-year|[A-Za-z]+(?:-[a-z]+)?)"
"""An ordinal number, or any word: a guard refuses those that are none."""
SEASON = r"(?P<season>(?i:spring|summer|autumn|fall|winter))"
DECADE = rf"(?P<decade>(?:1[89]|20)\d0s|[’']?[2-9]0s|(?i:{_choice(DECADES)}))"


def number(word: str) -> int:
    """Return what a number word stands for."""
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def ordinal(word: str) -> int:
    """Return what "first", "20th" or "10-year" stands for."""
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else ORDINALS[word.lower()]


def month_number(word: str) -> int:
    """Return the number of a month's name."""
    return MONTHS[word.lower().rstrip(".")]
