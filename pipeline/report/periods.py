"""The regimes of a dyad → the periods that a figure shows, a table of them, and what they say in a sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd


def in_view(regimes: pd.DataFrame, days: pd.Index[Any]) -> pd.DataFrame:
    """Return the periods cut to `days`, with their `strength` (0 … 1) against the strongest of all.

    None if there is but one: it has no change to show.
    """
    if len(regimes) < 2:
        return regimes.head(0).assign(strength=0.0)
    strength = regimes["flow"].abs() / max(regimes["flow"].abs().max(), 1e-9)
    shown = regimes.assign(
        first=regimes["first"].clip(lower=days.min()), last=regimes["last"].clip(upper=days.max()), strength=strength
    )
    return shown[shown["first"] <= shown["last"]]


def period_rows(regimes: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return from, to, weeks, mean flow, mean tension and change of each period as words, the newest first."""
    return [
        (
            str(row["first"].date()),
            str(row["last"].date()),
            str(row["n_weeks"]),
            signed(row["flow"]),
            f"{row['tension']:.1f}",
            "–" if pd.isna(row["change"]) else signed(row["change"]),
        )
        for row in reversed(regimes.to_dict("records"))
    ]


def period_sentence(regimes: pd.DataFrame) -> str:
    """Return how many periods there are, and what the last is like."""
    if regimes.empty:
        return ""
    last = regimes.iloc[-1]
    mean = f"tension {last['tension']:.1f} and flow {signed(last['flow'])} on average"
    if len(regimes) == 1:
        return f"No lasting change of the flow was found: {mean}."
    return f"The flow changed {_times(len(regimes) - 1)}; since {last['first'].date()} it is one period, {mean}."


def signed(value: float) -> str:
    """Return a flow with its sign, in hundredths."""
    return f"{value:+.2f}".replace("-", "−")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
