"""What the days so far leave to later ones in some records, side by side: running sums, and events still to come."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.index.block import Block
from pipeline.index.records import Kept, Record, keep, seen, sums_of, unseen, unseen_rate, whole
from pipeline.index.stream import Values
from pipeline.index.usual import YEAR, is_active, mean_of_active, running_sums, window_sums

Left = dict[str, NDArray[Any]]
"""What is left: sums of each record, one below the other, and the unseen events to come; `of` says of which record."""


class Past:
    """What was in some records, by their numbers: 0 alone is the record that is published, the others are resamples."""

    def __init__(self, dyads: int, numbers: range, replicates: int) -> None:
        self.numbers = numbers
        self._unevenness = (np.array(numbers)[:, None] - 0.5) / replicates
        self._weight, self._active = (_Window(np.zeros((len(numbers), dyads, YEAR))) for _ in range(2))
        self._told = _Window(np.zeros((len(numbers), 2, YEAR)))
        none = np.zeros(0, np.int64)
        self._later = Record(none, none, none, np.zeros(0))

    @property
    def left(self) -> Left:
        """What is left to the next year, as arrays; the sums of each day of the past year are not among them."""
        sums = {"usual": self._weight.last, "active": self._active.last, "told": self._told.gone}
        return sums | self._later._replace(of=self._later.of + self.numbers.start)._asdict()

    def go_on(self, left: Left) -> None:
        """Go on from what was left by all; the sums of each day of the past year stay as they are."""
        usual, active, told = (
            left[name][self.numbers.start : self.numbers.stop] for name in ("usual", "active", "told")
        )
        self._weight.last, self._active.last, self._told = usual, active, _Window(told)
        later = Record(*(left[name] for name in Record._fields))
        own = _where(later, (later.of >= self.numbers.start) & (later.of < self.numbers.stop))
        self._later = own._replace(of=own.of - self.numbers.start)

    def usual(self, block: Block, record: Record) -> Values:
        """Return what a usual day weighs on each day of a block, shape (records, dyads, days)."""
        daily = block.daily(record, len(self.numbers))
        weight, active = self._weight.after(daily), self._active.after(is_active(daily))
        return mean_of_active(*weight, *active) * block.growth

    def record(self, block: Block) -> Record:
        """Return what the records have on the days of a block."""
        if self.numbers.start == 0:
            return block.numbered(whole(block.own))
        replicates = np.array(self.numbers) - 1
        kept = keep(block.own, replicates)
        added = block.numbered(unseen(block.own, kept, self._rates(block, kept), replicates))
        added = _joined(self._later, added)
        inside = added.day < block.days.stop
        self._later = _where(added, ~inside & (not block.is_last))
        known = _where(added, inside & (added.day <= block.last))
        return _joined(block.numbered(seen(block.own, kept, replicates)), known)

    def _rates(self, block: Block, kept: Kept) -> Values:
        """Return how many unseen events stand behind each of a block that a single article tells."""
        day, sizes = block.own.day - block.days.start, block.own.sizes
        daily = [sums_of(day, kept.drawn * (sizes == n), len(block.days)) for n in (1, 2)]
        told = window_sums(*self._told.after(np.stack(daily, axis=1)))
        return unseen_rate(told[:, 0], told[:, 1], self._unevenness)[:, day]


def stacked(parts: list[Left]) -> Left:
    """Return what several leave, each record one below the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class _Window:
    """Running sums of the last year, continued year by year: `gone` a year before the next days, `last` on the last."""

    def __init__(self, gone: Values) -> None:
        self.gone, self.last = gone, gone[..., -1]

    def after(self, daily: Values) -> tuple[Values, Values]:
        """Return the running sums of the next days, a year of them at most, and those a year before each."""
        gone = self.gone
        self.gone = running_sums(daily, self.last)
        self.last = self.gone[..., -1]
        return self.gone, gone[..., : daily.shape[-1]]


def _where(record: Record, wanted: NDArray[np.bool_]) -> Record:
    return Record._make(one[wanted] for one in record)


def _joined(one: Record, other: Record) -> Record:
    return Record._make(map(np.concatenate, zip(one, other, strict=True)))
