"""Named features → one sparse matrix: each group weighted by how telling its features are, and of one length.

The same numbers as scikit-learn's TfidfVectorizer with sublinear term frequency for each group, kept as plain arrays.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.coder.features import Features

Floats = NDArray[np.float32]
GROUPS: Mapping[str, float] = {"words": 1.0, "between": 0.6, "around": 1.0, "cues": 0.8, "frame": 0.5}
"""Feature groups and the length of their vectors, chosen by cross-validation on the labelled seeds."""
_LEAST_ROWS = 2  # rows that a feature must stand in to be learnt
_UNKNOWN = -1
_PLAIN = "cues"  # counted without regard to how rare they are


@dataclass(frozen=True)
class Vocabulary:
    """The features of one group, and the weight of each."""

    names: Sequence[str]
    weights: Floats

    @classmethod
    def fit(cls, group: str, rows: Iterable[Sequence[str]]) -> Vocabulary:
        """Learn the features that stand in two rows at least, and their inverse document frequencies."""
        counts: Counter[str] = Counter()
        size = 0
        for row in rows:
            counts.update(set(row))
            size += 1
        names = sorted(name for name, count in counts.items() if count >= _LEAST_ROWS)
        frequencies = np.array([counts[name] for name in names])
        weights = np.ones(len(names)) if group == _PLAIN else np.log((1 + size) / (1 + frequencies)) + 1
        return cls(names, weights.astype(np.float32))


@dataclass(frozen=True)
class Featurizer:
    """Features of marked sentences → one sparse matrix, by the vocabularies of their groups."""

    vocabularies: Mapping[str, Vocabulary]

    @classmethod
    def fit(cls, rows: Sequence[Features]) -> Featurizer:
        """Learn the vocabularies of all groups."""
        return cls({group: Vocabulary.fit(group, (getattr(row, group) for row in rows)) for group in GROUPS})

    def matrix(self, rows: Sequence[Features]) -> csr_matrix:
        """Return the weighted features, shape (rows, features of all groups); unknown features are left out."""
        found, lengths = array("i"), array("i")
        for row in rows:
            before = len(found)
            for group, columns in self._columns.items():
                found.extend(map(columns.get, getattr(row, group), repeat(_UNKNOWN)))
            lengths.append(len(found) - before)
        counts = _counted(np.frombuffer(found, np.int32), np.frombuffer(lengths, np.int32), len(self._weights))
        values = (1 + np.log(counts.data)) * self._weights[counts.indices]
        vector = np.repeat(np.arange(len(rows)) * len(GROUPS), np.diff(counts.indptr)) + self._groups[counts.indices]
        norms = np.sqrt(np.bincount(vector, values * values, len(rows) * len(GROUPS)))
        lengths_wanted = np.tile(list(GROUPS.values()), len(rows))
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


def _counted(found: NDArray[np.int32], lengths: NDArray[np.int32], columns: int) -> csr_matrix:
    """Return how often each known feature stands in each row."""
    known = found != _UNKNOWN
    ends = np.concatenate([[0], np.cumsum(known)])[np.cumsum(lengths)]
    starts = np.concatenate([[0], ends]).astype(np.int32)
    ones = np.ones(starts[-1], np.float32)
    counts = csr_matrix((ones, found[known], starts), shape=(len(lengths), columns), dtype=np.float32)
    counts.sum_duplicates()
    return counts
