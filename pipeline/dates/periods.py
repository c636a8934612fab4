"""Calendar arithmetic: days, weeks, months, quarters, years and decades as periods."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from pipeline.records import Precision

DAY = timedelta(days=1)


class Period(NamedTuple):
    """First and last day of what a phrase names, and how exactly it names it."""

    first: date
    last: date
    precision: Precision


def day(value: date) -> Period:
    """Return one day."""
    return Period(value, value, "day")


def days(first: date, last: date) -> Period:
    """Return a stretch of named days."""
    if last < first:
        raise ValueError(f"{last} lies before {first}")
    return Period(first, last, "day")


def week(value: date) -> Period:
    """Return the week, Monday to Sunday, that holds a day."""
    monday = value - timedelta(days=value.weekday())
    return Period(monday, monday + timedelta(days=6), "week")


def weekend(value: date, shift: int = 0) -> Period:
    """Return the Saturday and Sunday begun last, up to and including a day, or `shift` weeks later."""
    saturday = value - timedelta(days=(value.weekday() - 5) % 7) + timedelta(weeks=shift)
    return Period(saturday, saturday + DAY, "week")


def month(year: int, number: int, count: int = 1, precision: Precision = "month") -> Period:
    """Return `count` months from one that may lie outside 1–12: month 0 is December of the year before."""
    first, beyond = _first_of(year, number), _first_of(year, number + count)
    return Period(first, beyond - DAY, precision)


def quarter(year: int, number: int) -> Period:
    """Return a quarter of a year, 1–4."""
    return month(year, 3 * number - 2, 3, "quarter")


def half(year: int, number: int) -> Period:
    """Return a half of a year, 1 or 2."""
    return month(year, 6 * number - 5, 6, "quarter")


def season(year: int, first_month: int) -> Period:
    """Return three months; the winter of a year begins in its December."""
    return month(year, first_month, 3, "quarter")


def year(value: int) -> Period:
    """Return a year."""
    return years(value, value)


def years(first: int, last: int) -> Period:
    """Return a stretch of years."""
    if last < first:
        raise ValueError(f"{last} lies before {first}")
    return Period(date(first, 1, 1), date(last, 12, 31), "year")


def decade(first: int) -> Period:
    """Return the ten years from `first` on."""
    return Period(date(first, 1, 1), date(first + 9, 12, 31), "decade")


def around(value: date, unit: str) -> Period:
    """Return the day, week, month or year that holds a day; of a decade or century the one year."""
    if unit == "day":
        return day(value)
    if unit == "week":
        return week(value)
    return month(value.year, value.month) if unit == "month" else year(value.year)


def moved(value: date, number: int, unit: str) -> date:
    """Return a day `number` units later (negative: earlier); where the month is shorter, its last day."""
    if unit == "day":
        return value + timedelta(days=number)
    if unit in ("week", "fortnight"):
        return value + timedelta(weeks=number * (2 if unit == "fortnight" else 1))
    months = number * {"month": 1, "year": 12, "decade": 120, "century": 1200}[unit]
    there = month(value.year, value.month + months)
    return min(there.first + timedelta(days=value.day - 1), there.last)


def _first_of(year_: int, number: int) -> date:
    return date(year_ + (number - 1) // 12, (number - 1) % 12 + 1, 1)
