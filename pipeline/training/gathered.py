"""Feature names of many rows → vocabularies and one matrix, in little memory.

Rows are kept as numbers: a hundred thousand rows of names fill a gigabyte. Names cross from process to process, and
from step to step, as one text: among a million of short life the few that stay would hold all of their memory.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, count

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.coder.features import Features
from pipeline.coder.vectors import GROUPS, Featurizer, Floats, Vocabulary, counted

_LEAST_ROWS = 7  # rows that a feature must stand in to be learnt; a sentence with an event has three
_MOST_ROWS = 0.9  # share of the rows from which it tells nothing: a few are a twentieth of all entries
_SLICE = 10_000  # rows weighed at a time
_PLAIN = "cues"  # counted without regard to how rare they are
_BREAK = "\n"  # no feature has one
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Rows:
    """The features of one group in rows of several parts.

    `found` has for every part the numbers of the features of all its rows, `sizes` how many each row has; a feature's
    number is its place among the `names`.
    """

    names: str
    found: Sequence[Ints]
    sizes: Sequence[Ints]


class Gathered:
    """Features of rows that are added one by one, in any order, to one of a number of parts."""

    def __init__(self, parts: int = 1) -> None:
        self._groups = {group: _Gathering(parts) for group in GROUPS}

    def add(self, features: Features, part: int = 0) -> None:
        """Add a row to a part."""
        for group, own in self._groups.items():
            own.add(getattr(features, group), part)

    def rows(self) -> dict[str, Rows]:
        """Return the rows of every group."""
        return {group: own.rows() for group, own in self._groups.items()}


class _Gathering:
    """The features of one group as they come."""

    def __init__(self, parts: int) -> None:
        self._numbers = _numbering()
        self._found = [array("i") for _ in range(parts)]
        self._sizes = [array("i") for _ in range(parts)]

    def add(self, names: Sequence[str], part: int) -> None:
        self._found[part].extend(map(self._numbers.__getitem__, names))
        self._sizes[part].append(len(names))

    def rows(self) -> Rows:
        found, sizes = ([np.frombuffer(own, np.int32) for own in every] for every in (self._found, self._sizes))
        return Rows(_BREAK.join(self._numbers), found, sizes)


def learnt(gathered: Sequence[dict[str, Rows]]) -> tuple[Featurizer, csr_matrix]:
    """Learn the vocabularies of all groups; return the matrix of the rows too, and empty what was gathered.

    The rows of each part stand together, in the order of the parts.
    """
    vocabularies, counts = {}, []
    for group in GROUPS:
        names, weights, own = _learnt([one.pop(group) for one in gathered], group != _PLAIN)
        vocabularies[group] = Vocabulary(_split(names), weights)
        counts.append(own)
    featurizer, matrix = Featurizer(vocabularies), _beside(counts)
    for start in range(0, matrix.shape[0], _SLICE):
        own = matrix[start : start + _SLICE]
        first = matrix.indptr[start]
        matrix.data[first : first + own.nnz] = featurizer.weighted(own).data
    return featurizer, matrix


def _learnt(every: Sequence[Rows], by_rarity: bool) -> tuple[str, Floats, csr_matrix]:
    """Return the features of a group that stand in rows enough but not in all, their weights, and their counts."""
    numbers = _numbering()
    own = [np.fromiter(map(numbers.__getitem__, _split(rows.names)), np.int32) for rows in every]
    names, parts = list(numbers), range(len(every[0].found))
    found = np.concatenate([new[rows.found[n]] for n in parts for new, rows in zip(own, every, strict=True)])
    ends = np.concatenate([[0], *(rows.sizes[n] for n in parts for rows in every)]).cumsum(dtype=np.int32)
    counts = counted(found, ends, len(names))
    del found, numbers, every
    frequencies = np.bincount(counts.indices, minlength=len(names))
    telling = (frequencies >= _LEAST_ROWS) & (frequencies < _MOST_ROWS * counts.shape[0])
    known = sorted(np.flatnonzero(telling).tolist(), key=names.__getitem__)
    weights = np.log(len(ends) / (1 + frequencies[known])) + 1 if by_rarity else np.ones(len(known))
    return _BREAK.join(names[n] for n in known), weights.astype(np.float32), counts[:, known]


def _split(names: str) -> list[str]:
    return names.split(_BREAK) if names else []


def _beside(parts: list[csr_matrix]) -> csr_matrix:
    """Return matrices side by side, and empty the list: scipy's `hstack` takes twice the memory."""
    columns = [part.shape[1] for part in parts]
    sizes = np.array([np.diff(part.indptr) for part in parts])
    ends = np.concatenate([[0], sizes.sum(axis=0).cumsum()]).astype(np.int32)
    starts = ends[:-1] + sizes.cumsum(axis=0, dtype=np.int32) - sizes
    data, indices = np.empty(ends[-1], np.float32), np.empty(ends[-1], np.int32)
    for start, own_starts in zip(accumulate(columns, initial=0), starts, strict=False):
        part = parts.pop(0)
        to = np.repeat(own_starts - part.indptr[:-1], np.diff(part.indptr))
        to += np.arange(len(to), dtype=np.int32)
        data[to], indices[to] = part.data, part.indices + np.int32(start)
    return csr_matrix((data, indices, ends), shape=(len(ends) - 1, sum(columns)))


def _numbering() -> defaultdict[str, int]:
    """Return a dictionary that gives every new name the next number."""
    return defaultdict(count().__next__)  # not its own `__len__`: a circle would keep all names until it is collected
