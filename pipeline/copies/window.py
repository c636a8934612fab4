"""Articles of a day → the printed texts of the last days, each with its signature, in order of printing.

A text is kept once a day however many articles of the day print it. Texts are numbered by the order in which they
were first printed (day, time, article id), so that a lower number is always an earlier text. Of the text itself
only a digest and the signature stay in memory, about 0.7 kB for 500 words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.copies.signature import normalise, sample
from pipeline.records import Article

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
_NO_TEXT = blake2b(b"", digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Printed:
    """The texts of some days, `n` of them, numbered in order of printing.

    `hashes` (all signatures end to end) and `starts` (n + 1 places in it) hold the signatures; `digests`, `outlets`,
    `articles` and `days` have one value a text: a digest of all its letters, the outlet and id of the article
    that printed it first, and the day.
    """

    hashes: Hashes
    starts: Numbers
    digests: Hashes
    outlets: list[str]
    articles: list[str]
    days: list[date]

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def sizes(self) -> Numbers:
        """Number of hashes of each text."""
        return np.diff(self.starts)

    def since(self, day: date) -> Printed:
        """Return the texts printed on a day or later."""
        first = sum(printed < day for printed in self.days)
        start = self.starts[first]
        return Printed(
            hashes=self.hashes[start:],
            starts=self.starts[first:] - start,
            digests=self.digests[first:],
            outlets=self.outlets[first:],
            articles=self.articles[first:],
            days=self.days[first:],
        )

    def __add__(self, later: Printed) -> Printed:
        return Printed(
            hashes=np.concatenate([self.hashes, later.hashes]),
            starts=np.concatenate([self.starts, later.starts[1:] + self.starts[-1]]),
            digests=np.concatenate([self.digests, later.digests]),
            outlets=self.outlets + later.outlets,
            articles=self.articles + later.articles,
            days=self.days + later.days,
        )


NOTHING = Printed(np.empty(0, np.uint64), np.zeros(1, np.int64), np.empty(0, np.uint64), [], [], [])


@dataclass(frozen=True, slots=True)
class _Seen:
    """One text while its day is read: the earliest article that prints it."""

    first: tuple[datetime, str]
    outlet: str
    hashes: Hashes


def read_day(day: date, articles: Iterable[Article]) -> tuple[Printed, dict[str, int]]:
    """Return the texts of a day and, for each article that has letters or digits, the number of its text.

    Articles are read one at a time and not kept. Numbers and mapping are in order of printing, whatever the order of
    arrival.
    """
    texts: dict[bytes, _Seen] = {}
    printings: list[tuple[datetime, str, bytes]] = []
    for article in articles:
        normal = normalise(article.body)
        digest = blake2b(normal, digest_size=8).digest()
        if digest == _NO_TEXT:
            continue
        first = (article.published_at, article.article_id)
        printings.append((*first, digest))
        known = texts.get(digest)
        if known is None or first < known.first:
            texts[digest] = _Seen(first, article.outlet, sample(normal) if known is None else known.hashes)
    ordered = sorted(texts, key=lambda digest: texts[digest].first)
    number = {digest: place for place, digest in enumerate(ordered)}
    return _laid_end_to_end(day, ordered, texts), {name: number[digest] for _, name, digest in sorted(printings)}


def _laid_end_to_end(day: date, digests: Sequence[bytes], texts: dict[bytes, _Seen]) -> Printed:
    seen = [texts[digest] for digest in digests]
    if not seen:
        return NOTHING
    return Printed(
        hashes=np.concatenate([text.hashes for text in seen]),
        starts=np.concatenate([[0], np.cumsum([len(text.hashes) for text in seen])]),
        digests=np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64),
        outlets=[text.outlet for text in seen],
        articles=[text.first[1] for text in seen],
        days=[day] * len(seen),
    )
