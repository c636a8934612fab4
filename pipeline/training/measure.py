"""How well the estimator does on the stories that it was not trained on, from the labelled seeds alone.

Every fifth story is held out whole: nothing of it trains, and no lexicon phrase was written after reading it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_recall_fscore_support

from pipeline.coder.estimator import joint_probabilities, likeliest
from pipeline.coder.vectors import Floats
from pipeline.scale import NO_EVENT, load_scale
from pipeline.training.fit import Margins, Training, joined
from pipeline.training.heads import Rows, Strings

BINS = 10
CURVE = (500, 1000, 2000, 4000)
"""Training sizes of the learning curve, rows; the last point is all of them."""
_NOISE = 0.005
"""A figure lower by this much is not called worse."""


@dataclass(frozen=True)
class ClassRow:
    """Precision, recall and F1 (0–1) of one label, and how many sentences bear it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Confusion:
    """How often one event type was taken for another, with a few of the sentences."""

    truth: str
    found: str
    count: int
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """What was measured on the held-out stories; shares, F1 and errors are 0–1.

    `direction` is the share of sentences in which the right of the two directions is the likelier;
    `silent_when_turned` the share of exchanged roles that are seen to be no event. `calibration_error` is the
    expected calibration error of the probability of what was chosen, over marked and exchanged sentences, each
    half of the stories calibrated on the other half; `reliability` holds (mean probability, share right, count).
    """

    sentences: int
    held_out: int
    type_macro_f1: float
    type_accuracy: float
    quad_macro_f1: float
    binary_macro_f1: float
    mode_accuracy: float
    status_macro_f1: float
    status_accuracy: float
    direction: float
    silent_when_turned: float
    no_event_precision: float
    no_event_recall: float
    calibration_error: float
    types: tuple[ClassRow, ...]
    statuses: tuple[ClassRow, ...]
    batches: Mapping[str, float]
    reliability: tuple[tuple[float, float, int], ...]
    learning_curve: tuple[tuple[int, float], ...]
    confusions: tuple[Confusion, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


GATED = ("type_macro_f1", "quad_macro_f1", "mode_accuracy", "status_macro_f1", "direction", "no_event_recall")
"""Figures that a new estimator must not lower; calibration error must not rise."""


def worse(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """Return which gated figures of `new` fall behind `old`, as sentences."""
    lower = [name for name in GATED if name in old and new[name] < old[name] - _NOISE]
    found = [f"{name} falls from {old[name]:.3f} to {new[name]:.3f}" for name in lower]
    name = "calibration_error"
    if name in old and new[name] > old[name] + _NOISE:
        found.append(f"{name} rises from {old[name]:.3f} to {new[name]:.3f}")
    return found


def measure(training: Training, batches: Collection[str] | None = None) -> Figures:
    """Fit all heads without the held-out stories and measure them on these, or on those of some batches only."""
    held = training.held_out
    rows = held if batches is None else held[[training.labelled[n].batch in batches for n in held]]
    margins = Margins.of(training, training.kept, rows)
    truth = training.types[rows]
    found = np.array(margins.labels)[margins.types.argmax(axis=1)]
    events = np.flatnonzero(truth != NO_EVENT)
    one_way = events[training.turned_types[rows[events]] == NO_EVENT]
    sure, right, turned = _calibrated(training, margins)
    statuses, modes = _statuses(training, rows[events]), _modes(training, rows[events])
    classes = _class_rows(truth, found)
    nothing = next(row for row in classes if row.label == NO_EVENT)
    return Figures(
        sentences=training.size,
        held_out=len(rows),
        type_macro_f1=_macro(truth, found),
        type_accuracy=float(np.mean(truth == found)),
        quad_macro_f1=_macro(_quads(truth), _quads(found)),
        binary_macro_f1=_macro((_quads(truth) + 1) // 2, (_quads(found) + 1) // 2),
        mode_accuracy=float(np.mean(modes[0] == modes[1])),
        status_macro_f1=_macro(*statuses),
        status_accuracy=float(np.mean(statuses[0] == statuses[1])),
        direction=float(np.mean(margins.forward[one_way] > margins.backward[one_way])),
        silent_when_turned=float(np.mean(turned[one_way] == NO_EVENT)),
        no_event_precision=nothing.precision,
        no_event_recall=nothing.recall,
        calibration_error=_calibration_error(sure, right),
        types=classes,
        statuses=_class_rows(*statuses),
        batches=_by_batch(training, rows, truth == found),
        reliability=_reliability(sure, right),
        learning_curve=_learning_curve(training),
        confusions=_confusions(training, rows, truth, found),
    )


def _calibrated(training: Training, margins: Margins) -> tuple[Floats, NDArray[np.bool_], Strings]:
    """Return probability and rightness of every answer, marked then turned, and the answers to turned rows.

    Half of the stories are calibrated on the other half.
    """
    stories = training.groups[margins.rows]
    half = np.isin(stories, np.unique(stories)[::2])
    answers = np.empty((2, len(stories)), dtype="<U9")
    sure = np.zeros((2, len(stories)), np.float32)
    for own in (half, ~half):
        temperatures = margins.temperatures(training, ~own)
        for n, directions in enumerate((margins.forward, margins.backward)):
            joint = joint_probabilities(margins.types[own], directions[own], margins.labels, temperatures)
            answers[n, own], sure[n, own] = _answers(joint, margins.labels)
    truth = training.types[margins.rows]
    right = np.stack([answers[0] == truth, answers[1] == training.turned_types[margins.rows]])
    return sure.ravel(), right.ravel(), answers[1]


def _answers(joint: Floats, labels: Sequence[str]) -> tuple[Strings, Floats]:
    """Return the answer of each row as the estimator gives it, and its probability."""
    best = likeliest(joint, labels)
    return np.array(labels)[best], joint[np.arange(len(joint)), best]


def _modes(training: Training, rows: Rows) -> tuple[Strings, Strings]:
    """Return true and found modes, given the type, of rows whose type has modes."""
    lessons = training.modes(training.kept)
    head = joined(lessons, [lesson.head(training.matrix) for lesson in lessons.values()])
    types = np.array([label.partition("/")[0] for label in head.labels])
    own = np.array([n for n in rows if training.types[n] in types and training.labelled[n].mode])
    scores = np.where(training.types[own][:, None] == types, head.scores(training.as_marked(own)), -np.inf)
    truth = np.array([f"{training.types[n]}/{training.labelled[n].mode}" for n in own])
    return truth, np.array(head.labels)[scores.argmax(axis=1)]


def _statuses(training: Training, rows: Rows) -> tuple[Strings, Strings]:
    head = training.statuses(training.kept).head(training.matrix)
    truth = np.array([training.labelled[n].status for n in rows])
    return truth, np.array(head.labels)[head.scores(training.as_marked(rows)).argmax(axis=1)]


def _class_rows(truth: Strings, found: Strings) -> tuple[ClassRow, ...]:
    labels = np.unique(truth)
    columns = precision_recall_fscore_support(truth, found, labels=labels, zero_division=0)
    return tuple(
        ClassRow(str(label), float(p), float(r), float(f), int(n))
        for label, p, r, f, n in zip(labels, *columns, strict=True)
    )


def _macro(truth: NDArray[Any], found: NDArray[Any]) -> float:
    return float(f1_score(truth, found, labels=np.unique(truth), average="macro", zero_division=0))


def _quads(types: Strings) -> NDArray[np.int_]:
    """Return quad classes, 0 for no event."""
    scale = load_scale()
    return np.array([0 if name == NO_EVENT else scale.quad_class(name) for name in types])


def _by_batch(training: Training, rows: Rows, right: NDArray[np.bool_]) -> dict[str, float]:
    """Return the accuracy of event types by author batch."""
    batches = np.array([training.labelled[n].batch for n in rows])
    return {str(batch): float(right[batches == batch].mean()) for batch in np.unique(batches)}


def _reliability(sure: Floats, right: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        (float(sure[bins == n].mean()), float(right[bins == n].mean()), int((bins == n).sum())) for n in np.unique(bins)
    )


def _calibration_error(sure: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error: |probability − share right|, averaged over ten bins by their size."""
    return sum(abs(p - share) * n for p, share, n in _reliability(sure, right)) / max(1, len(sure))


def _learning_curve(training: Training) -> tuple[tuple[int, float], ...]:
    """Return (rows trained on, macro-F1 of event types); whole stories are added in a fixed mixed order."""
    truth = training.types[training.held_out]
    stories = np.random.default_rng(0).permutation(np.unique(training.groups[training.kept]))
    rank = {story: n for n, story in enumerate(stories)}
    ordered = sorted(training.kept, key=lambda n: rank[training.groups[n]])
    points = []
    for size in (*(n for n in CURVE if n < len(ordered)), len(ordered)):
        head = training.fit_types(np.sort(np.array(ordered[:size])))
        scores = head.scores(training.as_marked(training.held_out))
        points.append((size, _macro(truth, np.array(head.labels)[scores.argmax(axis=1)])))
    return tuple(points)


def _confusions(training: Training, rows: Rows, truth: Strings, found: Strings) -> tuple[Confusion, ...]:
    """Return the commonest errors, the worst first."""
    wrong = np.flatnonzero(truth != found)
    counts = Counter(zip(truth[wrong].tolist(), found[wrong].tolist(), strict=True))
    return tuple(
        Confusion(one, other, count, _examples(training, rows[wrong[(truth[wrong] == one) & (found[wrong] == other)]]))
        for (one, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:12]
    )


def _examples(training: Training, rows: Rows) -> tuple[str, ...]:
    return tuple(cast(str, training.labelled[n].marked.text) for n in rows[:3])
