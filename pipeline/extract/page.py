"""The text of a page → its main text and what it says of itself.

Two tiers. "careful" is trafilatura, "bulk" is resiliparse, three times faster. Both get the page without clutter, and
their lines are cleaned alike. The metadata are read from one tree, before it is pruned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pipeline.extract.charset import decode
from pipeline.extract.clutter import clean_lines, prune, prune_lxml
from pipeline.extract.metadata import Metadata, read_metadata
from pipeline.extract.times import page_time, url_days
from pipeline.urls import own_canonical, site_of

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

Tier = Literal["careful", "bulk"]
DateSource = Literal["", "metadata", "url", "page"]
_FIRST_DAY = date(1995, 1, 1)  # what a page's text dates earlier is what it tells of, not itself
_LAST_DAY = date(2100, 1, 1)  # without a limit of its own, a page's date may be anything but absurd
_ZONES = timedelta(days=1)  # a page may be printed where it is tomorrow already
_BODY = re.compile(r"<body[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """Main text and metadata of a page; empty where the page says nothing.

    `published_at` and `revised_at` are as the page writes them; `date_source` tells whether its metadata, its url or
    its visible text gave the first.
    """

    text: str
    title: str
    outlet: str
    language: str
    published_at: str
    date_source: DateSource
    revised_at: str
    canonical_url: str


def read_page(
    content: bytes | str, url: str = "", charset: str = "", tier: Tier = "careful", latest: date | None = None
) -> Page:
    """Read a page of HTML.

    Parameters
    ----------
    content
        The page; bytes are decoded by what they look like and by what is declared.
    url
        Where it came from, if that is known.
    charset
        The charset or Content-Type of the response, if that is known.
    tier
        "careful" or "bulk".
    latest
        The day of its fetching. Later dates are not believed, save by one day for time zones.

    Returns
    -------
    Page
        With an empty text where the page has none.
    """
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415 - few runs have pages

    text = decode(content, charset) if isinstance(content, bytes) else content.removeprefix("\ufeff")
    text = text.replace("\x00", "")
    if not _BODY.search(text):  # the parsers look for the main text of whole pages, and feeds give parts
        text = f"<html><body><article>{text}</article></body></html>"
    tree = HTMLTree.parse(text)
    metadata = read_metadata(tree)
    canonical = own_canonical(metadata.canonical, url)
    limit = latest + _ZONES if latest else _LAST_DAY
    published, source = _dated(metadata, text, (url, canonical), limit)
    return Page(
        text=clean_lines(_TIERS[tier](text, tree), metadata.title),
        title=metadata.title,
        outlet=metadata.outlet or site_of(canonical or url),
        language=metadata.language,
        published_at=published,
        date_source=source,
        revised_at=metadata.modified if _believed(metadata.modified, limit) else "",
        canonical_url=canonical,
    )


def _careful(text: str, tree: HTMLTree) -> str:
    """Extract with trafilatura; where it finds nothing, with resiliparse."""
    from trafilatura import bare_extraction, load_html  # noqa: PLC0415 - costs half a second

    root = load_html(text)
    if root is not None:
        prune_lxml(root)
        found: Any = bare_extraction(root, fast=True, include_comments=False)
        if found is not None and (found.text or "").strip():
            return str(found.text)
    return _bulk(text, tree)


def _bulk(text: str, tree: HTMLTree) -> str:
    """Extract with resiliparse; a page without a main part gives all its text."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    del text
    prune(tree)
    for main in (True, False):
        found = extract_plain_text(
            tree,
            main_content=main,
            preserve_formatting=True,
            comments=False,
            alt_texts=False,
            post_meta=False,
            list_bullets=False,
        )
        if found.strip():
            return found
    return ""


_TIERS: Mapping[str, Callable[[str, HTMLTree], str]] = {"careful": _careful, "bulk": _bulk}


def _dated(metadata: Metadata, text: str, urls: tuple[str, ...], limit: date) -> tuple[str, DateSource]:
    """Return when a page says it was published, and where it says so: metadata, then url, then its text."""
    if _believed(metadata.published, limit):
        return metadata.published, "metadata"
    for url in urls:
        for day in url_days(url):
            if _FIRST_DAY <= day <= limit:
                return day.isoformat(), "url"
    visible = _visible_date(text, limit)
    return (visible, "page") if visible else ("", "")


def _believed(written: str, limit: date) -> bool:
    moment = page_time(written) if written else None
    return moment is not None and moment.date() <= limit


def _visible_date(text: str, limit: date) -> str:
    """Return the date that the visible page prints, by htmldate.

    The first of January is what it makes of a bare year, such as that of a copyright, so it is not believed.
    """
    from htmldate import find_date  # noqa: PLC0415 - most pages have metadata
    from trafilatura import load_html  # noqa: PLC0415

    root = load_html(text)  # never a text: one that is a url would be fetched
    if root is None:
        return ""
    found = find_date(
        root, extensive_search=False, original_date=True, url="", min_date=str(_FIRST_DAY), max_date=str(limit)
    )
    return "" if found is None or found.endswith("-01-01") else found
