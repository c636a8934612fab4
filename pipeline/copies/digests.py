"""Pairs of texts → the pairs that mean one story: a flash in a long article, but not an item in a digest.

A digest or live blog holds the short items of many stories. Were each a copy of the digest, all would become one
story. A text is such a collection if it holds several much shorter texts that have nothing to do with each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.copies.pairs import Pairs
from pipeline.copies.signature import Numbers

ITEMS = 2
_MUCH_SHORTER = 0.5
_PART = 0.25
Flags = NDArray[np.bool_]


def without_items(pairs: Pairs, sizes: Numbers, containment: float) -> Pairs:
    """Return the pairs without those of a collection and one of its items.

    A text holds an item if the item is less than half as long. It is a collection if it holds items of at least
    `ITEMS` stories. Items that are copies of each other are one story, also where one holds the other, as a flash
    and half of its story do, both cut from the whole. An item that is less than a quarter as long as the text that
    holds it must also be held more fully than others: halfway between `containment` and whole.
    """
    later_is_longer = sizes[pairs.later] > sizes[pairs.earlier]
    longer = np.where(later_is_longer, pairs.later, pairs.earlier)
    shorter = np.where(later_is_longer, pairs.earlier, pairs.later)
    ratio = sizes[shorter] / sizes[longer]
    items = ratio < _MUCH_SHORTER
    suspect = _collections(items, pairs, longer, shorter, len(sizes))
    collected = items & _collections(items & suspect, pairs, longer, shorter, len(sizes))
    loose = (ratio < _PART) & (pairs.containment < (1 + containment) / 2)
    return pairs.where(~loose & ~collected)


def _collections(apart: Flags, pairs: Pairs, longer: Numbers, shorter: Numbers, n: int) -> Flags:
    """Return which pairs have a collection as the longer text, where pairs `apart` do not make one story."""
    joined = pairs.where(~apart)
    linked = coo_array((np.ones(len(joined.later), dtype=bool), (joined.later, joined.earlier)), shape=(n, n))
    stories = connected_components(linked, directed=False)[1].astype(np.int64)
    held = np.unique(longer[apart] * n + stories[shorter[apart]])
    several: Flags = np.bincount(held // max(n, 1), minlength=n)[longer] >= ITEMS
    return several
