"""Flows and coverage, year by year → level, interval and standing of each pair and day.

What a year leaves to the next is the last level of each pair in each resample, and the values so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.index.block import Printed
from pipeline.index.carried import Carried
from pipeline.index.flow import Flows, Walk, each_of
from pipeline.index.left import Left
from pipeline.index.past import last_as_high, percentiles
from pipeline.index.stream import Codes, Numbering, Stream, Values
from pipeline.index.usual import YEAR
from pipeline.mapping import decay, tension
from pipeline.settings import IndexSettings

_SETTLED = 30
"""Days that a year must be over to be carried: its last ones are still told of."""
_NUMBERS = 400_000
"""Levels of resamples that are sorted at a time: with far fewer, calling NumPy takes longer than sorting."""
_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True)
class Rows:
    """Values of pairs on some days, each of shape (pairs, days); `since` is the number of a day, -1 for none."""

    days: range
    floats: dict[str, Values]
    counts: dict[str, NDArray[np.int32]]


class Series:
    """All pairs, year by year: what a year leaves to the next is the last level, and the values so far."""

    def __init__(self, events: Stream, known: Numbering, printed: Printed, settings: IndexSettings) -> None:
        self._events, self._known, self._printed, self._settings = events, known, printed, settings
        self._walk = Walk(events, known, printed, settings.replicates)
        self.spans = _spans(events, known, printed.last)
        self.first = self._next = int(events.day[0])
        self._level = np.zeros(len(known.pairs))
        self._levels = np.zeros((len(known.pairs), settings.replicates), np.float32)
        self._values = [_Known() for _ in known.pairs]
        self._before: Left = {}
        self.left: Carried | None = None

    def blocks(self) -> list[range]:
        """Return the days to compute, those of a year together; years count from the first event."""
        end = int(self.spans[1].max()) + 1
        return [range(day, min(day + YEAR, end)) for day in range(self._next, end, YEAR)]

    def can_go_on(self, carried: Carried) -> bool:
        """Whether the walk may begin with the day of what was carried."""
        return carried.first == self.first and carried.day <= self._printed.last

    def go_on(self, carried: Carried) -> None:
        """Begin with the day of what was carried."""
        self._next = carried.day
        self._level, self._levels = carried.level.copy(), carried.levels.copy()
        days = np.arange(carried.first, carried.day)
        self._values = [_Known(row[~np.isnan(row)], days[~np.isnan(row)]) for row in carried.values]
        self._walk.go_on(carried.before, carried.last, self.blocks()[0])
        self._before, self.left = carried.before, carried

    def _keep(self, day: int) -> None:
        """Keep what is left to the year that begins with a day, if later articles can follow."""
        before, self._before = self._before, self._walk.left
        if before and day + _SETTLED <= self._printed.last and (self.left is None or self.left.day < day):
            values = np.array([one.dense(range(self.first, day)) for one in self._values])
            self.left = Carried(
                "", self.first, day, before, self._before, self._level.copy(), self._levels.copy(), values
            )

    def rows(self, days: range) -> Rows:
        """Return the rows of the next days."""
        self._keep(days.start)
        live = np.flatnonzero(self.spans[0] < days.stop)
        flow = self._walk.flows(days, live)
        level = self._continued(flow, live)
        lowest, highest = self._interval(flow.resampled, level.T, live)
        articles = self._articles(days)[live]
        covered = articles > 0
        value = np.where(covered, tension(level, self._settings), np.nan)
        percentile, since = self._looked_back(value, days, live)
        floats = {
            "tension": value,
            "low": np.where(covered, tension(highest.T, self._settings), np.nan),
            "high": np.where(covered, tension(lowest.T, self._settings), np.nan),
            "conflict": np.where(covered, flow.conflict, np.nan),
            "cooperation": np.where(covered, flow.cooperation, np.nan),
            "level": level,
            "percentile": percentile,
        }
        counts = {"n_events": flow.n_events, "n_articles": articles, "since": since}
        return Rows(
            days,
            {name: _spread(one, live, len(self._known.pairs)) for name, one in floats.items()},
            {name: _spread(one.astype(np.int32), live, len(self._known.pairs)) for name, one in counts.items()},
        )

    def _continued(self, flow: Flows, live: Codes) -> Values:
        """Return the levels of pairs and days; `level[t] = level[t-1] · 0.5^(1/half_life) + flow[t]`."""
        level = (flow.conflict + flow.cooperation).T
        _decayed(level, self._level, live, self._settings)
        return level.T

    def _interval(self, resampled: NDArray[np.float32], level: Values, live: Codes) -> tuple[Values, Values]:
        """Return the ends of the interval of levels, shape (days, pairs)."""
        _decayed(resampled, self._levels, live, self._settings)
        lowest, highest = np.empty_like(level), np.empty_like(level)

        several = 1 + _NUMBERS // (1 + resampled[0].size)

        def of_days(first: int) -> None:
            own, levels = resampled[first : first + several], level[first : first + several]
            own.sort(axis=-1)
            ends = interval(own.reshape(levels.size, own.shape[-1]), levels.ravel(), self._settings)
            lowest[first : first + several], highest[first : first + several] = np.reshape(ends, (2, *levels.shape))

        each_of(range(0, len(level), several), of_days, resampled[0].size * several)
        return lowest, highest

    def _articles(self, days: range) -> Codes:
        """Count, for each pair and day, the articles printed that day or reporting an event of it."""
        own, dyads = self._events.between(days.start, days.stop), self._known.dyads
        told_of = np.repeat(np.arange(len(own.day)), own.sizes)
        late = own.story_days != own.day[told_of]
        told_of, story = told_of[late], own.stories.dictionary_encode().indices.to_numpy(zero_copy_only=False)[late]
        counts = []
        for numbers, size in ((own.dyad, dyads), (own.directed, len(self._known.pairs) - dyads)):
            place = numbers[told_of] * len(days) + own.day[told_of] - days.start
            each = np.unique(place * len(own.stories) + story) // max(len(own.stories), 1)
            counts.append(np.bincount(each, minlength=(size + 1) * len(days)).reshape(-1, len(days))[:-1])
        return np.concatenate(counts) + self._printed.on(days).astype(np.int64)

    def _looked_back(self, value: Values, days: range, live: Codes) -> tuple[Values, Codes]:
        """Return percentile and the last day as tense, of the covered days that a pair's series has."""
        percentile, since = np.full(value.shape, np.nan), np.full(value.shape, -1)
        for row, pair in enumerate(live):
            covered = np.flatnonzero(~np.isnan(value[row]))
            covered = covered[days.start + covered >= self.spans[0][pair]]
            looked = self._values[pair].looked_back(value[row, covered], days.start + covered)
            percentile[row, covered], since[row, covered] = looked
        return percentile, since


class _Known:
    """The covered days of a pair so far, and their values."""

    def __init__(self, values: Values = np.empty(0), days: Codes = np.empty(0, np.int64)) -> None:  # noqa: B008
        self._values, self._days = values, days

    def looked_back(self, values: Values, days: Codes) -> tuple[Values, Codes]:
        """Return percentile and the last day as tense of the next covered days."""
        percentile, place = percentiles(self._values, values), last_as_high(self._values, values)
        self._values, self._days = np.append(self._values, values), np.append(self._days, days)
        return percentile, np.where(place < 0, -1, self._days[place])

    def dense(self, days: range) -> Values:
        """Return the values of all days, missing where a day is not covered."""
        found = np.full(len(days), np.nan)
        found[self._days - days.start] = self._values
        return found


def _spans(events: Stream, known: Numbering, last: int) -> tuple[Codes, Codes]:
    """Return the first and last day of each pair: from its first event to the last article, or event after it."""
    pairs = len(known.pairs)
    first, end = np.full(pairs + 2, np.iinfo(np.int64).max), np.full(pairs + 2, last)
    for numbers in (
        _of_pairs(events.dyad, 0, known.dyads, pairs),
        _of_pairs(events.directed, known.dyads, pairs, pairs),
    ):
        np.minimum.at(first, numbers, events.day)
        np.maximum.at(end, numbers, events.day)
    return first[:pairs], end[:pairs]


def _of_pairs(numbers: Codes, begin: int, end: int, other: int) -> Codes:
    return np.where(numbers + begin < end, numbers + begin, other)


def _decayed(flow: NDArray[np.floating], last: NDArray[np.floating], live: Codes, settings: IndexSettings) -> None:
    """Turn flows, days first, into levels in place, and keep the last of them."""
    constant = flow.dtype.type(decay(settings.half_life_days))
    level = last[live]
    for today in flow:
        level *= constant
        level += today
        today[...] = level
    last[live] = level


def interval(ranked: NDArray[np.float32], level: Values, settings: IndexSettings) -> tuple[Values, Values]:
    """Return the ends of the interval; it always contains the level.

    Where the middle of the resamples leaves the level out, the interval slides to it and keeps the share of resamples
    that it holds, since stretched it would cover more than it says.

    Parameters
    ----------
    ranked
        Resampled levels, shape (levels, replicates), each row in order.
    level
        The levels.
    """
    rows, last = np.arange(len(level)), ranked.shape[1] - 1
    out = int((1.0 - settings.interval) / 2.0 * last + 1e-9)
    below = np.minimum((ranked < level[:, None]).sum(axis=1), out)
    above = np.minimum((ranked > level[:, None]).sum(axis=1), out)
    lowest = np.minimum(ranked[rows, 2 * out - above], level)
    highest = np.maximum(ranked[rows, last - 2 * out + below], level)
    return lowest, highest


def _spread(values: NDArray[_Number], live: Codes, pairs: int) -> NDArray[_Number]:
    """Return values of the live pairs among all; what others have is never read."""
    found = np.zeros((pairs, values.shape[1]), values.dtype)
    found[live] = values
    return found
