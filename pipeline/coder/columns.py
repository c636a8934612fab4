"""Hashes of feature names → columns of the matrix, millions at a time: a hash table in two arrays.

A dictionary of a quarter of a million names lies scattered over all of memory, and holds the processor up three times
a name. Here the names are gone: a hash is another one in every process, but of 64 bits, so that one of some hundred
million unknown names a day is taken for a known one once in centuries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Places = NDArray[np.int32]
UNKNOWN = -1
_ROOM = 2  # slots for each key, at least: neighbours are seldom taken


class Columns:
    """The place of each key among those that the table was made of, which are distinct."""

    def __init__(self, keys: Keys) -> None:
        size = 1 << (_ROOM * len(keys)).bit_length()
        self._last = np.int64(size - 1)
        self._places = np.full(size, UNKNOWN, np.int32)
        self._keys = np.zeros(size, np.int64)
        places, slots = np.arange(len(keys), dtype=np.int32), keys & self._last
        while len(places):
            vacant = self._places[slots] == UNKNOWN
            self._places[slots[vacant]] = places[vacant]  # of several the last one stays
            left = self._places[slots] != places
            self._keys[slots[~left]] = keys[places[~left]]
            places, slots = places[left], self._after(slots[left])

    def of(self, keys: Keys) -> Places:
        """Return the place of every key, -1 of those that are unknown; shape as given."""
        found = np.full(len(keys), UNKNOWN, np.int32)
        asked, slots = np.arange(len(keys)), keys & self._last
        while len(asked):
            places = self._places[slots]
            same = self._keys[slots] == keys[asked]
            found[asked[same]] = places[same]
            left = ~same & (places != UNKNOWN)
            asked, slots = asked[left], self._after(slots[left])
        return found

    def _after(self, slots: Keys) -> Keys:
        return (slots + 1) & self._last
