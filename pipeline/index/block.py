"""The days of a block, where its events stand among days, pairs and countries, and how much was printed.

What is summed is summed for several records side by side: the first axis says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from pipeline.index.records import Record
from pipeline.index.stream import Codes, Numbering, Stream, Values, day_number
from pipeline.index.usual import growth

_NOTHING = 1e-9


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


class Block:
    """Some days, the events of them, and the `live` pairs whose flow is asked for."""

    def __init__(self, stream: Stream, known: Numbering, days: range, live: Codes, printed: Printed) -> None:
        self._stream, self._known, self._live = stream, known, live
        self.days, self.last = days, printed.last
        self.own = stream.between(days.start, days.stop)
        self.begin = int(np.searchsorted(stream.day, days.start))
        self.stream_scores = stream.score
        self.growth = printed.growth(days)

    @property
    def is_last(self) -> bool:
        """Whether no day follows: what would happen later is not asked for."""
        return self.days.stop > self.last

    def numbered(self, record: Record) -> Record:
        """Return records of the block's own events with their numbers in the whole stream."""
        return record._replace(events=record.events + self.begin)

    def daily(self, record: Record, records: int) -> Values:
        """Return the weight of all that the two countries of each dyad do, shape (records, dyads, days)."""
        countries = self._summed(record, self._stream.source, len(self._known.countries), record.weight, records)
        countries += self._summed(record, self._stream.target, len(self._known.countries), record.weight, records)
        one, other = self._known.members
        own = self._summed(record, self._stream.dyad, self._known.dyads + 1, record.weight, records)[:, :-1]
        either: Values = countries[:, one] + countries[:, other] - own
        return either

    def sums(self, record: Record, weight: Values, records: int) -> Values:
        """Return the summed weight of events of records, for each live pair and day, shape (records, pairs, days)."""
        dyads, pairs = self._known.dyads, len(self._known.pairs)
        undirected = self._summed(record, self._stream.dyad, dyads + 1, weight, records)[:, :-1]
        directed = self._summed(record, self._stream.directed, pairs - dyads + 1, weight, records)[:, :-1]
        return np.concatenate([undirected, directed], axis=1)[:, self._live]

    def ratio(self, record: Record, score: Values, usual: Values) -> Values:
        """Return the weighted score of each live pair in records, by what a usual day of the two countries weighs.

        `usual` has shape (records, dyads, days), and the flows (records, pairs, days).
        """
        top = self.sums(record, record.weight * score[record.events], len(usual))
        below = usual[:, self._known.dyad_of[self._live]]
        flow: Values = np.divide(top, below, out=np.zeros_like(top), where=below > _NOTHING)
        return flow

    def _summed(self, record: Record, numbers: Codes, size: int, weight: Values, records: int) -> Values:
        place = (record.of * size + numbers[record.events]) * len(self.days) + (record.day - self.days.start)
        summed = np.bincount(place, weight, records * size * len(self.days))
        # without events, NumPy counts in integers
        return summed.astype(np.float64, copy=False).reshape(records, size, len(self.days))


def _cut(values: Values, start: int, stop: int) -> Values:
    """Return the values from `start` to `stop`, 0 where there are none."""
    found = np.zeros(stop - start)
    low, high = max(start, 0), min(stop, len(values))
    if low < high:
        found[low - start : high - start] = values[low:high]
    return found
