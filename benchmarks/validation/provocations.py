"""A dated chronology of provocations → severity, and how often the index rises within three days.

Severity is read from the chronology's own words for the kind of event: 4 sinking, shelling of land, nuclear test;
3 naval battle, exchange of fire on the ground, satellite, intercontinental and medium-range launches; 2 artillery fire
into the sea, short-range launches, interception of an aircraft, seizure of a boat; 1 all else (coastal missiles,
incursions, closed zones of sea).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from validation.runs import FIRST, LAST, faded

AFTER = 3
"""Days after a provocation in which the index must answer."""
RANKS = (
    (4, ("sinking", "shelling of", "nuclear")),
    (3, ("naval", "exchange of fire", "satellite", "inter-continental", "medium-range")),
    (2, ("artillery", "short-range", "interception", "seizure")),
)
TOP = 0.9


def read(path: Path) -> pd.DataFrame:
    """Read the provocations of the study's years: `date`, `severity`."""
    rows = pd.read_csv(path, parse_dates=["date"])
    rows = rows[rows["date"].between(FIRST, LAST)].sort_values("date")
    return rows.assign(severity=rows["event"].map(severity))[["date", "severity"]].reset_index(drop=True)


def severity(event: str) -> int:
    """Return 1 to 4."""
    return next((rank for rank, words in RANKS if any(word in event.lower() for word in words)), 1)


def monthly(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `count` and `severity` (the sum) of each month, zero where there was none, and `remembered`.

    `remembered` is the monthly mean of a level of severity that fades as the index's level does.
    """
    grouped = rows.groupby(rows["date"].dt.to_period("M"))["severity"].agg(["size", "sum"])
    every = pd.period_range(FIRST, LAST, freq="M")
    daily = rows.groupby("date")["severity"].sum().reindex(pd.date_range(FIRST, LAST), fill_value=0)
    level = pd.Series(faded(daily.to_numpy(float)), daily.index)
    months = grouped.set_axis(["count", "severity"], axis=1).reindex(every, fill_value=0)
    return months.assign(remembered=level.groupby(level.index.to_period("M")).mean())


def top_days(series: pd.DataFrame) -> pd.Series:
    """Return which days are in the top decile of tension of all covered days."""
    return series["tension"] >= series["tension"].quantile(TOP)


def jump_days(series: pd.DataFrame) -> pd.Series:
    """Return which days are among the most hostile tenth by flow; days of no net conflict never are."""
    hostile = -series["flow"].fillna(0.0)
    return (hostile > 0) & (hostile >= hostile.quantile(TOP))


def followed(flags: pd.Series, dates: pd.Series) -> np.ndarray:
    """Return for each date whether one of it and the days after is flagged."""
    return soon(flags)[positions(flags, dates)]


def soon(flags: pd.Series) -> np.ndarray:
    """Return for each day whether it or one of the days after is flagged; the calendar is a circle."""
    values = flags.to_numpy()
    return np.logical_or.reduce([np.roll(values, -n) for n in range(AFTER + 1)])


def positions(flags: pd.Series, dates: pd.Series) -> np.ndarray:
    """Return where the dates stand in the calendar."""
    return flags.index.get_indexer(pd.DatetimeIndex(dates))


def against_chance(flags: pd.Series, dates: pd.Series) -> dict[str, float]:
    """Return the share of dates that are followed, what all circular shifts of them give on average, and p.

    A shift keeps how the dates cluster and how the flagged days do; p is the share of shifts that do as well.
    """
    near, days = soon(flags), positions(flags, dates)
    seen = near[days].mean()
    shifted = np.array([near[(days + n) % len(near)].mean() for n in range(len(near))])
    return {
        "share": round(float(seen), 3),
        "chance": round(float(shifted.mean()), 3),
        "p": round(float((shifted >= seen - 1e-12).mean()), 4),
    }


def hits(series: pd.DataFrame, rows: pd.DataFrame) -> dict:
    """Return the shares for tension and flow, for all provocations and for the severe ones."""
    chosen = {"all": rows, "severity 3 and 4": rows[rows["severity"] >= 3]}
    return {
        name: {
            "provocations": len(some),
            "tension in its top decile": against_chance(top_days(series), some["date"]),
            "flow in its top decile": against_chance(jump_days(series), some["date"]),
        }
        for name, some in chosen.items()
    }


def by_severity(series: pd.DataFrame, rows: pd.DataFrame, both: pd.DataFrame, north: pd.DataFrame) -> list[dict]:
    """Return for each severity how many provocations the news and the index could have known of.

    `both` and `north` count, in `items`, news items a day that name both Koreas, or North Korea.
    """
    flags = {
        "news names North Korea": north["items"].reindex(series.index, fill_value=0) > 0,
        "news names both Koreas": both["items"].reindex(series.index, fill_value=0) > 0,
        "the pair has conflict": series["conflict"].fillna(0) < 0,
        "flow in its top decile": jump_days(series),
        "tension in its top decile": top_days(series),
    }
    return [
        {"severity": int(rank), "provocations": len(some)}
        | {name: int(followed(flag, some["date"]).sum()) for name, flag in flags.items()}
        for rank, some in sorted(rows.groupby("severity"), reverse=True)
    ]
