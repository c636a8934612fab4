"""Scored events → flow of each pair and day, some days after the other.

The flow is the pair's weighted score divided by what a usual day of the two weighs (`usual.py`): twice the articles of
the same mixture give the same flow, and a day with more than usual weighs more. The records that may stand behind the
events (`records.py`) give the flow anew, each as one more resample.

The days are walked through year by year. What a year leaves to later days is its running sums and the unseen events
that lie after its end, so that memory hardly grows with the years, and a night need not begin with the first
(`carried.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.index.records import Kept, Record, keep, seen, unseen, unseen_rate, whole
from pipeline.index.stream import Codes, Numbering, Stream, Values, day_number
from pipeline.index.usual import YEAR, growth, is_active, mean_of_active, running_sums, window_sums

_TOGETHER = 16
"""Resamples put among the others at a time, which is faster than one by one."""
_MANY = 50_000
"""Numbers from which on it is faster to take several items at a time."""
_SUMS = ("usual", "active", "told")
_NOTHING = 1e-9
_T = TypeVar("_T")


@dataclass(frozen=True)
class Flows:
    """Flow of pairs on the days of a block.

    `conflict` ≤ 0, `cooperation` ≥ 0 and `n_events` have shape (pairs, days), `resampled` (days, pairs, replicates).
    """

    conflict: Values
    cooperation: Values
    n_events: Codes
    resampled: NDArray[np.float32]


Left = dict[str, NDArray[Any]]
"""What the days before one leave to it, of each record one below the other; `ends` says where those of a record end."""


class Printed:
    """How many articles were printed on each day, and how much more that is than in the year before."""

    def __init__(self, counts: Mapping[date, int]) -> None:
        self.first, self.last = day_number(min(counts)), day_number(max(counts))
        self._counts = np.zeros(self.last - self.first + 1)
        for day, count in counts.items():
            self._counts[day_number(day) - self.first] = count

    def on(self, days: range) -> Values:
        """Return the articles printed on each day of a range."""
        return _cut(self._counts, days.start - self.first, days.stop - self.first)

    def growth(self, days: range) -> Values:
        """Return `usual.growth` on each day of a range."""
        begin = min(days.start, self.first)
        return growth(self.on(range(begin, days.stop)))[days.start - begin :]


class Walk:
    """Goes through the days of a stream, from the first event on.

    Parameters
    ----------
    stream
        The scored events.
    known
        The pairs asked for.
    printed
        How many articles were printed on each day; events that nobody saw are not later than the last.
    replicates
        Number of resamples.
    """

    def __init__(self, stream: Stream, known: Numbering, printed: Printed, replicates: int) -> None:
        self._stream, self._known, self._printed = stream, known, printed
        self._records = [_Past(known.dyads, None if n == 0 else n - 1, replicates) for n in range(replicates + 1)]

    @property
    def left(self) -> Left:
        """What the days so far leave to later ones."""
        return _stacked([one.left for one in self._records])

    def go_on(self, before: Left, last: Left, days: range) -> None:
        """Go on with some days as if those before them had been walked through.

        Parameters
        ----------
        before, last
            What was left a year before the days, and just before them.
        days
            The days to come, a year of them at most: the same days of the year before tell what is usual in them.
        """
        block = _Block(
            self._stream, self._known, range(days.start - YEAR, days.stop - YEAR), np.zeros(0, np.int64), self._printed
        )

        def again(number: int) -> None:
            past = self._records[number]
            past.go_on(_of_record(before, number))
            past.usual(block, past.drawn(block) if number else block.numbered(whole(block.own)))
            past.go_on(_of_record(last, number))

        each_of(range(len(self._records)), again, self._known.dyads * len(days))

    def flows(self, days: range, live: Codes) -> Flows:
        """Return the flows of some pairs on the next days, which must follow those asked for before."""
        block = _Block(self._stream, self._known, days, live, self._printed)
        value, *others = self._records
        resampled = np.empty((len(days), len(live), len(others)), np.float32)

        def resample(first: int) -> None:
            some = []
            for past in others[first : first + _TOGETHER]:
                drawn = past.drawn(block)
                some.append(block.ratio(drawn, block.stream_scores, past.usual(block, drawn)).astype(np.float32))
            resampled[:, :, first : first + _TOGETHER] = np.array(some).transpose(2, 1, 0)

        each_of(range(0, len(others), _TOGETHER), resample, self._known.dyads * len(days))
        everything = block.numbered(whole(block.own))
        usual = value.usual(block, everything)
        conflict = block.ratio(everything, np.minimum(block.stream_scores, 0.0), usual)
        total = block.ratio(everything, block.stream_scores, usual)
        shares = everything._replace(weight=block.own.share)
        return Flows(
            conflict=conflict,
            cooperation=np.maximum(total - conflict, 0.0),
            n_events=np.rint(block.sums(shares, shares.weight)).astype(np.int64),
            resampled=resampled,
        )


class _Block:
    """The days of a block, and where its events stand among days, pairs and countries."""

    def __init__(self, stream: Stream, known: Numbering, days: range, live: Codes, printed: Printed) -> None:
        self._stream, self._known, self._live = stream, known, live
        self.days, self.last = days, printed.last
        self.own = stream.between(days.start, days.stop)
        self.begin = int(np.searchsorted(stream.day, days.start))
        self.stream_scores = stream.score
        self.growth = printed.growth(days)

    def numbered(self, record: Record) -> Record:
        """Return a record of the block's own events with their numbers in the whole stream."""
        return record._replace(events=record.events + self.begin)

    def daily(self, events: Codes, day: Codes, weight: Values) -> Values:
        """Return the weight of all that the two countries of each dyad do, shape (dyads, days)."""
        countries = self._summed(self._stream.source[events], day, len(self._known.countries), weight)
        countries += self._summed(self._stream.target[events], day, len(self._known.countries), weight)
        one, other = self._known.members
        own = self._summed(self._stream.dyad[events], day, self._known.dyads + 1, weight)[:-1]
        either: Values = countries[one] + countries[other] - own
        return either

    def sums(self, record: Record, weight: Values) -> Values:
        """Return the summed weight of a record's events, for each live pair and day."""
        dyads, pairs = self._known.dyads, len(self._known.pairs)
        undirected = self._summed(self._stream.dyad[record.events], record.day, dyads + 1, weight)[:-1]
        directed = self._summed(self._stream.directed[record.events], record.day, pairs - dyads + 1, weight)[:-1]
        return np.concatenate([undirected, directed])[self._live]

    def ratio(self, record: Record, score: Values, usual: Values) -> Values:
        """Return a record's weighted score of each live pair, by what a usual day of the two countries weighs."""
        top = self.sums(record, record.weight * score[record.events])
        below = usual[self._known.dyad_of[self._live]]
        flow: Values = np.divide(top, below, out=np.zeros_like(top), where=below > _NOTHING)
        return flow

    def _summed(self, numbers: Codes, day: Codes, size: int, weight: Values) -> Values:
        width = len(self.days)
        summed = np.bincount(numbers * width + (day - self.days.start), weight, size * width)
        return summed.astype(np.float64, copy=False).reshape(size, width)  # without events, NumPy counts in integers


class _Past:
    """What one record leaves to later days. The record that is published is `None`, the resamples have numbers."""

    def __init__(self, dyads: int, number: int | None, replicates: int) -> None:
        self._number = number
        self._unevenness = 0.0 if number is None else (number + 0.5) / replicates
        self._weight, self._active = (_Window(np.zeros((dyads, YEAR))) for _ in range(2))
        self._told = _Window(np.zeros((2, YEAR)))
        self._later = Record(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

    @property
    def left(self) -> dict[str, NDArray[Any]]:
        """What is left to the next year, as arrays; the sums of each day of the past year are not among them."""
        ends = {"usual": self._weight.last, "active": self._active.last, "told": self._told.gone}
        return ends | {name: getattr(self._later, name) for name in Record._fields}

    def go_on(self, left: dict[str, NDArray[Any]]) -> None:
        """Go on from what was left; the sums of each day of the past year stay as they are."""
        self._weight.last, self._active.last = left["usual"], left["active"]
        self._told = _Window(left["told"])
        self._later = Record(*(left[name] for name in Record._fields))

    def usual(self, block: _Block, record: Record) -> Values:
        """Return what a usual day weighs on each day of a block, shape (dyads, days)."""
        daily = block.daily(record.events, record.day, record.weight)
        weight, active = self._weight.after(daily), self._active.after(is_active(daily))
        return mean_of_active(*weight, *active) * block.growth

    def drawn(self, block: _Block) -> Record:
        """Return what a resample has on the days of a block."""
        if self._number is None:
            raise AssertionError("nothing is drawn for the published record")
        kept = keep(block.own, self._number)
        added = block.numbered(unseen(block.own, kept, self._rates(block, kept), self._number))
        added = _joined(self._later, added)
        inside = added.day < block.days.stop
        self._later = _where(added, ~inside)
        known = _where(added, inside & (added.day <= block.last))
        return _joined(block.numbered(seen(block.own, kept, self._number)), known)

    def _rates(self, block: _Block, kept: Kept) -> Values:
        """Return how many unseen events stand behind each of a block that a single article tells."""
        day, sizes = block.own.day - block.days.start, block.own.sizes
        daily = [np.bincount(day, kept.drawn * (sizes == n), len(block.days)) for n in (1, 2)]
        ones, twos = window_sums(*self._told.after(np.array(daily, np.float64)))
        return unseen_rate(ones, twos, self._unevenness)[day]


class _Window:
    """Running sums of the last year, continued year by year: `gone` a year before the next days, `last` on the last."""

    def __init__(self, gone: Values, last: Values | None = None) -> None:
        self.gone, self.last = gone, gone[..., -1] if last is None else last

    def after(self, daily: Values) -> tuple[Values, Values]:
        """Return the running sums of the next days, a year of them at most, and those a year before each."""
        gone = self.gone
        self.gone = running_sums(daily, self.last)
        self.last = self.gone[..., -1]
        return self.gone, gone[..., : daily.shape[-1]]


def each_of(items: Iterable[_T], work: Callable[[_T], None], numbers: int) -> None:
    """Do some work on each item, which takes that many numbers; if many, several at a time.

    NumPy lets other threads go on while it counts, but handing over takes longer than counting a few.
    """
    if numbers < _MANY:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(work, items):
            pass


def _stacked(parts: list[Left]) -> Left:
    left = {name: np.array([part[name] for part in parts]) for name in _SUMS}
    left |= {name: np.concatenate([part[name] for part in parts]) for name in Record._fields}
    return left | {"ends": np.cumsum([len(part["events"]) for part in parts])}


def _of_record(left: Left, number: int) -> Left:
    own = slice(left["ends"][number - 1] if number else 0, left["ends"][number])
    found = {name: left[name][number] for name in _SUMS}
    return found | {name: left[name][own] for name in Record._fields}


def _where(record: Record, wanted: NDArray[np.bool_]) -> Record:
    return Record(record.events[wanted], record.day[wanted], record.weight[wanted])


def _joined(one: Record, other: Record) -> Record:
    return Record(
        np.concatenate([one.events, other.events]),
        np.concatenate([one.day, other.day]),
        np.concatenate([one.weight, other.weight]),
    )


def _cut(values: Values, start: int, stop: int) -> Values:
    """Return the values from `start` to `stop`, 0 where there are none."""
    found = np.zeros(stop - start)
    low, high = max(start, 0), min(stop, len(values))
    if low < high:
        found[low - start : high - start] = values[low:high]
    return found
