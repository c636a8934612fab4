"""Flows and coverage → the rows of the index, one a day and pair, from its first event to the last article."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from pipeline.index.flow import Flows, flows
from pipeline.mapping import decay, tension
from pipeline.settings import IndexSettings

Floats = NDArray[np.float64]
_CODE = 3  # letters of a country code


def build_index(
    events: pd.DataFrame,
    published: Mapping[str, date],
    as_of: datetime,
    settings: IndexSettings,
    directed: bool = False,
) -> pd.DataFrame:
    """Compute the index.

    Parameters
    ----------
    events
        Scored events, one a row, as `score_events` gives them.
    published
        Article id → day of printing, for all articles known at `as_of`, those without events too.
    as_of
        Nothing printed later may be in `events` or `published`.
    settings
        Half-life, interval, base period and the number of dyads.
    directed
        Whether each direction is a series of its own (`PRK>KOR`) or the two make one (`KOR-PRK`).

    Returns
    -------
    pandas.DataFrame
        Columns as in `tables.INDEX`, or `tables.DIRECTED`, sorted by pair and date.
    """
    kept = events[events["dyad"].isin(_published_dyads(events, settings.max_dyads))]
    events = events.assign(pair=events["source"] + ">" + events["target"] if directed else events["dyad"])
    if kept.empty or not published:
        return pd.DataFrame()
    printed = Counter(published.values())
    flow = flows(events, set(events.loc[kept.index, "pair"]), printed, settings.replicates)
    coverage, last = _coverage(events, published, printed), max(printed)
    frames = [
        _series(str(pair), rows.to_numpy(), flow, coverage.get(str(pair), {}), last, settings)
        for pair, rows in flow.keys.groupby("pair").groups.items()
    ]
    return pd.concat(frames, ignore_index=True).assign(as_of=pd.Timestamp(as_of))


def _published_dyads(events: pd.DataFrame, most: int) -> set[str]:
    """Return the dyads with most events; ties by name."""
    sizes = events.groupby("dyad").size()
    return set(sorted(sizes.index, key=lambda dyad: (-sizes[dyad], dyad))[:most])


def _coverage(
    events: pd.DataFrame, published: Mapping[str, date], printed: Mapping[date, int]
) -> dict[str, dict[date, int]]:
    """Count, for each pair and day, the articles printed that day or reporting an event of it."""
    late: dict[str, dict[date, set[str]]] = {}
    for pair, day, articles in zip(events["pair"], events["date"], events["article_ids"], strict=True):
        others = {article for article in articles if published[article] != day}
        late.setdefault(pair, {}).setdefault(day, set()).update(others)
    return {
        pair: {**printed} | {day: printed.get(day, 0) + len(ids) for day, ids in days.items()}
        for pair, days in late.items()
    }


def _series(
    pair: str,
    rows: NDArray[np.int64],
    flow: Flows,
    coverage: Mapping[date, int],
    last: date,
    settings: IndexSettings,
) -> pd.DataFrame:
    dates = flow.keys["date"].iloc[rows].tolist()
    days = pd.date_range(dates[0], max(last, dates[-1]))
    calendar: list[date] = days.date.tolist()
    position = np.array([(day - dates[0]).days for day in dates])
    conflict, cooperation = np.zeros(len(days)), np.zeros(len(days))
    conflict[position], cooperation[position] = flow.conflict[rows], flow.cooperation[rows]
    resampled = np.zeros((len(flow.resampled), len(days)), np.float32)
    resampled[:, position] = flow.resampled[:, rows]
    n_events = np.zeros(len(days), np.int32)
    n_events[position] = flow.n_events[rows]
    n_articles = np.array([coverage.get(day, 0) for day in calendar], np.int32)
    covered = n_articles > 0
    level = _level(conflict + cooperation, settings)
    value = np.where(covered, tension(level, settings), np.nan)
    lowest, highest = _interval(_level(resampled, settings), level, settings)
    return pd.DataFrame(
        {
            "date": calendar,
            "dyad": pair,
            "source": pair[:_CODE],
            "target": pair[-_CODE:],
            "tension": value,
            "low": np.where(covered, tension(highest, settings), np.nan),
            "high": np.where(covered, tension(lowest, settings), np.nan),
            "conflict": np.where(covered, conflict, np.nan),
            "cooperation": np.where(covered, cooperation, np.nan),
            "level": level,
            "n_events": n_events,
            "n_articles": n_articles,
            "percentile": _percentile(value),
            "highest_since": _highest_since(value, calendar),
        }
    )


def _level(flow: NDArray[Any], settings: IndexSettings) -> NDArray[Any]:
    """Apply ``level[t] = level[t-1] · 0.5^(1/half_life) + flow[t]`` along the last axis."""
    constants = np.array([1.0, -decay(settings.half_life_days)], flow.dtype)
    return cast(NDArray[Any], lfilter(constants[:1], constants, flow, axis=-1))


def _interval(levels: NDArray[np.float32], level: Floats, settings: IndexSettings) -> tuple[Floats, Floats]:
    """Return the ends of the interval; it always contains the level.

    Where the middle of the resamples leaves the level out, the interval slides to it and keeps the share of resamples
    that it holds, since stretched it would cover more than it says.
    """
    ranked = np.sort(levels.T, axis=1)
    days, last = np.arange(len(level)), ranked.shape[1] - 1
    out = int((1.0 - settings.interval) / 2.0 * last + 1e-9)
    below = np.minimum((ranked < level[:, None]).sum(axis=1), out)
    above = np.minimum((ranked > level[:, None]).sum(axis=1), out)
    lowest = np.minimum(ranked[days, 2 * out - above], level)
    highest = np.maximum(ranked[days, last - 2 * out + below], level)
    return lowest, highest


def _percentile(value: Floats) -> Floats:
    """Return the share of covered days so far at or below each value, 0 … 100."""
    seen: list[float] = []
    result = np.full(len(value), np.nan)
    for n in np.flatnonzero(~np.isnan(value)):
        insort(seen, value[n])
        result[n] = 100.0 * bisect_right(seen, value[n]) / len(seen)
    return result


def _highest_since(value: Floats, days: list[date]) -> list[date | None]:
    """Return the last earlier covered day at least as tense as each, None where there is none."""
    result: list[date | None] = [None] * len(value)
    stack: list[int] = []
    for n in np.flatnonzero(~np.isnan(value)):
        while stack and value[stack[-1]] < value[n]:
            stack.pop()
        if stack:
            result[n] = days[stack[-1]]
        stack.append(int(n))
    return result
