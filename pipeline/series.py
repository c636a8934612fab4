"""A daily index of one dyad → weeks, months and regimes, for reading and plotting.

Days without coverage are left out, never averaged as if they were calm, and every row says how many days it knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import StoreError

_LEAST_WEEKS = 8
_REGIME = ["first", "last", "n_weeks", "flow", "tension"]
_PENALTY = 3.0  # of BIC's kind: a change of mean costs its place and its size, log(n) each, and one more for caution


def weekly(index: pd.DataFrame) -> pd.DataFrame:
    """Return the weeks of a dyad, named by their Sunday; columns as `monthly`."""
    return _resampled(index, "W")


def monthly(index: pd.DataFrame) -> pd.DataFrame:
    """Return the months of a dyad, named by their last day.

    Parameters
    ----------
    index
        Days of one dyad, as `read_index` gives them.

    Returns
    -------
    pandas.DataFrame
        By `date`: `tension` (mean of the covered days, 0–100), `low` and `high` (means of the interval's ends),
        `highest` (of the covered days), `conflict` (≤ 0) and `cooperation` (≥ 0) summed over the covered days,
        `n_events`, and `n_days` covered. What has no covered day is missing, not zero.

    Raises
    ------
    StoreError
        If `index` holds several dyads, or none.
    """
    return _resampled(index, "ME")


def regimes(index: pd.DataFrame) -> pd.DataFrame:
    """Return the periods between changes in what the two do to each other.

    The mean of the weekly flow (conflict and cooperation of covered days) is split where it changes, by optimal
    partitioning (PELT, Killick et al. 2012) with a penalty of 3 · log(weeks) · variance, the variance taken from the
    differences of neighbouring weeks; a period has eight weeks at least. Later weeks may move the last periods.

    Parameters
    ----------
    index
        Days of one dyad, as `read_index` gives them.

    Returns
    -------
    pandas.DataFrame
        `first` and `last` day, `n_weeks` with coverage, mean `flow` of a covered day (negative is conflict; −10 is a
        usual day's events, all of the worst kind), mean `tension`, and `change` of the flow against the period before
        (missing for the first). No row if no day is covered.
    """
    from ruptures import Pelt  # noqa: PLC0415 - scipy's optimisers weigh, and few need them

    days = _one_dyad(index)
    flow = (days["conflict"] + days["cooperation"]).resample("W").mean().dropna()
    ends = [len(flow)]
    spread = float(np.var(np.diff(flow))) / 2 if len(flow) > 1 else 0.0
    if len(flow) >= 2 * _LEAST_WEEKS and spread > 0:
        penalty = _PENALTY * np.log(len(flow)) * spread
        ends = Pelt(custom_cost=_squares(), min_size=_LEAST_WEEKS, jump=1).fit(flow.to_numpy()).predict(pen=penalty)
    parts = [flow.iloc[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    found = pd.DataFrame([_regime(days, part) for part in parts if len(part)], columns=_REGIME)
    return found.assign(change=found["flow"].diff())


def _squares() -> Any:
    """Return the squared deviations from a period's mean as a cost, from running sums: eight times as fast."""
    from ruptures.costs import CostL2  # noqa: PLC0415

    class Squares(CostL2):  # type: ignore[misc]  # ruptures has no types
        def fit(self, signal: NDArray[np.float64]) -> Any:
            centred = signal - signal.mean()
            self.sums, self.squares = ([0.0, *np.cumsum(one).tolist()] for one in (centred, centred**2))
            return super().fit(signal)

        def error(self, start: int, end: int) -> float:
            total: float = self.sums[end] - self.sums[start]
            return float(self.squares[end] - self.squares[start] - total * total / (end - start))

    return Squares()


def _regime(days: pd.DataFrame, weeks: pd.Series[float]) -> dict[str, object]:
    first, last = weeks.index[0] - pd.Timedelta(days=6), weeks.index[-1]
    own = days[(days.index >= first) & (days.index <= last)]
    return {
        "first": max(first, days.index[0]),
        "last": min(last, days.index[-1]),
        "n_weeks": len(weeks),
        "flow": float(weeks.mean()),
        "tension": float(own["tension"].mean()),
    }


def _resampled(index: pd.DataFrame, rule: str) -> pd.DataFrame:
    parts = _one_dyad(index).resample(rule)
    covered = parts["tension"].count()
    frame = pd.DataFrame(
        {
            "tension": parts["tension"].mean(),
            "low": parts["low"].mean(),
            "high": parts["high"].mean(),
            "highest": parts["tension"].max(),
            "conflict": parts["conflict"].sum(min_count=1),
            "cooperation": parts["cooperation"].sum(min_count=1),
            "n_events": parts["n_events"].sum(),
            "n_days": covered,
        }
    )
    frame.attrs = dict(index.attrs)
    return frame


def _one_dyad(index: pd.DataFrame) -> pd.DataFrame:
    """Return the days by date; the two directions of a pair are different dyads."""
    names = sorted(index["dyad"].unique())
    if len(names) != 1:
        raise StoreError(
            f"one dyad is needed, not {', '.join(names[:5]) or 'none'}; read_index(outputs, dyad) gives one"
        )
    return index.assign(date=pd.to_datetime(index["date"])).set_index("date").sort_index()
