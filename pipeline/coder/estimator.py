"""The trained estimator: marked sentences → event type with probability, mode and status.

Three linear heads share one feature matrix. It is kept as plain arrays (`.npz` without pickles), so that a
cached estimator can be loaded without running foreign code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.coder.features import Features, Marked, extract_features
from pipeline.lexicon import Lexicon, Phrase
from pipeline.records import Status
from pipeline.scale import NO_EVENT

Floats = NDArray[np.float32]
GROUPS: dict[str, float] = {"words": 1.0, "between": 0.6, "around": 1.0, "cues": 0.8}
"""Feature groups and their weights, chosen by cross-validation on the labelled seeds."""


_SECOND = 0.5
"""Least probability of a second event, given that the first is explained by a phrase of its own."""


class Prediction(NamedTuple):
    """What the estimator says of one marked sentence; `probability` is that of `event_type`, 0 … 1.

    `second` is another event of the same pair, where the sentence has a phrase for each.
    """

    event_type: str
    probability: float
    mode: str
    status: Status
    phrase: Phrase | None
    second: Prediction | None = None


@dataclass(frozen=True)
class Head:
    """A linear classifier: labels, weights (features × labels) and intercepts."""

    labels: tuple[str, ...]
    weights: Floats
    intercepts: Floats

    def scores(self, matrix: csr_matrix) -> Floats:
        """Return margins, shape (rows, labels)."""
        return cast(Floats, matrix @ self.weights + self.intercepts)


def identity(tokens: Sequence[str]) -> Sequence[str]:
    """Hand feature names to scikit-learn as they are."""
    return tokens


def new_vectorizer(group: str, vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    """Return the vectorizer of a feature group; `cues` are counted without inverse document frequency."""
    return TfidfVectorizer(
        analyzer=identity,
        lowercase=False,
        vocabulary=vocabulary,
        min_df=2 if vocabulary is None else 1,
        sublinear_tf=True,
        use_idf=group != "cues",
        dtype=np.float32,
    )


class Featurizer:
    """Features of marked sentences → one sparse matrix."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer]) -> None:
        self.vectorizers = vectorizers

    @classmethod
    def fit(cls, rows: Sequence[Features]) -> Featurizer:
        """Learn the vocabularies: every feature seen at least twice."""
        vectorizers = {group: new_vectorizer(group) for group in GROUPS}
        for group, vectorizer in vectorizers.items():
            vectorizer.fit([getattr(row, group) for row in rows])
        return cls(vectorizers)

    def matrix(self, rows: Sequence[Features]) -> csr_matrix:
        """Return the weighted features, shape (rows, features)."""
        blocks = [
            self.vectorizers[group].transform([getattr(row, group) for row in rows]) * np.float32(weight)
            for group, weight in GROUPS.items()
        ]
        return hstack(blocks, format="csr", dtype=np.float32)


@dataclass(frozen=True)
class EventEstimator:
    """The heads over types, modes (labels "TYPE/mode") and statuses, and the softmax temperature."""

    lexicon: Lexicon
    featurizer: Featurizer
    types: Head
    modes: Head
    statuses: Head
    temperature: float
    fingerprint: str

    def predict(self, sentences: Iterable[Marked]) -> list[Prediction]:
        """Code marked sentences; `NONE` means that source does nothing to target."""
        rows = [extract_features(sentence, self.lexicon) for sentence in sentences]
        if not rows:
            return []
        matrix = self.featurizer.matrix(rows)
        probabilities = softmax(self.types.scores(matrix) / self.temperature)
        mode_scores, status_scores = self.modes.scores(matrix), self.statuses.scores(matrix)
        return [
            self._prediction(
                row, probabilities[n], mode_scores[n], self.statuses.labels[int(status_scores[n].argmax())]
            )
            for n, row in enumerate(rows)
        ]

    def _prediction(self, row: Features, probabilities: Floats, mode_scores: Floats, status: str) -> Prediction:
        ranked = np.argsort(-probabilities, kind="stable")
        best = self._named(row, int(ranked[0]), float(probabilities[ranked[0]]), mode_scores, status)
        if best.event_type == NO_EVENT or best.phrase is None:
            return best
        other = next(int(n) for n in ranked[1:] if self.types.labels[n] != NO_EVENT)
        given = float(probabilities[other]) / max(1.0 - best.probability, 1e-6)
        second = self._named(row, other, min(given, best.probability), mode_scores, status)
        if second.phrase is None or given < _SECOND:
            return best
        return best._replace(second=second)

    def _named(self, row: Features, label: int, probability: float, mode_scores: Floats, status: str) -> Prediction:
        event_type = self.types.labels[label]
        if event_type == NO_EVENT:
            return Prediction(event_type, probability, "", "happened", None)
        own = [(mode_scores[n], name) for n, name in enumerate(self.modes.labels) if name.startswith(event_type + "/")]
        mode = max(own)[1].partition("/")[2] if own else ""
        return Prediction(event_type, probability, mode, cast(Status, status), _evidence(row, event_type))


def softmax(scores: Floats) -> Floats:
    """Return probabilities over the last axis."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return cast(Floats, shifted / shifted.sum(axis=1, keepdims=True))


def _evidence(row: Features, event_type: str) -> Phrase | None:
    """Return the phrase of that type nearest to the pair, if the lexicon knows one."""
    own = [(distance, n, phrase) for n, (phrase, distance) in enumerate(row.phrases) if phrase.event_type == event_type]
    return min(own, key=lambda item: item[:2])[2] if own else None


def save_estimator(estimator: EventEstimator, path: Path) -> None:
    """Write the arrays of an estimator; the lexicon is not among them."""
    arrays: dict[str, Any] = {"temperature": np.array(estimator.temperature)}
    for group, vectorizer in estimator.featurizer.vectorizers.items():
        arrays[f"{group}/vocabulary"] = vectorizer.get_feature_names_out().astype(str)
        if group != "cues":
            arrays[f"{group}/idf"] = vectorizer.idf_
    for name in ("types", "modes", "statuses"):
        head: Head = getattr(estimator, name)
        arrays |= {f"{name}/labels": np.array(head.labels), f"{name}/weights": head.weights}
        arrays[f"{name}/intercepts"] = head.intercepts
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_estimator(path: Path, lexicon: Lexicon, fingerprint: str) -> EventEstimator:
    """Read what `save_estimator` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        vectorizers = {}
        for group in GROUPS:
            vocabulary = arrays[f"{group}/vocabulary"].tolist()
            vectorizers[group] = new_vectorizer(group, vocabulary).fit([vocabulary])
            if group != "cues":
                vectorizers[group].idf_ = arrays[f"{group}/idf"]
        heads = [
            Head(
                tuple(arrays[f"{name}/labels"].tolist()),
                arrays[f"{name}/weights"],
                arrays[f"{name}/intercepts"],
            )
            for name in ("types", "modes", "statuses")
        ]
        temperature = float(arrays["temperature"])
    return EventEstimator(lexicon, Featurizer(vectorizers), heads[0], heads[1], heads[2], temperature, fingerprint)
