"""Holidays that news English uses as dates: name → the day in a year.

Movable ones come from the `holidays` library, in the country whose calendar has them.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays

_FIXED = {
    "new year's day": (1, 1),
    "new year's eve": (12, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "valentine's day": (2, 14),
    "may day": (5, 1),
    "victory day": (5, 9),
    "bastille day": (7, 14),
    "fourth of july": (7, 4),
    "4th of july": (7, 4),
    "liberation day": (8, 15),
    "day of the sun": (4, 15),
    "halloween": (10, 31),
    "armistice day": (11, 11),
}
_MOVABLE = {
    "good friday": ("GB", "Good Friday", 0),
    "easter sunday": ("GB", "Easter Monday", -1),
    "easter monday": ("GB", "Easter Monday", 0),
    "easter": ("GB", "Easter Monday", -1),
    "thanksgiving day": ("US", "Thanksgiving Day", 0),
    "thanksgiving": ("US", "Thanksgiving Day", 0),
    "lunar new year": ("KR", "Korean New Year", 0),
    "seollal": ("KR", "Korean New Year", 0),
    "tet": ("KR", "Korean New Year", 0),
    "chinese new year": ("KR", "Korean New Year", 0),
    "chuseok": ("KR", "Chuseok", 0),
}
_ENGLAND = {"GB": "ENG"}
NAMES = tuple(sorted((*_FIXED, *_MOVABLE), key=len, reverse=True))
"""All names, in lower case, the longest first."""


@cache
def feast(name: str, year: int) -> date:
    """Return the day of a holiday in a year.

    Raises
    ------
    ValueError
        If the calendar of the library does not reach that year.
    """
    if name in _FIXED:
        return date(year, *_FIXED[name])
    country, holiday, shift = _MOVABLE[name]
    for found, names in _calendar(country, year):
        if holiday in names.split("; "):
            return found + timedelta(days=shift)
    raise ValueError(f"no {name} of {year} in the calendar of {country}")


@cache
def _calendar(country: str, year: int) -> tuple[tuple[date, str], ...]:
    found = holidays.country_holidays(country, subdiv=_ENGLAND.get(country), years=year, language="en_US")
    return tuple(sorted(found.items()))
