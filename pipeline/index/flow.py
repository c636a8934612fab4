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
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.index.block import Block, Printed
from pipeline.index.left import Left, Past, stacked
from pipeline.index.stream import Codes, Numbering, Stream, Values
from pipeline.index.usual import YEAR

_NUMBERS = 300_000
"""Numbers that NumPy counts at a time, at most: with far fewer, calling it takes longer than counting."""
_TOGETHER = 16
"""Resamples put among the others at a time, at least, which is faster than one by one."""
_MANY = 50_000
"""Numbers from which on it is faster to take several items at a time."""
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
        few, end = max(1, _NUMBERS // max(known.dyads * YEAR, stream.most_within(YEAR))), replicates + 1
        self._published = Past(known.dyads, range(1), replicates)
        self._resamples = [Past(known.dyads, range(n, min(n + few, end)), replicates) for n in range(1, end, few)]

    @property
    def left(self) -> Left:
        """What the days so far leave to later ones."""
        return stacked([one.left for one in (self._published, *self._resamples)])

    def go_on(self, before: Left, last: Left, days: range) -> None:
        """Go on with some days as if those before them had been walked through.

        Parameters
        ----------
        before, last
            What was left a year before the days, and just before them.
        days
            The days to come, a year of them at most: the same days of the year before tell what is usual in them.
        """
        year_before = range(days.start - YEAR, days.stop - YEAR)
        block = Block(self._stream, self._known, year_before, np.zeros(0, np.int64), self._printed)

        def again(past: Past) -> None:
            past.go_on(before)
            past.usual(block, past.record(block))
            past.go_on(last)

        side_by_side = len(self._resamples[0].numbers)
        each_of([self._published, *self._resamples], again, self._known.dyads * len(days) * side_by_side)

    def flows(self, days: range, live: Codes) -> Flows:
        """Return the flows of some pairs on the next days, which must follow those asked for before."""
        block = Block(self._stream, self._known, days, live, self._printed)
        resampled = np.empty((len(days), len(live), self._resamples[-1].numbers.stop - 1), np.float32)

        def resample(some: Sequence[Past]) -> None:
            flows = []
            for past in some:
                record = past.record(block)
                flows.append(block.ratio(record, block.stream_scores, past.usual(block, record)).astype(np.float32))
            own = slice(some[0].numbers.start - 1, some[-1].numbers.stop - 1)
            resampled[:, :, own] = np.concatenate(flows).transpose(2, 1, 0)

        several = max(1, _TOGETHER // len(self._resamples[0].numbers))
        parts = [self._resamples[n : n + several] for n in range(0, len(self._resamples), several)]
        each_of(parts, resample, self._known.dyads * len(days) * _TOGETHER)
        return self._published_flows(block, resampled)

    def _published_flows(self, block: Block, resampled: NDArray[np.float32]) -> Flows:
        everything = self._published.record(block)
        usual = self._published.usual(block, everything)
        (conflict,) = block.ratio(everything, np.minimum(block.stream_scores, 0.0), usual)
        (total,) = block.ratio(everything, block.stream_scores, usual)
        (n_events,) = block.sums(everything, block.own.share, 1)
        return Flows(
            conflict=conflict,
            cooperation=np.maximum(total - conflict, 0.0),
            n_events=np.rint(n_events).astype(np.int64),
            resampled=resampled,
        )


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
