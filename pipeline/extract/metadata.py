"""A parsed page → what it says of itself: title, outlet, language, dates, canonical link.

JSON-LD comes first, for it says what kind of thing it dates; then OpenGraph and other meta elements, microdata and
<time>. Everything is as the page writes it; whoever reads a date decides whether it is one.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.extract.dom import select

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Report[a-z]*NewsArticle)$")
_NO_ARTICLE = frozenset(
    {"Comment", "Review", "Product", "VideoObject", "ImageObject", "WebSite", "Organization", "Event"}
)
_META: Mapping[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title", "dc.title", "dcterms.title", "headline", "parsely-title", "sailthru.title"),
    "outlet": ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "publisher"),
    "language": ("content-language", "dc.language", "language", "og:locale"),
    "published": (
        "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate",
        "publishdate", "publish-date", "publish_date", "publication_date", "published_at", "published_time",
        "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date",
        "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "article.published", "article.created",
        "article_date_original", "originalpublicationdate", "ptime", "date", "article:published", "displaydate",
    ),
    "modified": (
        "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified",
        "last-modified", "lastmod", "article:modified", "article.updated",
    ),
}  # fmt: skip
"""Names of meta elements, lower-case, the first that is filled counts."""
_ELEMENTS = (
    ("canonical", "link[rel~='canonical' i][href]", ("href",)),
    ("canonical", "meta[property='og:url'][content]", ("content",)),
    ("published", "[itemprop~='datePublished']", ("datetime", "content", "")),
    ("modified", "[itemprop~='dateModified']", ("datetime", "content", "")),
    ("published", "time[pubdate][datetime], article header time[datetime], article time[datetime]", ("datetime",)),
    ("title", "[itemprop~='headline']", ("content", "")),
    ("title", "article h1, main h1, h1", ("",)),
    ("title", "title", ("",)),
    ("language", "html[lang]", ("lang",)),
)
"""Where else a page says it: selectors, and the attributes to read, none being the text."""
_LOOSE = {
    "published": re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"\\]{4,60})"'),
    "modified": re.compile(r'"dateModified"\s{0,9}:\s{0,9}"([^"\\]{4,60})"'),
    "title": re.compile(r'"headline"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){2,400})"'),
}
"""What is read from JSON-LD that is no JSON."""
_MOST_NODES = 2000
_DECORATION = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_TRAILING_COMMA = re.compile(r",\s{0,99}(?=[}\]])")


@dataclass(frozen=True)
class Metadata:
    """What a page says of itself, as it writes it; empty where it says nothing."""

    title: str = ""
    outlet: str = ""
    language: str = ""
    published: str = ""
    modified: str = ""
    canonical: str = ""


def read_metadata(tree: HTMLTree) -> Metadata:
    """Read a page's metadata in one pass over its tree, which is not changed."""
    given: dict[str, str] = {}
    for found in (_from_json(tree), _from_meta(tree), _from_elements(tree)):
        for name, value in found:
            clean = " ".join(html.unescape(value).split())
            if clean and not given.get(name):
                given[name] = clean
    outlet = given.get("outlet", "")
    title = _without_site(given.get("title", ""), outlet)
    return Metadata(**{**{name: given.get(name, "") for name in (*_META, "canonical")}, "title": title})


def _without_site(title: str, outlet: str) -> str:
    """Drop a site's name that closes the title, " | Harbour Wire"."""
    return re.sub(rf"\s+[|–—·:-]\s+{re.escape(outlet)}$", "", title, flags=re.IGNORECASE) if outlet else title


def _from_json(tree: HTMLTree) -> Iterator[tuple[str, str]]:
    nodes: list[Mapping[str, Any]] = []
    loose: list[str] = []
    for script in select(tree, 'script[type*="ld+json" i]'):
        value = _loads(script.text or "")
        if value is None:
            loose.append(script.text or "")
        nodes.extend(_nodes(value))
    for node in sorted(nodes, key=_rank):
        yield from _of_node(node)
    for text in loose:
        yield from ((name, match[1]) for name, pattern in _LOOSE.items() if (match := pattern.search(text)))


def _loads(text: str) -> Any:
    """Return the value of a JSON-LD script, or None; comments around it, loose commas and line ends are forgiven."""
    for _ in range(2):
        text = _DECORATION.sub("", text)
    for candidate in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that may describe the page: of lists, of @graph, and what a page is about."""
    queue = [value]
    for _ in range(_MOST_NODES):
        if not queue:
            return
        one = queue.pop(0)
        if isinstance(one, list):
            queue[:0] = one
        elif isinstance(one, dict):
            yield one
            queue.extend(one[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in one)


def _types(node: Mapping[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [str(one) for one in kind] if isinstance(kind, list) else [str(kind or "")]


def _rank(node: Mapping[str, Any]) -> int:
    """Order articles before pages before what is only on the page."""
    kinds = _types(node)
    return 0 if any(map(_ARTICLE.search, kinds)) else 1


def _of_node(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kinds = _types(node)
    if _NO_ARTICLE.intersection(kinds):
        return
    yield "published", _plain(node.get("datePublished"))
    yield "modified", _plain(node.get("dateModified"))
    if _rank(node) == 0:
        yield "title", _plain(node.get("headline"))
        yield "language", _plain(node.get("inLanguage"))
        yield "outlet", _plain(node.get("publisher"))


def _plain(value: Any) -> str:
    """Return the text of a JSON-LD value; of an object its name, of a list its first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or ""
    return value if isinstance(value, str) else ""


def _from_meta(tree: HTMLTree) -> Iterator[tuple[str, str]]:
    values: dict[str, str] = {}
    for element in select(tree, "meta[content]"):
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.getattr(attribute) or "").strip().lower()
            if name:
                values.setdefault(name, element.getattr("content") or "")
    for field_name, names in _META.items():
        yield from ((field_name, values[name]) for name in names if values.get(name))


def _from_elements(tree: HTMLTree) -> Iterator[tuple[str, str]]:
    for name, selector, attributes in _ELEMENTS:
        for element in select(tree, selector)[:1]:
            values = (element.getattr(attribute) if attribute else element.text for attribute in attributes)
            yield name, next(filter(None, values), "")
    times = select(tree, "time[datetime]")
    if len({element.getattr("datetime") for element in times}) == 1:
        yield "published", times[0].getattr("datetime") or ""
