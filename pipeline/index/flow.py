"""Scored events → flow of each pair and day.

The flow is the pair's weighted score divided by the weight of all events of that day in which either of the
two takes part: twice the articles of the same mixture give the same flow, and it stays within −10 … +10.
The records that may stand behind the events (`records.py`) give the flow anew, each as one more resample.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.index.records import LAG_DAYS, Record, records

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


def flows(events: pd.DataFrame, pairs: Collection[str], last: date, replicates: int) -> Flows:
    """Compute the flows of pairs.

    Parameters
    ----------
    events
        What `score_events` gave, with a column `pair` that names the dyad or the directed pair.
    pairs
        The pairs asked for; events of others count in the divisor alone.
    last
        Last day of the index; events that nobody saw are not later.
    replicates
        Number of resamples.
    """
    grid = _Grid(events, pairs, last)
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

    def __init__(self, events: pd.DataFrame, pairs: Collection[str], last: date) -> None:
        first = events["date"].min()
        self.last = (last - first).days
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
        among = {"dyad": dyads, "source": countries, "target": countries}
        of_pair = (_numbers(names, asked[column]) for column, names in among.items())
        self.around = [numbers[owner] * self.days + day for numbers in of_pair]
        names, dates = asked["pair"].to_numpy(), np.array([first + timedelta(days=n) for n in range(self.days)])
        self.keys = pd.DataFrame({"pair": names[owner], "date": dates[day]})

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
        """Return a record's weighted score of each row, by the weight of all that the two countries do that day."""
        inside = (record.lag == 0) | (self.day[record.events] + record.lag <= self.last)
        chosen, weight = record.events[inside], record.weight[inside]
        day = self.day[chosen] + record.lag[inside]
        top = self._summed(self.pair[chosen], day, self.sizes[0], weight * score[chosen])[self.rows]
        by_dyad = self._summed(self.dyad[chosen], day, self.sizes[1], weight)
        by_country = self._summed(self.source[chosen], day, self.sizes[2], weight)
        by_country += self._summed(self.target[chosen], day, self.sizes[2], weight)
        dyad, source, target = self.around
        total = by_country[source] + by_country[target] - by_dyad[dyad]
        flow: Values = np.divide(top, total, out=np.zeros_like(top), where=total > _NOTHING)
        return flow


def _numbers(names: pd.Index | pd.Series, of: pd.Series) -> Codes:
    """Return the place of each among the names; one that is not there comes after all."""
    found = pd.Index(names).get_indexer(of)
    return np.where(found < 0, len(names), found).astype(np.int64)
