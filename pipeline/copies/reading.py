"""Articles of a day, one after another → its printed texts, and which of them each article prints."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Protocol

import numpy as np

from pipeline.copies.signature import Hashes, normalise, samples
from pipeline.copies.window import NOTHING, Printed

_NO_TEXT = blake2b(b"", digest_size=8).digest()
_TOGETHER = 32
"""Articles whose signatures are made together: few enough for the processor's cache."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Text(Protocol):
    """What the search needs of an article."""

    @property
    def article_id(self) -> str: ...
    @property
    def outlet(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...


def read_day(day: date, articles: Iterable[Text]) -> tuple[Printed, dict[str, int]]:
    """Return the texts of a day and, for each article that has letters or digits, the number of its text.

    Articles are read a few at a time and not kept. Numbers and mapping are in order of printing, whatever the order of
    arrival.
    """
    reading, coming = _Reading(), iter(articles)
    while some := list(islice(coming, _TOGETHER)):
        reading.add(some)
    return reading.printed(day)


class _Reading:
    """The articles and texts of a day as they arrive."""

    def __init__(self) -> None:
        self._hashes, self._sizes = bytearray(), array("q")
        self._texts: dict[bytes, int] = {}  # digest → place in the order of arrival
        self._ids: list[str] = []
        self._outlets: list[str] = []
        self._known: dict[str, str] = {}  # outlets; each name is kept once
        self._times, self._printed = array("q"), array("q")

    def add(self, articles: Iterable[Text]) -> None:
        """Take some articles."""
        fresh: list[bytes] = []
        for article in articles:
            normal = normalise(article.body)
            digest = blake2b(normal, digest_size=8).digest()
            if digest == _NO_TEXT:
                continue
            if digest not in self._texts:
                self._texts[digest] = len(self._texts)
                fresh.append(normal)
            self._ids.append(article.article_id)
            self._outlets.append(self._known.setdefault(article.outlet, article.outlet))
            self._times.append((article.published_at - _EPOCH) // _MICROSECOND)
            self._printed.append(self._texts[digest])
        hashes, sizes = samples(fresh)
        self._hashes += hashes.data.cast("B") if len(hashes) else b""
        self._sizes.extend(sizes.tolist())

    def printed(self, day: date) -> tuple[Printed, dict[str, int]]:
        """Return the texts in order of printing, and the number of each article's text."""
        if not self._ids:
            return NOTHING, {}
        order = np.lexsort((np.array(self._ids), np.array(self._times)))
        printed = np.array(self._printed)[order]
        _, first = np.unique(printed, return_index=True)
        places = np.argsort(first)
        earliest = order[first[places]].tolist()
        sizes = np.array(self._sizes)
        hashes: Hashes = np.frombuffer(self._hashes, dtype=np.uint64)
        texts = Printed(
            hashes=hashes,
            bounds=np.concatenate([[0], np.cumsum(sizes)]),
            kept=np.ones(len(hashes), dtype=bool),
            places=places,
            sizes=sizes[places],
            digests=np.frombuffer(b"".join(self._texts), dtype="<u8").astype(np.uint64)[places],
            outlets=[self._outlets[one] for one in earliest],
            articles=[self._ids[one] for one in earliest],
            days=[day] * len(places),
        )
        return texts, dict(self._numbered(order.tolist(), texts.lying[printed].tolist()))

    def _numbered(self, order: list[int], numbers: list[int]) -> Iterator[tuple[str, int]]:
        return zip((self._ids[one] for one in order), numbers, strict=True)
