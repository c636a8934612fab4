"""Articles of a day → the printed texts of the last days, each with its signature, numbered in order of printing.

A text is kept once a day however many articles of the day print it. Texts are numbered by the order in which they
were first printed (day, time, article id), so that a lower number is always an earlier text. Of the text itself
only a digest and the signature stay in memory, about 0.7 kB for 500 words; signatures lie in the order in which they
arrived, for sorting them would take their room twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipeline.copies.signature import Hashes, Numbers

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Printed:
    """The texts of some days, `n` of them, numbered in order of printing.

    `hashes` holds all signatures end to end; the one that lies at place p goes from `bounds[p]` to `bounds[p + 1]`.
    Only those `kept` count, one flag a hash. All others have one value a text: the place of its signature, the number
    of hashes kept of it, a digest of all its letters, the outlet and id of the article that printed it first, and the
    day. The texts of a day lie before those of the next.
    """

    hashes: Hashes
    bounds: Numbers
    kept: Flags
    places: Numbers
    sizes: Numbers
    digests: Hashes
    outlets: list[str]
    articles: list[str]
    days: list[date]

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def lying(self) -> Numbers:
        """The number of the text at each place."""
        numbers = np.empty(len(self), dtype=np.int64)
        numbers[self.places] = np.arange(len(self))
        return numbers

    def since(self, day: date) -> Printed:
        """Return the texts printed on a day or later."""
        first = sum(printed < day for printed in self.days)
        start = self.bounds[first]
        return Printed(
            hashes=self.hashes[start:],
            bounds=self.bounds[first:] - start,
            kept=self.kept[start:],
            places=self.places[first:] - first,
            sizes=self.sizes[first:],
            digests=self.digests[first:],
            outlets=self.outlets[first:],
            articles=self.articles[first:],
            days=self.days[first:],
        )

    def __add__(self, later: Printed) -> Printed:
        if not len(self):
            return later
        return Printed(
            hashes=np.concatenate([self.hashes, later.hashes]),
            bounds=np.concatenate([self.bounds, later.bounds[1:] + self.bounds[-1]]),
            kept=np.concatenate([self.kept, later.kept]),
            places=np.concatenate([self.places, later.places + len(self)]),
            sizes=np.concatenate([self.sizes, later.sizes]),
            digests=np.concatenate([self.digests, later.digests]),
            outlets=self.outlets + later.outlets,
            articles=self.articles + later.articles,
            days=self.days + later.days,
        )


_NO_HASHES, _NO_NUMBERS = np.empty(0, np.uint64), np.empty(0, np.int64)
NOTHING = Printed(
    _NO_HASHES, np.zeros(1, np.int64), np.empty(0, np.bool_), _NO_NUMBERS, _NO_NUMBERS, _NO_HASHES, [], [], []
)
