"""Texts without furniture → pairs of texts with the share of the shorter that both print.

Every text is compared with the earliest texts that print one of its hashes, not with all of them: a wire story in
300 versions costs 300 comparisons, not 45,000, and no story is too common to be found. What a pair really
shares is then counted on the whole signatures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.copies.parts import Part, parts
from pipeline.copies.signature import Hashes, Numbers
from pipeline.copies.window import Printed

EARLIEST = 3
SURE = 5
_PAIR_BITS = 14
_PAIRS = 2**_PAIR_BITS


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts by number: `later`, `earlier`, and `containment` (0–1), the shared part of the shorter."""

    later: Numbers
    earlier: Numbers
    containment: NDArray[np.float64]

    def where(self, wanted: NDArray[np.bool_]) -> Pairs:
        """Return only some pairs."""
        return Pairs(self.later[wanted], self.earlier[wanted], self.containment[wanted])


def similar_pairs(printed: Printed, containment: float) -> Pairs:
    """Return the pairs of texts that share enough of the shorter one.

    That is `SURE` of its hashes, and at least a part `containment` of the others: a long text may be rewritten up to
    this part, but a short one hardly, for two sentences from one template share most of their words. A text of fewer
    hashes than `SURE` is in no pair.
    """
    packed = np.unique(np.concatenate([_candidates(part) for part in parts(printed)])).astype(np.int64)
    later, earlier = packed >> 32, packed & (2**32 - 1)
    shorter = np.minimum(printed.sizes[later], printed.sizes[earlier])
    enough = shorter >= SURE
    later, earlier, shorter = later[enough], earlier[enough], shorter[enough]
    blocks = range(0, len(later), _PAIRS)
    counts = [_shared(printed, later[at : at + _PAIRS], earlier[at : at + _PAIRS]) for at in blocks]
    shared = np.concatenate([*counts, np.empty(0)])
    return Pairs(later, earlier, shared / shorter).where(shared >= SURE + containment * (shorter - SURE))


def _candidates(part: Part) -> Hashes:
    """Return each text with the earliest texts of each of its hashes, packed as later · 2³² + earlier, unique."""
    part = part.where(part.group_sizes > 1)
    places = np.arange(len(part.texts))
    pairs = []
    for number in range(EARLIEST):
        later = places[part.first + number < places]
        pairs.append(part.texts[later] << 32 | part.texts[part.first[later] + number])
    return np.unique(np.concatenate(pairs)).astype(np.uint64)


def _shared(printed: Printed, later: Numbers, earlier: Numbers) -> Numbers:
    """Return how many hashes the two texts of each pair share."""
    both = np.concatenate([_numbered_hashes(printed, later), _numbered_hashes(printed, earlier)])
    both.sort()
    twice = both[1:][both[1:] == both[:-1]] >> np.uint64(64 - _PAIR_BITS)
    return np.bincount(twice.astype(np.int64), minlength=len(later))


def _numbered_hashes(printed: Printed, texts: Numbers) -> Hashes:
    """Return the hashes of some texts, each with the text's place in the highest bits instead of its lowest bits."""
    starts = printed.bounds[printed.places[texts]]
    sizes = printed.bounds[printed.places[texts] + 1] - starts
    places = np.repeat(np.arange(len(texts)), sizes)
    before = np.cumsum(sizes) - sizes
    at = np.arange(len(places)) + (starts - before)[places]
    kept = printed.kept[at]
    hashes, places = printed.hashes[at[kept]], places[kept].astype(np.uint64)
    packed: Hashes = hashes >> np.uint64(_PAIR_BITS) | places << np.uint64(64 - _PAIR_BITS)
    return packed
