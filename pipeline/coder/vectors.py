"""Named features → one sparse matrix: each group weighted by how telling its features are, and of one length.

The same numbers as scikit-learn's TfidfVectorizer with sublinear term frequency for each group, kept as plain arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.coder.columns import UNKNOWN, Columns
from pipeline.coder.features import Features

Floats = NDArray[np.float32]
GROUPS: Mapping[str, float] = {"words": 1.0, "between": 0.6, "around": 1.0, "cues": 0.8, "frame": 0.5}
"""Feature groups and the length of their vectors, chosen by cross-validation on the labelled seeds."""


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
        keys, sizes = array("q"), array("i")
        for row in rows:
            for group in self.vocabularies:
                names = getattr(row, group)
                keys.extend(map(hash, names))
                sizes.append(len(names))
        groups = len(self.vocabularies)
        ends = np.concatenate([[0], np.reshape(sizes, (-1, groups)).sum(axis=1).cumsum()]).astype(np.int32)
        of_group = np.repeat(np.arange(len(sizes)) % groups, sizes)
        found = self._columns.of(np.frombuffer(keys, np.int64) ^ of_group)
        return self.weighted(counted(found, ends, len(self._weights)))

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
    def _columns(self) -> Columns:
        """The columns of all features, by the hashes of their names and the numbers of their groups."""
        vocabularies = enumerate(self.vocabularies.values())
        return Columns(np.concatenate([np.fromiter(map(hash, own.names), np.int64) ^ n for n, own in vocabularies]))

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
    known = found != UNKNOWN
    starts = np.concatenate([[0], np.cumsum(known, dtype=np.int32)])[ends].astype(np.int32)
    ones = np.ones(starts[-1], np.float32)
    counts = csr_matrix((ones, found[known], starts), shape=(len(ends) - 1, columns), dtype=np.float32)
    counts.sum_duplicates()
    return counts
