"""Signatures → who prints each hash: the entries of a window, sorted, one part of all hashes at a time.

An entry packs a hash and the number of its text into 64 bits, the hash first. Sorted, the entries of one hash stand
together with the earliest text first. A part holds about `_ENTRIES` entries, so the memory for sorting and
comparing is some hundred megabytes however long the day is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.copies.signature import Hashes, Numbers
from pipeline.copies.window import Printed

_ENTRIES = 2**22
_TEXTS = 2**15


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of some hashes, by hash and then by text. All three arrays have one value an entry.

    `keys` is the hash without its lowest bits, `texts` the number of the text, `first` the place at which
    the entries of the same hash begin.
    """

    keys: Hashes
    texts: Numbers
    first: Numbers

    @property
    def group_sizes(self) -> Numbers:
        """Number of texts that print the hash of each entry."""
        return np.bincount(self.first, minlength=len(self.first))[self.first]

    def where(self, wanted: NDArray[np.bool_]) -> Part:
        """Return only some entries."""
        return _part(self.keys[wanted], self.texts[wanted])


def key_shift(printed: Printed) -> int:
    """Return by how many bits a hash is shortened to a key, so that the number of a text fits beside it."""
    bits = max(len(printed), 1).bit_length()
    return bits - min(bits, (int(printed.sizes.sum()) // _ENTRIES).bit_length())


def parts(printed: Printed) -> Iterator[Part]:
    """Yield all entries of a window in parts, in order of their keys."""
    bits = max(len(printed), 1).bit_length()
    split = bits - key_shift(printed)
    low = np.uint64(2**bits - 1)
    lying = printed.lying.astype(np.uint64)
    for number in range(2**split):
        entries = np.concatenate([_entries(printed, lying, rows, number, split, bits) for rows in _blocks(printed)])
        entries.sort()
        texts = (entries & low).astype(np.int64)
        entries >>= np.uint64(bits)
        entries |= np.uint64(number << (64 - bits))
        yield _part(entries, texts)


def without(printed: Printed, keys: Hashes) -> Printed:
    """Return the texts without the hashes that have one of some sorted keys."""
    if not len(keys):
        return printed
    shift = np.uint64(key_shift(printed))
    kept, sizes = printed.kept.copy(), []
    for rows in _blocks(printed):
        own = _own(printed, rows)
        kept[own] &= ~_among(printed.hashes[own] >> shift, keys)
        before = np.concatenate([[0], np.cumsum(kept[own])])
        sizes.append(np.diff(before[printed.bounds[rows.start : rows.stop + 1] - own.start]))
    return replace(printed, kept=kept, sizes=np.concatenate(sizes)[printed.places])


def _own(printed: Printed, rows: range) -> slice:
    """Return where the hashes of the texts at some places lie."""
    return slice(int(printed.bounds[rows.start]), int(printed.bounds[rows.stop]))


def _blocks(printed: Printed) -> Iterator[range]:
    for start in range(0, max(len(printed), 1), _TEXTS):
        yield range(start, min(start + _TEXTS, len(printed)))


def _entries(printed: Printed, lying: Hashes, rows: range, number: int, split: int, bits: int) -> Hashes:
    """Return the entries of the texts at some places in one part; its own bits of the hash make room for others."""
    own = _own(printed, rows)
    hashes, inside = printed.hashes[own], printed.kept[own]
    texts = np.repeat(lying[rows.start : rows.stop], np.diff(printed.bounds[rows.start : rows.stop + 1]))
    if split:
        inside = inside & (hashes >> np.uint64(64 - split) == number)
    hashes, texts = hashes[inside] << np.uint64(split), texts[inside]
    return (hashes & ~np.uint64(2**bits - 1)) | texts


def _part(keys: Hashes, texts: Numbers) -> Part:
    return Part(keys, texts, run_starts(keys))


def run_starts(values: NDArray[np.generic]) -> Numbers:
    """Return for each of some sorted values the place of the first equal one."""
    places = np.arange(len(values))
    places[1:][values[1:] == values[:-1]] = 0
    return np.maximum.accumulate(places)


def _among(values: Hashes, some: Hashes) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = some[np.minimum(np.searchsorted(some, values), len(some) - 1)] == values
    return found
