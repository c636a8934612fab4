"""RSS and Atom feeds → links to the pages of their entries, or the entries themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from pipeline.records import Fetched, Item, Link, Raw, Rejection
from pipeline.settings import Section

KIND = "feed"
_ENTRY = "entry"
_SURROGATE = re.compile(
    rb"&#(?:x0*D[89A-F][0-9A-F]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));", re.I
)
"""References to half a character, which no text may hold."""


class FeedOptions(Section):
    """Options of the kind `feed`."""

    url: str
    outlet: str = ""
    language: str = ""
    follow: bool = True


def read(options: FeedOptions, _: int) -> Iterator[Item]:
    """Yield the feed as a link to fetch every night."""
    known = {"outlet": options.outlet, "language": options.language, "take": "" if options.follow else _ENTRY}
    yield Link(options.url, KIND, {name: value for name, value in known.items() if value}, again=True)


def parse(fetched: Fetched, _: int) -> Iterator[Item]:
    """Yield the entries of a feed: links to their pages, or with `follow = false` the text they carry."""
    known = dict(fetched.link.fields)
    take = known.pop("take", "")
    # given as a stream, since feedparser opens bytes that look like a path
    headers = {"content-type": fetched.content_type, "content-location": fetched.url}
    feed = feedparser.parse(BytesIO(_SURROGATE.sub(b"", fetched.body)), response_headers=headers)
    if not feed.entries and not feed.get("version"):
        why = str(feed.get("bozo_exception", "no RSS and no Atom"))
        yield Rejection(fetched.link.url, "not a feed", why, fetched.body)
        return
    known = {"outlet": _text(feed.feed, "title"), "language": _text(feed.feed, "language"), **known}
    for n, entry in enumerate(feed.entries, 1):
        yield _entry(entry, known, f"{fetched.link.url}#{n}", take, fetched.fetched_at)


def _entry(entry: Any, known: dict[str, str], place: str, take: str, fetched: datetime) -> Item:
    link = _text(entry, "link")
    published, updated = _time(entry, "published"), _time(entry, "updated")
    fields = {
        **known,
        "title": _text(entry, "title"),
        "published_at": published.isoformat() if published else _text(entry, "published") or _iso(updated),
        "date_source": KIND,
    }
    fields = {name: value for name, value in fields.items() if value}
    if take == _ENTRY or not link:
        return _own_text(entry, {**fields, "url": link}, place, updated, fetched)
    if not link.startswith(("http://", "https://")):
        return Rejection(place, "bad url", f"the entry links to {link[:200]!r}, which is no http or https url", b"")
    changed = max((moment for moment in (published, updated) if moment), default=None)
    return Link(link, "page", fields, changed)


def _own_text(entry: Any, fields: dict[str, str], place: str, updated: datetime | None, fetched: datetime) -> Item:
    parts = [str(part.get("value", "")) for part in entry.get("content", [])]
    html = max([*parts, _text(entry, "summary")], key=len)
    if not html:
        return Rejection(place, "empty entry", "neither a link to follow nor a text", b"")
    known: dict[str, object] = {**fields, "fetched_at": fetched.isoformat(), "revised_at": _iso(updated)}
    return Raw(place, {**known, "html": f"<html><body><article><p>{html}</p></article></body></html>"})


def _text(holder: Any, name: str) -> str:
    return str(holder.get(name) or "").strip()


def _time(entry: Any, name: str) -> datetime | None:
    parsed = dict.get(entry, f"{name}_parsed")  # its own `get` takes one date for the other
    if not isinstance(parsed, struct_time):
        return None
    try:
        return datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
