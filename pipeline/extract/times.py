"""Texts → moments: dates as records, pages and urls write them. What cannot be read is None, never now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_EARLIEST = 1800
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAMED_DAY = re.compile(
    r"(?P<first>[a-z]{3,9}|\d{1,2})(?:st|nd|rd|th)?[\s.]+(?P<second>[a-z]{3,9}|\d{1,2})(?:st|nd|rd|th)?[\s,.]+"
    r"(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?=\D|$)(.*)", re.DOTALL)
_EPOCH = "1970-01-01"  # what a content system prints where it knows no date
_URL_DAYS = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)/(\d{1,2}|[a-z]{3,9})/(\d{1,2})(?=[/_.?-]|$)", re.IGNORECASE),
    re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{2})-(\d{2})(?!\d)"),
    re.compile(r"(?<![\d.])((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)"),
)


def parse_time(value: object) -> datetime | None:
    """Return an aware UTC time, or None; a day is its midnight, a time without zone is taken as UTC.

    ISO 8601 and RFC 2822 are read, from the year 1800 on.
    """
    if isinstance(value, datetime):
        moment: datetime | None = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        moment = _parse_text(str(value).strip())
    if moment is None or moment.year < _EARLIEST:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _parse_text(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def page_time(text: str) -> datetime | None:
    """Return the moment that a page's metadata writes, more loosely than `parse_time`: "June 16, 2020", 2020/06/16."""
    text = " ".join(text.split())[:80]
    if text.startswith(_EPOCH):
        return None
    slashed = _SLASHED.match(text)
    if slashed:
        year, month, day, rest = slashed.groups()
        text = f"{year}-{int(month):02}-{int(day):02}{rest}"
    return parse_time(text) or _named_day(text)


def _named_day(text: str) -> datetime | None:
    match = _NAMED_DAY.search(text)
    if not match:
        return None
    first, second = match["first"], match["second"]
    month, day = (second, first) if first.isdigit() else (first, second)
    found = _day(match["year"], month, day) if day.isdigit() and not month.isdigit() else None
    return parse_time(found) if found else None


def url_days(url: str) -> Iterator[date]:
    """Yield the days that a url spells out, such as /2020/06/16/, /2020/jun/16/, 2020-06-16 and 20200616."""
    for pattern in _URL_DAYS:
        for match in pattern.finditer(url):
            found = _day(*match.groups())
            if found:
                yield found


def _day(year: str, month: str, day: str) -> date | None:
    with suppress(ValueError):
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
        return date(int(year), number, int(day))
    return None
