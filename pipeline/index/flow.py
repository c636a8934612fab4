"""Scored events → flow of each pair and day.

The flow is the pair's weighted score divided by what a usual day of the two weighs (`usual.py`): twice the articles of
the same mixture give the same flow, and a day with more than usual weighs more.
The records that may stand behind the events (`records.py`) give the flow anew, each as one more resample.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.index.records import LAG_DAYS, Record, records
from pipeline.index.usual import usual_weight

Values = NDArray[np.float64]
Codes = NDArray[np.int64]
_NOTHING = 1e-9


@dataclass(frozen=True)
class Flows:
    """Flow of every (pair, date) that has events or may have unseen ones: rows as in `keys`, sorted by both.

    `conflict` ≤ 0 and `cooperation` ≥ 0 sum to the flow; `resampled` has shape (replicates, rows).
    """

    keys: pd.DataFrame
    conflict: Values
    cooperation: Values
    resampled: NDArray[np.float32]
    n_events: Codes


def flows(events: pd.DataFrame, pairs: Collection[str], printed: Mapping[date, int], replicates: int) -> Flows:
    """Compute the flows of pairs.

    Parameters
    ----------
    events
        What `score_events` gave, with a column `pair` that names the dyad or the directed pair.
    pairs
        The pairs asked for; events of others count in the divisor alone.
    printed
        How many articles were printed on each day; events that nobody saw are not later than the last.
    replicates
        Number of resamples.
    """
    grid = _Grid(events, pairs, printed)
    score = events["score"].to_numpy(np.float64)
    share = events["share"].to_numpy(np.float64)
    everything, today = np.arange(len(events)), np.zeros(len(events), np.int64)
    seen = Record(everything, today, (events["salience"] * events["confidence"]).to_numpy(np.float64) * share)
    conflict = grid.ratio(seen, np.minimum(score, 0.0))
    resampled = np.empty((replicates, len(grid.keys)), np.float32)
    for number, record in enumerate(records(events, grid.day, replicates)):
        resampled[number] = grid.ratio(record, score)
    return Flows(
        keys=grid.keys,
        conflict=conflict,
        cooperation=np.maximum(grid.ratio(seen, score) - conflict, 0.0),
        resampled=resampled,
        n_events=np.rint(grid.sums(Record(everything, today, share))).astype(np.int64),
    )


class _Grid:
    """Where events stand among all days of pairs, dyads and countries; a pair not asked for has the last number."""

    def __init__(self, events: pd.DataFrame, pairs: Collection[str], printed: Mapping[date, int]) -> None:
        first = min(events["date"].min(), *printed)
        self.last = (max(printed) - first).days
        self.days = max(self.last, (events["date"].max() - first).days) + 1
        self.day = np.array([(day - first).days for day in events["date"]], np.int64)
        asked = events[events["pair"].isin(pairs)].drop_duplicates("pair").sort_values("pair")
        self.pair = _numbers(asked["pair"], events["pair"])
        dyads = asked["dyad"].drop_duplicates()
        self.dyad = _numbers(dyads, events["dyad"])
        countries = pd.Index(events["source"]).union(pd.Index(events["target"])).unique()
        self.source, self.target = _numbers(countries, events["source"]), _numbers(countries, events["target"])
        self.sizes = len(asked) + 1, len(dyads) + 1, len(countries)
        self.rows = self._rows()
        owner, day = np.divmod(self.rows, self.days)
        self.place = _numbers(dyads, asked["dyad"])[owner], day
        self.members = [_numbers(countries, dyads.str[part]) for part in (slice(3), slice(-3, None))]
        dates = [first + timedelta(days=n) for n in range(self.days)]
        self.printed = np.array([printed.get(one, 0) for one in dates], np.float64)
        self.keys = pd.DataFrame({"pair": asked["pair"].to_numpy()[owner], "date": np.array(dates)[day]})

    def _rows(self) -> Codes:
        """Return the places of pair and day that an event, seen or not, may have."""
        taken = np.zeros((self.sizes[0], self.days), np.bool_)
        taken[self.pair, self.day] = True
        for lag in range(1, LAG_DAYS):
            inside = self.day + lag <= self.last
            taken[self.pair[inside], self.day[inside] + lag] = True
        return cast(Codes, np.flatnonzero(taken[:-1]))

    def _summed(self, numbers: Codes, day: Codes, size: int, weight: Values) -> Values:
        summed = np.bincount(numbers * self.days + day, weight, size * self.days)
        return summed.astype(np.float64, copy=False)  # without events, NumPy counts in integers

    def sums(self, record: Record) -> Values:
        """Return the summed weight of a record's events, for each row."""
        day = self.day[record.events] + record.lag
        return self._summed(self.pair[record.events], day, self.sizes[0], record.weight)[self.rows]

    def ratio(self, record: Record, score: Values) -> Values:
        """Return a record's weighted score of each row, by what a usual day of the two countries weighs."""
        inside = (record.lag == 0) | (self.day[record.events] + record.lag <= self.last)
        chosen, weight = record.events[inside], record.weight[inside]
        day = self.day[chosen] + record.lag[inside]
        top = self._summed(self.pair[chosen], day, self.sizes[0], weight * score[chosen])[self.rows]
        usual = usual_weight(self._of_either(chosen, day, weight), self.printed)[self.place]
        flow: Values = np.divide(top, usual, out=np.zeros_like(top), where=usual > _NOTHING)
        return flow

    def _of_either(self, chosen: Codes, day: Codes, weight: Values) -> Values:
        """Return the weight of all that a dyad's two countries do, shape (dyads, days)."""
        own = self._summed(self.dyad[chosen], day, self.sizes[1], weight)
        countries = self._summed(self.source[chosen], day, self.sizes[2], weight)
        countries += self._summed(self.target[chosen], day, self.sizes[2], weight)
        of_country = countries.reshape(-1, self.days)
        one, other = self.members
        either: Values = of_country[one] + of_country[other] - own.reshape(-1, self.days)[:-1]
        return either


def _numbers(names: pd.Index | pd.Series, of: pd.Series) -> Codes:
    """Return the place of each among the names; one that is not there comes after all."""
    found = pd.Index(names).get_indexer(of)
    return np.where(found < 0, len(names), found).astype(np.int64)
