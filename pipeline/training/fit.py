"""Labelled sentences and lexicon → estimator. Deterministic; about half a minute on one core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from pipeline.coder.estimator import EventEstimator, Featurizer, Floats, Head, softmax
from pipeline.coder.features import Features, extract_features
from pipeline.lexicon import Lexicon
from pipeline.scale import NO_EVENT
from pipeline.training.labelled import Labelled, lexicon_rows

REVERSED_WEIGHT = 0.1
"""Weight of a reversed sentence: it teaches direction, and must not teach that the words mean nothing."""
NO_EVENT_WEIGHT = 0.5
"""Weight of a sentence labelled as no event, of which there are many."""
LEXICON_WEIGHT = 0.3
"""Weight of one wording of a lexicon phrase as a sentence."""
STRENGTH = 1.0
"""LinearSVC's C for types and modes; this and the weights are chosen by cross-validation on the seeds."""
STATUS_STRENGTH = 0.3
FOLDS = 5


@dataclass(frozen=True)
class Prepared:
    """Features and labels of all rows, and out-of-fold margins of the labelled ones in both directions."""

    featurizer: Featurizer
    matrix: csr_matrix
    rows: Sequence[Labelled]
    labels: NDArray[np.str_]
    weights: NDArray[np.float64]
    classes: NDArray[np.str_]
    scores: Floats
    temperature: float


def prepare(rows: Sequence[Labelled], lexicon: Lexicon) -> Prepared:
    """Compute the features of labelled rows, their reversals and the lexicon, and calibrate."""
    both = [*rows, *(row.reversed() for row in rows)]
    phrases = lexicon_rows(lexicon)
    features = [extract_features(row.marked, lexicon) for row in both]
    features += [_without_cues(extract_features(row.marked, lexicon)) for row in phrases]
    featurizer = Featurizer.fit(features)
    matrix = featurizer.matrix(features)
    every = [*both, *phrases]
    labels = np.array([row.event_type for row in every])
    weights = np.array([_weight(row, n >= len(rows)) for n, row in enumerate(every)])
    groups = np.array([f"{row.batch}/{row.topic}" for row in both])
    scores = out_of_fold(matrix, labels, weights, groups)
    real = len(both)
    temperature = _temperature(scores, labels[:real], weights[:real])
    return Prepared(featurizer, matrix, every, labels, weights, np.unique(labels), scores, temperature)


def fit_estimator(rows: Sequence[Labelled], lexicon: Lexicon, fingerprint: str = "") -> EventEstimator:
    """Fit all heads.

    Parameters
    ----------
    rows
        Labelled sentences; each is used in both directions.
    lexicon
        Its phrases give cues, and bare sentences of their own.
    fingerprint
        What the estimator is to be known by, stored beside every mention it codes.
    """
    ready = prepare(rows, lexicon)
    matrix, weights = ready.matrix, ready.weights
    events = np.flatnonzero(ready.labels != NO_EVENT)
    modes = np.array([f"{row.event_type}/{row.mode}" for row in ready.rows])
    own = events[events < len(rows)]
    statuses = np.array([row.status for row in ready.rows])
    return EventEstimator(
        lexicon,
        ready.featurizer,
        _head(matrix, ready.labels, weights, STRENGTH),
        _head(matrix[events], modes[events], weights[events], STRENGTH),
        _head(matrix[own], statuses[own], None, STATUS_STRENGTH, balanced=True),
        ready.temperature,
        fingerprint,
    )


def out_of_fold(
    matrix: csr_matrix, labels: NDArray[np.str_], weights: NDArray[np.float64], groups: NDArray[np.str_]
) -> Floats:
    """Return margins for the grouped rows, each from a model that saw nothing of its topic.

    The first `len(groups)` rows are grouped; those after them (the lexicon) train every fold. Columns follow
    the sorted labels.
    """
    real = len(groups)
    scores = np.zeros((real, len(np.unique(labels))), np.float32)
    lexicon = np.arange(real, matrix.shape[0])
    for train, test in GroupKFold(FOLDS).split(matrix[:real], groups=groups):
        chosen = np.concatenate([train, lexicon])
        head = _head(matrix[chosen], labels[chosen], weights[chosen], STRENGTH)
        scores[test] = head.scores(matrix[test])
    return scores


def _without_cues(features: Features) -> Features:
    """Drop the cues of a phrase that the lexicon finds in itself: they would always be right."""
    return replace(features, cues=[], phrases=())


def _weight(row: Labelled, turned: bool) -> float:
    if row.batch == "lexicon":
        return LEXICON_WEIGHT
    if row.event_type == NO_EVENT:
        return REVERSED_WEIGHT if turned else NO_EVENT_WEIGHT
    return 1.0


def _head(
    matrix: csr_matrix,
    labels: NDArray[np.str_],
    weights: NDArray[np.float64] | None,
    strength: float,
    balanced: bool = False,
) -> Head:
    model = LinearSVC(C=strength, class_weight="balanced" if balanced else None, random_state=0)
    model.fit(matrix, labels, sample_weight=weights)
    return Head(
        tuple(model.classes_.tolist()),
        np.ascontiguousarray(model.coef_.T, dtype=np.float32),
        model.intercept_.astype(np.float32),
    )


def _temperature(scores: Floats, labels: NDArray[np.str_], weights: NDArray[np.float64]) -> float:
    """Return the softmax temperature that makes out-of-fold probabilities most likely."""
    names = {label: n for n, label in enumerate(np.unique(labels))}
    truth = np.array([names[label] for label in labels])

    def loss(logarithm: float) -> float:
        chosen = softmax(scores / np.float32(np.exp(logarithm)))[np.arange(len(truth)), truth]
        return cast(float, -(weights * np.log(chosen + 1e-9)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))
