"""One raw record → an article, or a stored rejection that can be tried again.

Fields are found by name; a page gives its main text, and what it says of itself where the record is silent. A record
without a text or without a date is rejected, never guessed at: an unreadable date is not today.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.extract.charset import decode
from pipeline.extract.language import UNDETERMINED, language_code, language_of
from pipeline.extract.limits import not_a_page, too_hostile, too_long
from pipeline.extract.page import Page, read_page
from pipeline.extract.times import page_time, parse_time
from pipeline.records import Article, Raw, Rejection, content_id
from pipeline.settings import ArticleSettings, PageSettings
from pipeline.urls import canonical_url, same_page

FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "body": ("body", "text", "story_text", "content"),
    "html": ("html",),
    "title": ("title", "headline"),
    "published_at": ("published_at", "date", "published"),
    "revised_at": ("revised_at", "updated_at", "modified", "updated"),
    "date_source": ("date_source",),
    "url": ("url", "link"),
    "outlet": ("outlet", "outlets", "source", "publisher"),
    "language": ("language", "lang"),
    "fetched_at": ("fetched_at",),
    "charset": ("charset", "content_type"),
}
"""Names under which a field is looked for, the first that is filled counts."""

WEAK_DATES = frozenset({"feed", "sitemap", "gdelt"})
"""Sources of a given date that the page's own metadata overrule: they often tell when a page was last touched."""
_HTML = re.compile(r"\s*(?:<!doctype html|<html|<body|<article|<div|<p)[\s>]", re.IGNORECASE)
_NO_DATE = "give a date (a manifest, a date column, or --date YYYY-MM-DD)"


class Refused(Exception):  # noqa: N818 - a verdict on a record, not an error of ours
    """Why a record becomes no article."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class _Dated:
    published_at: datetime
    source: str


def to_article(raw: Raw, settings: ArticleSettings, pages: PageSettings | None = None) -> Article | Rejection:
    """Check one record and make it an article.

    A page is parsed in this process, without a limit of time or memory; `extract_all` parses it in one of its own.

    Parameters
    ----------
    raw
        Fields by name, see `FIELD_NAMES`. `html` may be text or bytes; `charset` or `content_type` is the response's.
        `date_source` may be "feed", "sitemap" or "gdelt": then a date in the page's metadata overrules the given one.
    settings
        Own names of fields, and the date of what carries none.
    pages
        How pages are read, and their limits; by default the settings' defaults.
    """
    return _checked(raw, settings, pages or PageSettings(), page_of(raw, settings))


def without_page(raw: Raw, settings: ArticleSettings, pages: PageSettings) -> Article | Rejection:
    """Make an article of a record in which `page_of` found no page."""
    return _checked(raw, settings, pages, "")


def _checked(raw: Raw, settings: ArticleSettings, pages: PageSettings, html: bytes | str) -> Article | Rejection:
    try:
        return _article(raw, settings, pages, html)
    except Refused as refused:
        return refuse(raw, settings, refused.reason, refused.detail)


def page_of(raw: Raw, settings: ArticleSettings) -> bytes | str:
    """Return the HTML that a record holds, or nothing; a body that begins with markup is a page too."""
    html = _value(raw.fields, "html", settings) or raw.fields.get("html")
    if isinstance(html, bytes | str) and html:
        return html
    body = _text(_value(raw.fields, "body", settings))
    return body if _HTML.match(body) else ""


def refuse(raw: Raw, settings: ArticleSettings, reason: str, detail: str) -> Rejection:
    """Return the rejection of a record, with all that is needed to try it again."""
    name = settings.fields.get("html", "html")
    html = raw.fields.get(name) or raw.fields.get("html")
    if not isinstance(html, bytes | str) or not html:
        return Rejection(raw.place, reason, detail, _as_json(raw.fields), form="record")
    known = {key: value for key, value in raw.fields.items() if key not in (name, "html")}
    if isinstance(html, str):
        known = {**{k: v for k, v in known.items() if k not in FIELD_NAMES["charset"]}, "charset": "utf-8"}
        html = html.encode("utf-8", "replace")
    return Rejection(raw.place, reason, detail, html, form="page", known=_as_json(known).decode())


def _as_json(fields: Mapping[str, object]) -> bytes:
    return json.dumps({str(key): value for key, value in fields.items()}, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, date) else str(value)


def _article(raw: Raw, settings: ArticleSettings, pages: PageSettings, html: bytes | str) -> Article:
    values = {field: _value(raw.fields, field, settings) for field in FIELD_NAMES}
    page = _read(html, values, pages) if html else None
    body = page.text if page else _text(values["body"])
    if not body.strip():
        raise _no_text(raw, settings, page is not None)
    dated = _dated(values, page, settings)
    title = " ".join((_text(values["title"]) or (page.title if page else "")).split())
    outlet = (_text(values["outlet"]) or (page.outlet if page else "")).strip()
    url = canonical_url((page.canonical_url if page else "") or _text(values["url"]))
    text = f"{title} {body}"
    return Article(
        article_id=content_id(same_page(url) if url else outlet, " ".join(text.split())),
        url=url,
        outlet=outlet,
        title=title,
        body=body.replace("\r\n", "\n").strip(),
        language=_language(text, _text(values["language"]), page),
        published_at=dated.published_at,
        fetched_at=parse_time(values["fetched_at"]) if values["fetched_at"] else None,
        source=raw.place.rpartition(":")[0] if raw.place.rpartition(":")[2].isdigit() else raw.place,
        date_source=dated.source,
        revised_at=_revised(values, page, dated.published_at),
    )


def _read(html: bytes | str, values: Mapping[str, object], pages: PageSettings) -> Page:
    problem = too_long(html, pages) or not_a_page(html)
    text = "" if problem else _decoded(html, values)
    problem = problem or too_hostile(text, pages)
    if problem:
        raise Refused(*problem)
    fetched = parse_time(values["fetched_at"]) if values["fetched_at"] else None
    latest = fetched.date() if fetched else None
    try:
        return read_page(text, _text(values["url"]), tier=pages.tier, latest=latest)
    except Exception as error:  # whatever a parser raises is about this page, and the next one must be read
        raise Refused("page unreadable", f"{type(error).__name__}: {error}") from error


def _decoded(html: bytes | str, values: Mapping[str, object]) -> str:
    return decode(html, _text(values["charset"])) if isinstance(html, bytes) else html


def _no_text(raw: Raw, settings: ArticleSettings, is_page: bool) -> Refused:
    wanted = ", ".join(FIELD_NAMES["body"])
    if is_page:
        return Refused("empty body", "no main text in the page's HTML")
    has = f"its fields are {', '.join(map(str, raw.fields))}"
    missing = not {*FIELD_NAMES["body"], "html", settings.fields.get("body", "")}.intersection(raw.fields)
    reason = "missing column" if missing else "empty body"
    return Refused(reason, f"no text in {wanted}; {has}; map yours with articles.fields.body in the settings")


def _dated(values: Mapping[str, object], page: Page | None, settings: ArticleSettings) -> _Dated:
    """Return the date: a firmly given one, else the page's metadata, a loosely given one, the page, the default."""
    given, hint = values["published_at"], _text(values["date_source"]).strip().lower()
    weak = hint in WEAK_DATES
    own = page_time(page.published_at) if page and page.published_at else None
    if page and own and (not given or (weak and page.date_source == "metadata")):
        return _Dated(own, page.date_source)
    if given:
        moment = parse_time(given)
        if moment is None:
            raise Refused("unreadable date", f"{given!r} is not an ISO 8601 or RFC 2822 date")
        return _Dated(moment, hint if weak else "given")
    default = parse_time(settings.default_date) if settings.default_date else None
    if default is None:
        raise Refused("no date", _NO_DATE)
    return _Dated(default, "default")


def _revised(values: Mapping[str, object], page: Page | None, published_at: datetime) -> datetime | None:
    """Return when this version was printed, if that is after the first printing."""
    given = values["revised_at"]
    moment = parse_time(given) if given else page_time(page.revised_at) if page and page.revised_at else None
    return moment if moment is not None and moment > published_at else None


def _language(text: str, given: str, page: Page | None) -> str:
    """Return the language; a page's own word counts where its text does not tell, for templates carry wrong ones."""
    found = language_of(text, given)
    return (language_code(page.language) or found) if page and found == UNDETERMINED else found


def _value(fields: Mapping[str, object], field: str, settings: ArticleSettings) -> object:
    own = settings.fields.get(field) if settings.fields else None
    for name in (own,) if own else FIELD_NAMES[field]:
        if name in fields:
            value = fields[name]
            if value is not None and value != "":
                return value
    return None


def _text(value: object) -> str:
    """Return a value as text that can be written; half a character, which JSON may hold, becomes a question mark."""
    text = "" if value is None else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
