"""Labelled sentences and lexicon → estimator. Deterministic; one to two minutes on two cores.

Types and directions are fitted twice: without the held-out stories, to calibrate on these, and on all rows for use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from pipeline.coder.estimator import EventEstimator, Head, sigmoid, softmax
from pipeline.coder.vectors import Featurizer, Floats
from pipeline.lexicon import Lexicon
from pipeline.scale import NO_EVENT
from pipeline.training.beside import fitted_beside
from pipeline.training.halves import learnt_views
from pipeline.training.heads import Lesson, Rows, Strings
from pipeline.training.labelled import Labelled
from pipeline.training.lexical import BARE, COMPOSED, bare_rows, composed_rows
from pipeline.training.views import stands_found, stands_turned

WEIGHTS = {BARE: 0.15, COMPOSED: 0.15, NO_EVENT: 0.32}
"""Weights in the head of event types; every other row weighs a half, as it stands twice."""
STRENGTHS = {"types": 1.0, "directions": 1.0, "modes": 1.0, "statuses": 0.3}
"""LinearSVC's C by head; these and the weights were chosen on held-out stories, and cross-validation agrees."""


@dataclass(frozen=True)
class Training:
    """All rows with their features.

    First what `turned` lists of the labelled rows with the roles exchanged, then all of them as marked, then what
    `found` lists of them with actors as the chain finds them and half of their phrases unknown, then the lexicon's own
    sentences.
    """

    labelled: Sequence[Labelled]
    turned: Rows
    found: Rows
    lexical: Sequence[Labelled]
    lexicon: Lexicon
    featurizer: Featurizer
    matrix: csr_matrix

    @classmethod
    def of(cls, labelled: Sequence[Labelled], lexicon: Lexicon) -> Training:
        """Compute the features of labelled rows in all views that are used, and of the lexicon."""
        turned = np.flatnonzero([stands_turned(row) for row in labelled])
        found = np.flatnonzero([stands_found(n, row) for n, row in enumerate(labelled)])
        lexical = [*bare_rows(lexicon), *composed_rows(lexicon)]
        featurizer, matrix = learnt_views(labelled, lexical, lexicon)
        matrix.data = matrix.data.astype(np.float64)  # as LinearSVC wants them: it would make a copy of everything
        return cls(labelled, turned, found, lexical, lexicon, featurizer, matrix)

    @property
    def size(self) -> int:
        """How many labelled rows there are."""
        return len(self.labelled)

    @cached_property
    def groups(self) -> Strings:
        """The story of every labelled row."""
        return np.array([row.group for row in self.labelled])

    @cached_property
    def types(self) -> Strings:
        """The event type of every labelled row, as marked."""
        return np.array([row.event_type for row in self.labelled])

    @cached_property
    def turned_types(self) -> Strings:
        """What the target of every labelled row does to its source: a mutual act, another row's event, or nothing."""
        events = {row.marked: row.event_type for row in self.labelled if row.event_type != NO_EVENT}
        return np.array(
            [row.event_type if row.reciprocal else events.get(row.marked.turned(), NO_EVENT) for row in self.labelled]
        )

    @cached_property
    def held_out(self) -> Rows:
        """Which labelled rows are kept for measuring."""
        return np.flatnonzero([row.held_out for row in self.labelled])

    @cached_property
    def kept(self) -> Rows:
        """Which labelled rows are not."""
        return np.setdiff1d(np.arange(self.size), self.held_out)

    @cached_property
    def turned_at(self) -> Rows:
        """Where each labelled row stands in the matrix with the roles exchanged; -1 where it does not."""
        return _places(self.turned, 0, self.size)

    @cached_property
    def marked_at(self) -> Rows:
        """Where each labelled row stands in the matrix as marked."""
        return len(self.turned) + np.arange(self.size)

    @cached_property
    def found_at(self) -> Rows:
        """Where each labelled row stands in the matrix with actors as found; -1 where it does not."""
        return _places(self.found, len(self.turned) + self.size, self.size)

    @property
    def lexical_from(self) -> int:
        """Where the lexicon's own sentences begin in the matrix."""
        return len(self.turned) + self.size + len(self.found)

    def as_marked(self, rows: Rows) -> csr_matrix:
        """Return the features of labelled rows as marked."""
        return self.matrix[self.marked_at[rows]]

    def examples(self, rows: Rows) -> tuple[Rows, Strings, NDArray[np.float64]]:
        """Return what types are learnt from, given labelled rows: rows of the matrix, event types and weights.

        Events stand as marked and as found; of rows without event, of which there are more, every second as found.
        """
        event, as_found = self.types[rows] != NO_EVENT, rows % 2 == 1
        marked, found = rows[event | ~as_found], rows[event | as_found]
        lexical = np.arange(self.lexical_from, self.matrix.shape[0])
        chosen = np.concatenate([self.marked_at[marked], self.found_at[found], lexical])
        every = [*(self.labelled[n] for n in [*marked, *found]), *self.lexical]
        weights = [WEIGHTS.get(row.batch, WEIGHTS.get(row.event_type, 0.5)) for row in every]
        return chosen, np.array([row.event_type for row in every]), np.array(weights)

    def fit_types(self, rows: Rows) -> Head:
        """Fit the head over event types, "no event" among them."""
        return Lesson(*self.examples(rows), STRENGTHS["types"]).head(self.matrix)

    def directions(self, rows: Rows) -> Lesson:
        """Return the lesson whether an act runs from the marked source to the marked target."""
        own = np.array([n for n in rows if self.labelled[n].event_type != NO_EVENT])
        back = np.where(self.turned_types[own] == NO_EVENT, "backward", "forward")
        labels = np.concatenate([back, np.full(len(own), "forward")])
        chosen = np.concatenate([self.turned_at[own], self.marked_at[own]])
        return Lesson(chosen, labels, np.ones(len(chosen)), STRENGTHS["directions"])

    def modes(self, rows: Rows) -> dict[str, Lesson]:
        """Return the lesson of each event type that has several modes."""
        own = [n for n in rows if self.labelled[n].event_type != NO_EVENT]
        bare = [n for n, row in enumerate(self.lexical) if row.batch == BARE and row.event_type != NO_EVENT]
        every = [*(self.labelled[n] for n in own), *(self.lexical[n] for n in bare)]
        places = np.array([*self.marked_at[own], *(self.lexical_from + n for n in bare)])
        types = np.array([row.event_type for row in every])
        modes = np.array([row.mode for row in every])
        weights = np.array([WEIGHTS.get(row.batch, 1.0) for row in every])
        lessons = {}
        for event_type in np.unique(types).tolist():
            of_type = np.flatnonzero(types == event_type)
            if len(np.unique(modes[of_type])) > 1:
                lessons[event_type] = Lesson(places[of_type], modes[of_type], weights[of_type], STRENGTHS["modes"])
        return lessons

    def statuses(self, rows: Rows) -> Lesson:
        """Return the lesson of statuses."""
        own = np.array([n for n in rows if self.labelled[n].event_type != NO_EVENT])
        labels = np.array([self.labelled[n].status for n in own])
        return Lesson(self.marked_at[own], labels, np.ones(len(own)), STRENGTHS["statuses"], balanced=True)


@dataclass(frozen=True)
class Margins:
    """Margins of some labelled rows, from heads that saw nothing of their stories.

    `types` has shape (rows, types); `forward` and `backward` are the direction margins of the rows as marked and
    with the roles exchanged.
    """

    rows: Rows
    labels: tuple[str, ...]
    types: Floats
    forward: Floats
    backward: Floats

    @classmethod
    def of(cls, training: Training, train: Rows, test: Rows) -> Margins:
        """Fit types and directions on `train` and apply them to `test`."""
        types, directions = training.fit_types(train), training.directions(train).head(training.matrix)
        return cls(
            test,
            types.labels,
            types.scores(training.as_marked(test)),
            directions.scores(training.as_marked(test))[:, 0],
            directions.scores(training.matrix[training.turned_at[test]])[:, 0],
        )

    def temperatures(self, training: Training, chosen: NDArray[np.bool_] | None = None) -> tuple[float, float]:
        """Return the temperatures of types and directions that make these rows (or the chosen ones) most likely."""
        use = np.arange(len(self.rows)) if chosen is None else np.flatnonzero(chosen)
        truth = np.array([self.labels.index(training.types[n]) for n in self.rows[use]])
        own = use[[training.types[n] != NO_EVENT for n in self.rows[use]]]
        mutual = training.turned_types[self.rows[own]] != NO_EVENT
        turned = np.where(mutual, 1, -1).astype(np.float32) * self.backward[own]
        signed: Floats = np.concatenate([self.forward[own], turned])
        return (
            _least(
                lambda t: -np.log(softmax(self.types[use] / np.float32(t))[np.arange(len(use)), truth] + 1e-9).sum()
            ),
            _least(lambda t: -np.log(sigmoid(signed / np.float32(t)) + 1e-9).sum()),
        )


def calibrated(training: Training) -> tuple[float, float]:
    """Return the temperatures of types and directions that the held-out stories give."""
    return Margins.of(training, training.kept, training.held_out).temperatures(training)


def fit_estimator(
    training: Training, fingerprint: str = "", temperatures: Sequence[float] | None = None
) -> EventEstimator:
    """Fit all heads on all rows.

    Parameters
    ----------
    training
        Labelled sentences, used in both directions, and the lexicon's own.
    fingerprint
        What the estimator is to be known by, stored beside every mention it codes.
    temperatures
        `calibrated` of the same rows, where it is known; it takes a quarter of the time.
    """
    one, two = temperatures or calibrated(training)
    rows = np.arange(training.size)
    modes = training.modes(rows)
    lessons = [training.directions(rows), training.statuses(rows), *modes.values()]
    with fitted_beside(training.matrix, lessons) as others:
        types = training.fit_types(rows)
        directions, statuses, *of_types = others()
    return EventEstimator(
        lexicon=training.lexicon,
        featurizer=training.featurizer,
        types=types,
        directions=directions,
        modes=joined(modes, of_types),
        statuses=statuses,
        temperatures=(one, two),
        fingerprint=fingerprint,
    )


def joined(event_types: Iterable[str], heads: Iterable[Head]) -> Head:
    """Return the heads of modes as one, with labels "TYPE/mode"."""
    return Head.joined([head.named(event_type) for event_type, head in zip(event_types, heads, strict=True)])


def _places(of: Rows, start: int, size: int) -> Rows:
    places = np.full(size, -1)
    places[of] = start + np.arange(len(of))
    return places


def _least(loss: Callable[[float], float]) -> float:
    """Return the positive number with the least loss."""
    return float(np.exp(minimize_scalar(lambda logarithm: loss(np.exp(logarithm)), bounds=(-4, 2), method="bounded").x))
