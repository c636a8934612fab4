"""The highest weeks of each pair and the events behind them, beside crises that the public record knows.

`crises.csv` was written from memory before any week was looked at; `judgements.csv` afterwards, week by week.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.records import Event
from pipeline.score import score_events
from pipeline.settings import IndexSettings
from pipeline.tables import EVENTS, table_of
from validation.provocations import followed, top_days
from validation.runs import summed, window

HERE = Path(__file__).parent
WEEKS = 5
APART = 60
"""Least days between two weeks listed, two half-lives: the same crisis is not listed twice."""


def read_known() -> pd.DataFrame:
    """Read the known crises: `dyad`, `first`, `last`, `crisis`."""
    return pd.read_csv(HERE / "crises.csv", parse_dates=["first", "last"])


def read_judgements() -> dict[tuple[str, str], str]:
    """Read what was judged by hand: pair and Monday → a line."""
    with (HERE / "judgements.csv").open(encoding="utf-8", newline="") as file:
        return {(row["dyad"], row["week"]): row["judgement"] for row in csv.DictReader(file)}


def study(index: pd.DataFrame, events: pd.DataFrame, known: pd.DataFrame, dyads: tuple[str, ...]) -> dict:
    """Return for each pair its highest weeks, the highest day of each year, and how its crises were met."""
    judged, scored, added = read_judgements(), counted(events), unnormalised(events)
    found = {}
    for dyad in dyads:
        series = window(index[index["dyad"] == dyad].set_index("date"))
        own, crises = of_pair(scored, dyad), known[known["dyad"] == dyad]
        found[dyad] = {
            "weeks": [
                week | {"judgement": judged.get((dyad, week["week"]), "")} for week in highest(series, own, crises)
            ],
            "met": met(series, crises),
            "met without normalisation": met(summed(added[added["dyad"] == dyad]), crises),
            "years": peaks(series, own),
        }
    return found


def counted(events: pd.DataFrame) -> pd.DataFrame:
    """Keep what enters the daily index: happened or recalled, dated to the day, sure enough."""
    kept = (
        events["status"].isin(["happened", "historical"])
        & (events["date_precision"] == "day")
        & (events["confidence"] >= IndexSettings().min_confidence)
    )
    return events[kept].assign(date=pd.to_datetime(events["event_date"]))


def unnormalised(events: pd.DataFrame) -> pd.DataFrame:
    """Score the events as the pipeline does before it divides by what else was reported."""
    records = [Event(**{str(name): value for name, value in row.items()}) for row in events.to_dict("records")]
    return score_events(table_of(records, EVENTS), events["first_seen_at"].max(), IndexSettings()).to_pandas()


def of_pair(events: pd.DataFrame, dyad: str) -> pd.DataFrame:
    """Return the events of a pair in both directions."""
    one, other = dyad.split("-")
    return events[
        ((events["source"] == one) & (events["target"] == other))
        | ((events["source"] == other) & (events["target"] == one))
    ]


def highest(series: pd.DataFrame, events: pd.DataFrame, crises: pd.DataFrame) -> list[dict]:
    """Return the weeks (from Monday) of the highest days, none within two half-lives of another."""
    left, weeks = series["tension"].dropna(), []
    while len(weeks) < WEEKS and len(left):
        day = left.idxmax()
        weeks.append(
            {
                "week": (day - pd.Timedelta(days=day.weekday())).date().isoformat(),
                "peak": day.date().isoformat(),
                "tension": round(float(left[day]), 1),
                "events": behind(events, day),
                "known": name_of(crises, day),
            }
        )
        left = left[abs(left.index - day) > pd.Timedelta(days=APART)]
    return sorted(weeks, key=lambda week: -week["tension"])


def behind(events: pd.DataFrame, day: pd.Timestamp, top: int = 3) -> list[str]:
    """Name the events with most conflict left in the level of a day."""
    before = events[(events["date"] <= day) & (events["score"] < 0)]
    age = (day - before["date"]).dt.days
    weight = before["score"] * before["confidence"] * 0.5 ** (age / IndexSettings().half_life_days)
    strongest = before.assign(weight=weight).nsmallest(top, "weight").sort_values("date")
    return [
        f"{row.source}>{row.target} {row.event_type}{f' {row.mode}' if row.mode else ''} {row.date:%d %b %Y}"
        for row in strongest.itertuples()
    ]


def name_of(crises: pd.DataFrame, day: pd.Timestamp) -> str:
    """Name the known crisis that a day lies in, or follows within a month; empty if there is none."""
    some = crises[(crises["first"] <= day) & (crises["last"] + pd.Timedelta(days=30) >= day)]
    return str(some.sort_values("first")["crisis"].iloc[-1]) if len(some) else ""


def met(series: pd.DataFrame, crises: pd.DataFrame) -> dict:
    """Return how many known crises reach the top decile of tension, and which do not.

    `days_known` is the share of all days that lie in a known crisis or in the month after it: what a week would have
    by chance. `missed` reach it on no day.
    """
    flags = top_days(series)
    reached = [bool(flags[row.first : row.last].any()) for row in crises.itertuples()]
    inside = np.array([bool(name_of(crises, day)) for day in series.index])
    return {
        "crises": len(crises),
        "reached": sum(reached),
        "days_known": round(float(inside.mean()), 2),
        "top_days_known": round(float(inside[flags.to_numpy()].mean()), 2),
        "starts_met_in_3_days": int(followed(flags, crises["first"]).sum()),
        "missed": [row.crisis for row, there in zip(crises.itertuples(), reached, strict=True) if not there],
    }


def peaks(series: pd.DataFrame, events: pd.DataFrame) -> dict[str, dict]:
    """Return the highest day of each year with the strongest event left in its level."""
    found = {}
    for year, values in series["tension"].dropna().groupby(lambda day: day.year):
        day = values.idxmax()
        found[str(year)] = {
            "day": day.date().isoformat(),
            "tension": round(float(values[day]), 1),
            "event": next(iter(behind(events, day, 1)), ""),
        }
    return found
