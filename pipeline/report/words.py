"""The series of a dyad → sentences: what its last covered day says, and which of its days were records."""

from __future__ import annotations

import pandas as pd

LEAST_DAYS = 365
SETTLED_DAYS = 30
MOST_RECORDS = 8
_BALANCE = 50.0


def latest_sentence(series: pd.DataFrame) -> str:
    """Return what the last covered day says, in a sentence."""
    covered = series[series["tension"].notna()]
    if covered.empty:
        return "No day has coverage."
    last, since = covered.iloc[-1], pd.Timestamp(covered["highest_since"].iloc[-1])
    fell = len(covered) > 1 and since == covered.index[-2]
    record = f"no higher than on {since.date()}" if fell else _record(since)
    return (
        f"On {covered.index[-1].date()} tension stood at {last['tension']:.1f} ({last['low']:.1f}–{last['high']:.1f}), "
        f"{record}, at percentile {last['percentile']:.0f} of all covered days until then."
    )


def record_days(series: pd.DataFrame) -> list[str]:
    """Return the record days of a dyad in words, the newest first.

    A record is a peak above balance: no covered day of the year before it, or of more, was as tense, and none of the
    thirty days after it was tenser; days of the dyad's first covered year are none. Of more than eight, those that
    look back farthest are told.

    Parameters
    ----------
    series
        Days of one dyad by date, with `tension` and `highest_since`.
    """
    covered = series[series["tension"].notna()]
    since = pd.to_datetime(covered["highest_since"])
    reach = (covered.index.to_series() - since.fillna(covered.index.min())).dt.days
    high = (reach >= LEAST_DAYS) & (covered["tension"].round(1) > _BALANCE)
    settled = [day for day in covered.index[high] if _stands(covered["tension"], day)]
    chosen = reach[settled].sort_values(kind="stable").index[-MOST_RECORDS:]
    return [_told(covered["tension"], day, since[day]) for day in sorted(chosen, reverse=True)]


def _stands(tension: pd.Series[float], day: pd.Timestamp) -> bool:
    """Whether no day soon after was tenser."""
    soon = tension[(tension.index > day) & (tension.index <= day + pd.Timedelta(days=SETTLED_DAYS))]
    return not (soon > tension[day]).any()


def _told(tension: pd.Series[float], day: pd.Timestamp, since: pd.Timestamp) -> str:
    topped = (tension[tension.index > day] >= tension[day]).any()
    return f"{day.date()}: {tension[day]:.1f}, {_record(since)}{'' if topped else '; unmatched'}"


def _record(since: pd.Timestamp) -> str:
    return "the highest so far" if pd.isna(since) else f"the highest since {pd.Timestamp(since).date()}"
