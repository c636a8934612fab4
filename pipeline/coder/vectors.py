"""Named features → one sparse matrix: each group weighted by how telling its features are, and of one length.

The same numbers as scikit-learn's TfidfVectorizer with sublinear term frequency for each group, kept as plain arrays.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from pipeline.coder.features import Features

Floats = NDArray[np.float32]
GROUPS: Mapping[str, float] = {"words": 1.0, "between": 0.6, "around": 1.0, "cues": 0.8, "frame": 0.5}
"""Feature groups and the length of their vectors, chosen by cross-validation on the labelled seeds."""
_LEAST_ROWS = 7  # rows that a feature must stand in to be learnt; a sentence with an event has three
_UNKNOWN = -1
_SLICE = 10_000  # rows weighed at a time
_PLAIN = "cues"  # counted without regard to how rare they are


@dataclass(frozen=True)
class Vocabulary:
    """The features of one group, and the weight of each."""

    names: Sequence[str]
    weights: Floats


class Gathered:
    """Features of rows that are added one by one, kept as numbers: a hundred thousand rows of names fill a gigabyte.

    The rows of each of `parts` stand together, in the order of the parts, in whatever order they are added.
    """

    def __init__(self, parts: int = 1) -> None:
        self._numbers: dict[str, dict[str, int]] = {group: _numbering() for group in GROUPS}
        self._found = {group: [array("i") for _ in range(parts)] for group in GROUPS}
        self._sizes = {group: [array("i") for _ in range(parts)] for group in GROUPS}

    def add(self, features: Features, part: int = 0) -> None:
        """Add a row to a part."""
        for group, numbers in self._numbers.items():
            names = getattr(features, group)
            self._found[group][part].extend(map(numbers.__getitem__, names))
            self._sizes[group][part].append(len(names))

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_numbers": {group: list(numbers) for group, numbers in self._numbers.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._numbers = {group: _numbering(names) for group, names in state["_numbers"].items()}

    def extend(self, other: Gathered) -> None:
        """Add the rows of another, to each part its own; the other is then empty."""
        for group, numbers in self._numbers.items():
            mine = np.fromiter(map(numbers.__getitem__, other._numbers.pop(group)), np.int32)
            for own, more in zip(self._found[group], other._found.pop(group), strict=True):
                own.frombytes(mine[np.frombuffer(more, np.int32)].tobytes())
            for own, more in zip(self._sizes[group], other._sizes.pop(group), strict=True):
                own.extend(more)

    def fit(self) -> tuple[Featurizer, csr_matrix]:
        """Learn the vocabularies of all groups, and return the matrix of the rows too; what was added is then gone."""
        learnt = [self._learnt(group) for group in GROUPS]
        featurizer = Featurizer(dict(zip(GROUPS, (vocabulary for vocabulary, _ in learnt), strict=True)))
        counts = hstack([own for _, own in learnt], format="csr")
        del learnt
        for start in range(0, counts.shape[0], _SLICE):
            own = counts[start : start + _SLICE]
            first = counts.indptr[start]
            counts.data[first : first + own.nnz] = featurizer.weighted(own).data
        return featurizer, counts

    def _learnt(self, group: str) -> tuple[Vocabulary, csr_matrix]:
        """Return the features that stand in rows enough, and how often each stands in each row."""
        names, sizes = list(self._numbers.pop(group)), _together(self._sizes.pop(group))
        ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        counts = _counted(_together(self._found.pop(group)), ends, len(names))
        frequencies = np.bincount(counts.indices, minlength=len(names))
        known = sorted(np.flatnonzero(frequencies >= _LEAST_ROWS).tolist(), key=names.__getitem__)
        size = counts.shape[0]
        weights = np.ones(len(known)) if group == _PLAIN else np.log((1 + size) / (1 + frequencies[known])) + 1
        return Vocabulary([names[n] for n in known], weights.astype(np.float32)), counts[:, known]


def _together(parts: Sequence[array[int]]) -> NDArray[np.int32]:
    return np.concatenate([np.frombuffer(part, np.int32) for part in parts])


def _numbering(names: Iterable[str] = ()) -> dict[str, int]:
    """Return a dictionary that has numbered names in their order, and gives every new one the next number."""
    numbers = defaultdict(int, zip(names, count()))
    numbers.default_factory = numbers.__len__
    return numbers


@dataclass(frozen=True)
class Featurizer:
    """Features of marked sentences → one sparse matrix, by the vocabularies of their groups."""

    vocabularies: Mapping[str, Vocabulary]

    def matrix(self, rows: Sequence[Features]) -> csr_matrix:
        """Return the weighted features, shape (rows, features of all groups); unknown features are left out."""
        found, ends = array("i"), array("i", [0])
        for row in rows:
            for group, columns in self._columns.items():
                found.extend(map(columns.get, getattr(row, group), repeat(_UNKNOWN)))
            ends.append(len(found))
        return self.weighted(
            _counted(np.frombuffer(found, np.int32), np.frombuffer(ends, np.int32), len(self._weights))
        )

    def weighted(self, counts: csr_matrix) -> csr_matrix:
        """Return how telling each counted feature is, every group of every row of one length; overwrites `counts`."""
        values = (1 + np.log(counts.data)) * self._weights[counts.indices]
        rows = np.repeat(np.arange(counts.shape[0]) * len(GROUPS), np.diff(counts.indptr))
        vector = rows + self._groups[counts.indices]
        norms = np.sqrt(np.bincount(vector, values * values, counts.shape[0] * len(GROUPS)))
        lengths_wanted = np.tile(list(GROUPS.values()), counts.shape[0])
        scales = np.divide(lengths_wanted, norms, out=np.zeros_like(norms), where=norms > 0)
        counts.data = (values * scales[vector]).astype(np.float32)
        return counts

    @cached_property
    def _columns(self) -> dict[str, dict[str, int]]:
        """For each group, name → column of the whole matrix."""
        starts = accumulate((len(own.names) for own in self.vocabularies.values()), initial=0)
        return {
            group: {name: n for n, name in enumerate(own.names, start)}
            for (group, own), start in zip(self.vocabularies.items(), starts, strict=False)
        }

    @cached_property
    def _weights(self) -> Floats:
        return np.concatenate([own.weights for own in self.vocabularies.values()])

    @cached_property
    def _groups(self) -> NDArray[Any]:
        """The number of each column's group."""
        sizes = [len(own.names) for own in self.vocabularies.values()]
        return np.repeat(np.arange(len(sizes)), sizes)


def _counted(found: NDArray[np.int32], ends: NDArray[np.int32], columns: int) -> csr_matrix:
    """Return how often each known feature stands in each row; `ends` begins with 0."""
    known = found != _UNKNOWN
    starts = np.concatenate([[0], np.cumsum(known, dtype=np.int32)])[ends].astype(np.int32)
    ones = np.ones(starts[-1], np.float32)
    counts = csr_matrix((ones, found[known], starts), shape=(len(ends) - 1, columns), dtype=np.float32)
    counts.sum_duplicates()
    return counts
