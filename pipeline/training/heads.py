"""What a head is to learn → the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.coder.estimator import Head

_TOLERANCE = 1.0  # gives the same held-out F1 to three digits as a hundredth, in half of the time

Strings = NDArray[np.str_]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Lesson:
    """Rows of a matrix with a label and a weight for each, and how closely the head shall follow them: LinearSVC's C.

    With `balanced`, rare labels weigh as much as frequent ones.
    """

    rows: Rows
    labels: Strings
    weights: NDArray[np.float64]
    strength: float
    balanced: bool = False

    def head(self, matrix: csr_matrix) -> Head:
        """Fit a head."""
        first, end = self.rows.min(), self.rows.max() + 1
        if len(self.rows) < (end - first) / 2:
            return self._head(matrix[self.rows], self.labels, self.weights)
        # most of them: fitted without a copy, where what lies between weighs nothing
        labels, weights = np.full(end - first, self.labels[0], self.labels.dtype), np.zeros(end - first)
        labels[self.rows - first], weights[self.rows - first] = self.labels, self.weights
        return self._head(_from_to(matrix, first, end), labels, weights)

    def _head(self, matrix: csr_matrix, labels: Strings, weights: NDArray[np.float64]) -> Head:
        from sklearn.svm import LinearSVC  # noqa: PLC0415 - weighs as much as all rows, while others gather them

        balance = "balanced" if self.balanced else None
        model = LinearSVC(C=self.strength, class_weight=balance, random_state=0, tol=_TOLERANCE)
        model.fit(matrix, labels, sample_weight=weights)
        return Head(
            tuple(model.classes_.tolist()),
            np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            model.intercept_.astype(np.float32),
        )


def _from_to(matrix: csr_matrix, first: int, end: int) -> csr_matrix:
    """Return neighbouring rows of a matrix, in the same memory."""
    ends = matrix.indptr[first : end + 1]
    own = slice(ends[0], ends[-1])
    return csr_matrix((matrix.data[own], matrix.indices[own], ends - ends[0]), (end - first, matrix.shape[1]))
