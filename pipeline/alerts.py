"""An index and rules → alerts: the days on which a dyad crossed a line, each told once.

A line is crossed on a covered day that lies on or above it when the covered day before lay below. A crossing that later
articles move by a few days is still the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pandas as pd

from pipeline.records import Alert
from pipeline.settings import AlertSettings

_FRESH = timedelta(days=14)  # what was crossed earlier is no news
_SAME = timedelta(days=7)


def new_alerts(
    index: pd.DataFrame, rules: Iterable[AlertSettings], raised: Sequence[Alert], as_of: date
) -> list[Alert]:
    """Return the alerts of a night.

    Parameters
    ----------
    index
        The undirected and directed index; columns `dyad`, `date`, `tension`, `percentile`.
    rules
        The lines.
    raised
        Alerts of earlier nights.
    as_of
        The night; crossings more than two weeks older are left out.
    """
    found = []
    for rule in rules:
        days = index[(index["dyad"] == rule.dyad) & index["tension"].notna()]
        known = [alert.date for alert in raised if alert.rule == rule.name]
        for alert in _crossings(days.sort_values("date"), rule):
            if alert.date >= as_of - _FRESH and all(abs(alert.date - one) > _SAME for one in known):
                found.append(alert)
                known.append(alert.date)
    return found


def _crossings(days: pd.DataFrame, rule: AlertSettings) -> list[Alert]:
    dates = pd.to_datetime(days["date"])
    values = pd.Series(_values(days, rule).to_numpy(), index=dates)
    above = values >= rule.threshold
    crossed = above & ~above.shift(fill_value=False) & values.shift().notna()
    return [
        Alert(rule.name, rule.dyad, day.date(), round(float(value), 2), rule.threshold)
        for day, value in values[crossed].items()
        if isinstance(day, pd.Timestamp)
    ]


def _values(days: pd.DataFrame, rule: AlertSettings) -> pd.Series[float]:
    if rule.percentile is not None:
        return days["percentile"]
    if rule.level is not None:
        return days["tension"]
    tension = days.assign(date=pd.to_datetime(days["date"])).set_index("date")["tension"]
    return tension - tension.rolling(f"{rule.days + 1}D").min()
