"""Named features → one sparse matrix: each group weighted by how telling its features are, and of one length.

The same numbers as scikit-learn's TfidfVectorizer with sublinear term frequency for each group, kept as plain arrays.
"""

from __future__ import annotations

from array import array
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
_UNKNOWN = -1


@dataclass(frozen=True)
class Vocabulary:
    """The features of one group, and the weight of each."""

    names: Sequence[str]
    weights: Floats


@dataclass(frozen=True)
class Featurizer:
    """Features of marked sentences → one sparse matrix, by the vocabularies of their groups."""

    vocabularies: Mapping[str, Vocabulary]

    def matrix(self, rows: Iterable[Features]) -> csr_matrix:
        """Return the weighted features, shape (rows, features of all groups); unknown features are left out."""
        found, ends = array("i"), array("i", [0])
        for row in rows:
            for group, columns in self._columns.items():
                found.extend(map(columns.get, getattr(row, group), repeat(_UNKNOWN)))
            ends.append(len(found))
        return self.weighted(counted(np.frombuffer(found, np.int32), np.frombuffer(ends, np.int32), len(self._weights)))

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


def counted(found: NDArray[np.int32], ends: NDArray[np.int32], columns: int) -> csr_matrix:
    """Return how often each known feature stands in each row; `ends` begins with 0."""
    known = found != _UNKNOWN
    starts = np.concatenate([[0], np.cumsum(known, dtype=np.int32)])[ends].astype(np.int32)
    ones = np.ones(starts[-1], np.float32)
    counts = csr_matrix((ones, found[known], starts), shape=(len(ends) - 1, columns), dtype=np.float32)
    counts.sum_duplicates()
    return counts
