"""Sitemaps, and indexes of sitemaps → links to pages; with the dates of news sitemaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from lxml import etree

from pipeline.records import Fetched, Item, Link, Rejection
from pipeline.settings import Section
from pipeline.sources.unpacking import UnpackError, unpack

KIND = "sitemap"
_DEEPEST = 3
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


class SitemapOptions(Section):
    """Options of the kind `sitemap`; `since` leaves out pages that have not changed since that day."""

    url: str
    outlet: str = ""
    language: str = ""
    since: date | None = None


def read(options: SitemapOptions, _: int) -> Iterator[Item]:
    """Yield the sitemap as a link to fetch every night."""
    since = options.since.isoformat() if options.since else ""
    known = {"outlet": options.outlet, "language": options.language, "since": since, "depth": "0"}
    yield Link(options.url, KIND, {name: value for name, value in known.items() if value}, again=True)


def parse(fetched: Fetched, max_bytes: int) -> Iterator[Item]:
    """Yield the pages and further sitemaps that a sitemap names."""
    place = fetched.link.url
    known = dict(fetched.link.fields)
    since, depth = known.pop("since", ""), int(known.pop("depth", "0"))
    try:
        root = _root(unpack(fetched.body, max_bytes))
    except (etree.XMLSyntaxError, UnpackError) as error:
        yield Rejection(place, "not a sitemap", str(error), fetched.body)
        return
    kind = etree.QName(root).localname
    if kind not in ("urlset", "sitemapindex"):
        yield Rejection(place, "not a sitemap", f"its root is <{kind}>", fetched.body)
        return
    for n, entry in enumerate(root.iterchildren(tag=etree.Element), 1):
        values = _values(entry)
        changed = _time(values.get("lastmod", ""))
        if since and changed and changed.date().isoformat() < since:
            continue
        link = values.get("loc", "")
        if not link.startswith(("http://", "https://")):
            yield Rejection(f"{place}#{n}", "bad url", f"{link[:200]!r} is no http or https url", b"")
        elif kind == "urlset":
            yield Link(link, "page", _page_fields(values, known), changed)
        elif depth < _DEEPEST:
            deeper = {**known, "since": since, "depth": str(depth + 1)}
            yield Link(link, KIND, deeper, changed, again=changed is None)
        else:
            yield Rejection(f"{place}#{n}", "sitemaps too deep", f"{link} lies {_DEEPEST} indexes deep", b"")


def _root(body: bytes) -> etree._Element:
    """Parse without entities, external files or unbounded trees: a sitemap needs none of them."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(body, parser)


def _values(entry: etree._Element) -> dict[str, str]:
    """Return the entry's own texts by name, and those of its news; images and videos have names alike."""
    found: dict[str, str] = {}
    for part in entry.iterdescendants(tag=etree.Element):
        name = etree.QName(part)
        own = part.getparent() is entry and name.localname in ("loc", "lastmod")
        if part.text and part.text.strip() and (own or name.namespace == _NEWS):
            found.setdefault(name.localname, part.text.strip())
    return found


def _page_fields(values: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    named = {"title": "title", "publication_date": "published_at", "name": "outlet", "language": "language"}
    found = {field: values[name] for name, field in named.items() if name in values}
    return {**found, **known} | ({"date_source": KIND} if "published_at" in found else {})


def _time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2020-06-16"):
        moment = datetime.combine(moment, time.max)  # changed at some time of the day
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
