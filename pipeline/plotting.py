"""Outputs → the figure of one dyad, as the report shows it, for notebooks and papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from pipeline import series
from pipeline.errors import StoreError
from pipeline.reading import read_events, read_index
from pipeline.report import draw, dyad_report

Day = date | str | None


def plot_index(
    outputs: Path | str = "outputs",
    dyad: str = "KOR-PRK",
    *,
    as_of: Day = None,
    first: Day = None,
    last: Day = None,
    events: bool = True,
    regimes: bool = True,
) -> Figure:
    """Draw tension with its interval above, conflict and cooperation below.

    Parameters
    ----------
    outputs
        The outputs folder of a run.
    dyad
        `KOR-PRK` for a pair, `PRK>KOR` for one direction.
    as_of
        The index as it stood at the end of this day, with the events known then; by default the latest.
    first, last
        First and last day to show; by default all.
    events
        Whether to name the weightiest events of the days shown.
    regimes
        Whether to shade the periods between changes, found in all days, shown or not.

    Returns
    -------
    matplotlib.figure.Figure
        Of 12 by 6.4 inches; a notebook shows it, and `.savefig("korea.pdf")` keeps it.

    Raises
    ------
    StoreError
        If there is no index, none by `as_of`, the dyad is not in it, or it has no day from `first` to `last`.
    """
    whole = read_index(outputs, dyad, as_of)
    method = whole.attrs["method"]
    report = dyad_report(
        str(whole["dyad"].iloc[0]),
        _within(whole, first, last),
        _known(read_events(outputs), method),
        series.regimes(whole),
    )
    return draw(report, method, events=events, regimes=regimes)


def _within(index: pd.DataFrame, first: Day, last: Day) -> pd.DataFrame:
    start, end = (None if day is None else pd.Timestamp(day) for day in (first, last))
    days = index["date"]
    shown = index[days.between(start or days.min(), end or days.max())]
    if shown.empty:
        asked = f"from {first or 'the first'} to {last or 'the last'}"
        span = f"it runs from {days.min().date()} to {days.max().date()}"
        raise StoreError(f"{index['dyad'].iloc[0]} has no day {asked}; {span}")
    return shown


def _known(events: pd.DataFrame, method: Mapping[str, Any]) -> pd.DataFrame:
    """Return the events that were told by the moment of the index."""
    return events[pd.to_datetime(events["first_seen_at"], utc=True) <= pd.Timestamp(method["as_of"])]
