"""Scored events → flow of each pair and day, with resamples.

The flow is the pair's weighted score divided by the weight of all events of that day in which either of the
two takes part: twice the articles of the same mixture give the same flow, and it stays within −10 … +10.
A resample leaves articles out at random (Poisson bootstrap) and drops events as often as the coder errs; its
random numbers are hashes of article and event ids, so that order and batches do not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Codes = NDArray[np.int64]
_ABSENT = float(np.exp(-1.0))
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Flows:
    """Flow of every (date, pair) that has events: rows as in `keys`, sorted by pair and date.

    `conflict` ≤ 0 and `cooperation` ≥ 0 sum to the flow; `resampled` has shape (rows, replicates).
    """

    keys: pd.DataFrame
    conflict: Matrix
    cooperation: Matrix
    resampled: Matrix
    n_events: Codes


def flows(events: pd.DataFrame, pair: str, replicates: int) -> Flows:
    """Compute the flows of pairs.

    Parameters
    ----------
    events
        What `score_events` gave, with a column `pair` that names the dyad or the directed pair.
    pair
        The column to group by.
    replicates
        Number of resamples.
    """
    base = (events["salience"] * events["share"]).to_numpy(np.float64)
    score = events["score"].to_numpy(np.float64)
    columns = np.column_stack([base * events["confidence"], base[:, None] * _kept(events, replicates)])
    rows, keys = _groups(events, [pair, "date"])
    total = _around(events, columns)
    numerator = _sums(columns * score[:, None], rows, len(keys))
    first = np.zeros(len(keys), np.int64)
    first[rows[::-1]] = np.arange(len(events))[::-1]
    scale = np.divide(1.0, total[first], out=np.zeros_like(total[first]), where=total[first] > 0)
    conflict = _sums((columns[:, :1] * np.minimum(score, 0)[:, None]), rows, len(keys))[:, 0] * scale[:, 0]
    net = numerator * scale
    return Flows(
        keys=keys,
        conflict=conflict,
        cooperation=np.maximum(net[:, 0] - conflict, 0.0),
        resampled=net[:, 1:],
        n_events=np.rint(_sums(events["share"].to_numpy(np.float64)[:, None], rows, len(keys))[:, 0]).astype(np.int64),
    )


def _groups(events: pd.DataFrame, columns: Sequence[str]) -> tuple[Codes, pd.DataFrame]:
    """Return the group number of every event, and the sorted groups."""
    grouped = events.groupby(list(columns), sort=True)
    keys = grouped.size().reset_index()[list(columns)]
    return cast(Codes, grouped.ngroup().to_numpy(np.int64)), keys


def _sums(values: Matrix, rows: Codes, size: int) -> Matrix:
    order = np.argsort(rows, kind="stable")
    if not len(order):
        return np.zeros((size, values.shape[1]))
    starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
    return cast(Matrix, np.add.reduceat(values[order], starts, axis=0))


def _around(events: pd.DataFrame, columns: Matrix) -> Matrix:
    """Return, for every event, the weight of that day's events with either of its two parties."""
    ends = pd.concat(
        [
            events[["date", "source"]].rename(columns={"source": "code"}),
            events[["date", "target"]].rename(columns={"target": "code"}),
        ],
        ignore_index=True,
    )
    rows, keys = _groups(ends, ["date", "code"])
    by_country = _sums(np.vstack([columns, columns]), rows, len(keys))
    pair_rows, pair_keys = _groups(events, ["date", "dyad"])
    by_dyad = _sums(columns, pair_rows, len(pair_keys))
    n = len(events)
    return by_country[rows[:n]] + by_country[rows[n:]] - by_dyad[pair_rows]


def _kept(events: pd.DataFrame, replicates: int) -> NDArray[np.bool_]:
    """Return which events each resample holds, shape (events, replicates)."""
    sure = _uniform(events["event_id"].tolist(), replicates) < events["confidence"].to_numpy()[:, None]
    ids = sorted({article for articles in events["article_ids"] for article in articles})
    number = {article: n for n, article in enumerate(ids)}
    printed = _uniform(ids, replicates) >= _ABSENT
    flat = np.array([number[a] for articles in events["article_ids"] for a in articles], np.int64)
    sizes = np.array([len(articles) for articles in events["article_ids"]], np.int64)
    if not len(flat):
        return sure
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    reported = np.logical_or.reduceat(printed[flat], starts, axis=0)
    return sure & reported


def _uniform(names: Sequence[str], replicates: int) -> Matrix:
    """Return numbers in [0, 1) that depend on name and replicate alone (SplitMix64), shape (names, replicates)."""
    seeds = np.array(
        [int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") for name in names],
        np.uint64,
    )
    state = seeds[:, None] + _STEP * np.arange(1, replicates + 1, dtype=np.uint64)[None, :]
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return cast(Matrix, (state >> np.uint64(11)).astype(np.float64) / float(1 << 53))
