"""Raw records → articles: fields by name, main text of HTML, dates read or refused.

A record without a text or without a date is rejected, never guessed at: an unreadable date is not today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from pipeline.records import Article, Raw, Rejection, content_id
from pipeline.settings import ArticleSettings

FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "body": ("body", "text", "story_text", "content"),
    "html": ("html",),
    "title": ("title", "headline"),
    "published_at": ("published_at", "date", "published"),
    "url": ("url", "link"),
    "outlet": ("outlet", "outlets", "source", "publisher"),
    "language": ("language", "lang"),
    "fetched_at": ("fetched_at",),
}
"""Names under which a field is looked for, the first that is filled counts."""

_HTML = re.compile(r"\s*(?:<!doctype html|<html|<body|<article|<div|<p)[\s>]", re.IGNORECASE)
_EARLIEST = 1800


def to_article(raw: Raw, settings: ArticleSettings) -> Article | Rejection:
    """Check one record and make it an article."""
    values = {field: _value(raw.fields, field, settings) for field in FIELD_NAMES}
    html = _text(values["html"])
    body = _text(values["body"])
    if not html and _HTML.match(body):
        html = body
    if html:
        body, values = _from_html(html, values)
    if not body.strip():
        wanted = ", ".join(FIELD_NAMES["body"])
        has = f"its fields are {', '.join(map(str, raw.fields))}"
        missing = not any(
            name in raw.fields for name in (*FIELD_NAMES["body"], "html", settings.fields.get("body", ""))
        )
        reason = "missing column" if missing else "empty body"
        return _reject(raw, reason, f"no text in {wanted}; {has}; map yours with articles.fields.body in the settings")
    published = values["published_at"] or settings.default_date
    if not published:
        return _reject(raw, "no date", "give a date (a manifest, a date column, or --date YYYY-MM-DD)")
    published_at = parse_time(published)
    if published_at is None:
        return _reject(raw, "unreadable date", f"{published!r} is not an ISO 8601 or RFC 2822 date")
    return _article(raw, body, values, published_at)


def parse_time(value: object) -> datetime | None:
    """Return an aware UTC time, or None; a day is its midnight, a time without zone is taken as UTC."""
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


def _value(fields: Mapping[str, object], field: str, settings: ArticleSettings) -> object:
    own = settings.fields.get(field)
    for name in (own,) if own else FIELD_NAMES[field]:
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _from_html(html: str, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    """Return the main text, and the fields completed from the page's metadata."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - costs half a second, and few runs have HTML

    page = bare_extraction(html, fast=True, with_metadata=True, include_comments=False)
    if page is None:
        return "", values
    names = {"title": "title", "published_at": "date", "url": "url", "outlet": "sitename"}
    found = {field: getattr(page, name) for field, name in names.items()}
    return getattr(page, "text", None) or "", {**values, **{key: values[key] or value for key, value in found.items()}}


def _article(raw: Raw, body: str, values: Mapping[str, object], published_at: datetime) -> Article:
    url, outlet, title = (_text(values[name]).strip() for name in ("url", "outlet", "title"))
    identity = (url,) if url else (outlet, " ".join(f"{title} {body}".split()))
    return Article(
        article_id=content_id(*identity),
        url=url,
        outlet=outlet,
        title=" ".join(title.split()),
        body=body.replace("\r\n", "\n").strip(),
        language=_text(values["language"]),
        published_at=published_at,
        fetched_at=parse_time(values["fetched_at"]) if values["fetched_at"] else None,
        source=raw.place.rpartition(":")[0] if raw.place.rpartition(":")[2].isdigit() else raw.place,
    )


def _reject(raw: Raw, reason: str, detail: str) -> Rejection:
    return Rejection(raw.place, reason, detail, repr(raw.fields).encode("utf-8", "replace"))
