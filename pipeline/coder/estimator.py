"""The trained estimator: marked sentences → event type with probability, mode and status.

Four linear heads share one feature matrix: what is done, whether it runs from source to target, in which mode,
and with which status. The estimator is kept as plain arrays (`.npz` without pickles), so that a
cached estimator can be loaded without running foreign code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.coder.features import Features, extract_features
from pipeline.coder.prediction import Prediction, nothing
from pipeline.coder.tokens import Marked
from pipeline.coder.vectors import GROUPS, Featurizer, Floats, Vocabulary
from pipeline.lexicon import Lexicon, Phrase
from pipeline.records import Status
from pipeline.scale import NO_EVENT, load_scale

Placed = Sequence[tuple[Phrase, int]]
"""The lexicon phrases of a sentence with their distance from the pair."""
HEADS = ("types", "directions", "modes", "statuses")
_SILENT = 0.6
"""Probability of "no event" above which nothing else is said; on held-out stories a half loses more than it spares."""
_SECOND = 0.5
"""Least probability of a second event, given that the first is explained by a phrase of its own."""


@dataclass(frozen=True)
class Head:
    """A linear classifier: labels, weights (features × labels) and intercepts.

    Of two labels there is one column, for the second.
    """

    labels: tuple[str, ...]
    weights: Floats
    intercepts: Floats

    def scores(self, matrix: csr_matrix) -> Floats:
        """Return margins, shape (rows, labels)."""
        return cast(Floats, matrix @ self.weights + self.intercepts)

    def named(self, prefix: str) -> Head:
        """Return the same head with labels "prefix/label", and a column for each even if there are two."""
        labels = tuple(f"{prefix}/{label}" for label in self.labels)
        if len(labels) > 2:
            return Head(labels, self.weights, self.intercepts)
        return Head(labels, np.hstack([-self.weights, self.weights]), np.hstack([-self.intercepts, self.intercepts]))

    @classmethod
    def joined(cls, heads: Sequence[Head]) -> Head:
        """Return heads side by side."""
        return cls(
            tuple(label for head in heads for label in head.labels),
            np.hstack([head.weights for head in heads]),
            np.hstack([head.intercepts for head in heads]),
        )


@dataclass(frozen=True)
class EventEstimator:
    """The heads over types, directions, modes (labels "TYPE/mode") and statuses.

    `temperatures` divide the margins of types and directions before they become probabilities.
    """

    lexicon: Lexicon
    featurizer: Featurizer
    types: Head
    directions: Head
    modes: Head
    statuses: Head
    temperatures: tuple[float, float]
    fingerprint: str

    def predict(self, sentences: Iterable[Marked]) -> list[Prediction]:
        """Code marked sentences; `NONE` means that source does nothing to target.

        Members of a list are marked alike, and what is marked alike is coded once.
        """
        every = list(sentences)
        if not every:
            return []
        distinct = list(dict.fromkeys(every))
        answers = dict(zip(distinct, self._predict(distinct), strict=True))
        return [answers[sentence] for sentence in every]

    def _predict(self, sentences: Sequence[Marked]) -> list[Prediction]:
        matrix, phrases = self._matrix(sentences)
        probabilities = joint_probabilities(
            self.types.scores(matrix), self.directions.scores(matrix)[:, 0], self.types.labels, self.temperatures
        )
        answers = likeliest(probabilities, self.types.labels)
        found = [nothing(float(p)) for p in probabilities[:, self._none]]
        modes, statuses = self.modes.scores(matrix), self.statuses.scores(matrix).argmax(axis=1)
        for n in np.flatnonzero(answers != self._none):
            status = cast(Status, self.statuses.labels[statuses[n]])
            found[n] = self._event(phrases[n], int(answers[n]), probabilities[n], modes[n], status)
        return found

    def _matrix(self, sentences: Iterable[Marked]) -> tuple[csr_matrix, list[Placed]]:
        """Return the features of sentences as numbers, and their phrases: names of features are gone at once."""
        phrases: list[Placed] = []

        def rows() -> Iterator[Features]:
            for sentence in sentences:
                features = extract_features(sentence, self.lexicon)
                phrases.append(features.phrases)
                yield features

        return self.featurizer.matrix(rows()), phrases

    @cached_property
    def _none(self) -> int:
        return self.types.labels.index(NO_EVENT)

    @cached_property
    def _modes_of(self) -> dict[str, list[int]]:
        """The columns of every event type's modes."""
        return {
            event_type: [n for n, label in enumerate(self.modes.labels) if label.partition("/")[0] == event_type]
            for event_type in self.types.labels
        }

    def choose(self, sentences: Iterable[Marked]) -> list[str]:
        """Return the likeliest event type of marked sentences that are known to have an event."""
        probabilities = softmax(self.types.scores(self._matrix(sentences)[0]) / np.float32(self.temperatures[0]))
        probabilities[:, self._none] = 0
        return [self.types.labels[n] for n in likeliest(probabilities, self.types.labels)]

    def _event(
        self, phrases: Placed, first: int, probabilities: Floats, mode_scores: Floats, status: Status
    ) -> Prediction:
        """Return an event, with the likeliest of the others where each has a phrase of its own."""
        other = next(int(n) for n in np.argsort(-probabilities, kind="stable") if n not in (first, self._none))
        best = self._named(phrases, first, float(probabilities[first]), mode_scores, status)
        if best.phrase is None:
            return best
        given = float(probabilities[other]) / max(1.0 - best.probability, 1e-6)
        second = self._named(phrases, other, min(given, best.probability), mode_scores, status)
        if second.phrase is None or given < _SECOND:
            return best
        return best._replace(second=second)

    def _named(
        self, phrases: Placed, label: int, probability: float, mode_scores: Floats, status: Status
    ) -> Prediction:
        event_type = self.types.labels[label]
        own = self._modes_of[event_type]
        mode = self.modes.labels[own[int(mode_scores[own].argmax())]].partition("/")[2] if own else ""
        return Prediction(event_type, probability, mode, status, _evidence(phrases, event_type))


def joint_probabilities(
    types: Floats, directions: Floats, labels: Sequence[str], temperatures: tuple[float, float]
) -> Floats:
    """Return the probability of every event type from source to target, and of "no event" as all the rest.

    Parameters
    ----------
    types, directions
        Margins, shapes (rows, labels) and (rows,).
    labels
        Event types in the order of the columns.
    temperatures
        Those of types and directions.
    """
    joint = softmax(types / np.float32(temperatures[0])) * sigmoid(directions / np.float32(temperatures[1]))[:, None]
    none = list(labels).index(NO_EVENT)
    joint[:, none] = 1.0 - joint.sum(axis=1) + joint[:, none]
    return joint


def likeliest(probabilities: Floats, labels: Sequence[str]) -> NDArray[np.intp]:
    """Return the column of every row's answer: "no event" where that is sure, else the likeliest type of its side.

    Its side is the likelier of conflict and cooperation, all types together: to take the one for the other is worse
    than to take one type for its neighbour. `probabilities` has shape (rows, labels).
    """
    labels = tuple(labels)
    likelier = _sides(labels)[(probabilities @ _sides(labels).T).argmax(axis=1)]
    none = labels.index(NO_EVENT)
    return np.where(probabilities[:, none] > _SILENT, none, (probabilities * likelier).argmax(axis=1))


@cache
def _sides(labels: tuple[str, ...]) -> Floats:
    """Return which labels are cooperation and which are conflict, shape (2, labels)."""
    quads = np.array([0 if label == NO_EVENT else load_scale().quad_class(label) for label in labels])
    return np.array([(quads == 1) | (quads == 2), quads > 2], np.float32)


def sigmoid(margins: Floats) -> Floats:
    """Return the logistic function of margins."""
    return cast(Floats, 1.0 / (1.0 + np.exp(-margins)))


def softmax(scores: Floats) -> Floats:
    """Return probabilities over the last axis."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return cast(Floats, shifted / shifted.sum(axis=1, keepdims=True))


def _evidence(phrases: Placed, event_type: str) -> Phrase | None:
    """Return the phrase of that type nearest to the pair, if the lexicon knows one."""
    own = [(distance, n, phrase) for n, (phrase, distance) in enumerate(phrases) if phrase.event_type == event_type]
    return min(own, key=lambda item: item[:2])[2] if own else None


def save_estimator(estimator: EventEstimator, path: Path) -> None:
    """Write the arrays of an estimator; the lexicon is not among them."""
    arrays: dict[str, Any] = {"temperatures": np.array(estimator.temperatures)}
    for group, own in estimator.featurizer.vocabularies.items():
        arrays[f"{group}/names"] = np.array(list(own.names))
        arrays[f"{group}/weights"] = own.weights
    for name in HEADS:
        head: Head = getattr(estimator, name)
        arrays |= {f"{name}/labels": np.array(head.labels), f"{name}/weights": head.weights}
        arrays[f"{name}/intercepts"] = head.intercepts
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_estimator(path: Path, lexicon: Lexicon, fingerprint: str) -> EventEstimator:
    """Read what `save_estimator` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        vocabularies = {
            group: Vocabulary(arrays[f"{group}/names"].tolist(), arrays[f"{group}/weights"]) for group in GROUPS
        }
        heads = [
            Head(
                tuple(arrays[f"{name}/labels"].tolist()),
                arrays[f"{name}/weights"],
                arrays[f"{name}/intercepts"],
            )
            for name in HEADS
        ]
        one, two = arrays["temperatures"].tolist()
    types, directions, modes, statuses = heads
    return EventEstimator(
        lexicon, Featurizer(vocabularies), types, directions, modes, statuses, (one, two), fingerprint
    )
