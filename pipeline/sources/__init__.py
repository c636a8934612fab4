"""Sources → what they hold: records, ready-coded events, links to fetch, and what could not be read.

A source is a kind and its options. Its module reads the options into items, and where the items lead to further ones
over the network (a feed, a sitemap), parses what was fetched. A kind of your own is a function of the options,
registered as an entry point in the group `escalation.sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.records import Fetched, Item
from pipeline.settings import Section, SourceSettings
from pipeline.sources import coded, feeds, files, gdelt, pages, sitemaps

ENTRY_POINTS = "escalation.sources"


@dataclass(frozen=True)
class Kind:
    """A kind of source: the model of its options, and what reads them (options, longest record in bytes)."""

    options: type[Section]
    read: Callable[[Any, int], Iterator[Item]]


KINDS = {
    "files": Kind(files.FilesOptions, files.read),
    "warc": Kind(files.FilesOptions, files.read),
    "feed": Kind(feeds.FeedOptions, feeds.read),
    "pages": Kind(pages.PagesOptions, pages.read),
    "sitemap": Kind(sitemaps.SitemapOptions, sitemaps.read),
    "gdelt": Kind(gdelt.GdeltOptions, gdelt.read),
    "coded": Kind(coded.CodedOptions, coded.read),
}
PARSERS: dict[str, Callable[[Fetched, int], Iterator[Item]]] = {
    feeds.KIND: feeds.parse,
    sitemaps.KIND: sitemaps.parse,
    gdelt.KIND: gdelt.parse,
}


def read_sources(sources: Iterable[SourceSettings], max_bytes: int) -> Iterator[Item]:
    """Yield what the sources hold, in their order.

    Parameters
    ----------
    sources
        Kinds with their options.
    max_bytes
        Longest record read; a longer one is rejected.

    Raises
    ------
    SourceError
        If a kind is unknown, an option is wrong, or there is nothing where a source should be.
    """
    for n, source in enumerate(sources, 1):
        kind = KINDS.get(source.kind)
        if kind is None:
            yield from _own(source)(source.options)
            continue
        try:
            options = kind.options.model_validate(source.options)
        except ValidationError as error:
            raise SourceError(_explain(error, source, n, kind)) from error
        yield from kind.read(options, max_bytes)


def parse_fetched(fetched: Fetched, max_bytes: int) -> list[Item]:
    """Return the items of an index that was fetched."""
    return list(PARSERS[fetched.link.kind](fetched, max_bytes))


def _own(source: SourceSettings) -> Callable[[dict[str, Any]], Iterator[Item]]:
    """Return the function that a user has registered for a kind."""
    for point in entry_points(group=ENTRY_POINTS, name=source.kind):
        function: Callable[[dict[str, Any]], Iterator[Item]] = point.load()
        return function
    raise SourceError(
        f"unknown kind of source {source.kind!r}; known are {', '.join(KINDS)}, "
        f"and functions registered in the entry point group {ENTRY_POINTS}"
    )


def _explain(error: ValidationError, source: SourceSettings, n: int, kind: Kind) -> str:
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"])
    return (
        f"source {n} (kind {source.kind!r}), option {key!r}: {problem['msg']}; "
        f"its options are {', '.join(kind.options.model_fields)}"
    )
