"""What a report says of one dyad: its series, and the events worth naming."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.actors import country_names

TABLE_EVENTS = 40
PLOT_EVENTS = 12


@dataclass(frozen=True)
class EventLine:
    """An event as a reader meets it, with the likeliest of its sentences."""

    date: str
    who: str
    what: str
    score: float
    n_outlets: int
    confidence: float
    sentence: str
    outlet: str
    url: str


@dataclass(frozen=True)
class DyadReport:
    """The index of one dyad (`series`, by date) with its top events; `marked` are those named in the plot."""

    dyad: str
    title: str
    series: pd.DataFrame
    top: list[EventLine]
    marked: list[EventLine]


def dyad_report(
    dyad: str, index: pd.DataFrame, events: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame
) -> DyadReport:
    """Choose what to show of a dyad."""
    one, other = dyad.split("-")
    series = index.assign(date=pd.to_datetime(index["date"])).set_index("date").sort_index()
    own = events[
        events["source"].isin([one, other])
        & events["target"].isin([one, other])
        & events["status"].isin(["happened", "historical"])
        & (events["date_precision"] == "day")
    ]
    days = pd.to_datetime(own["event_date"])
    own = own[(days >= series.index.min()) & (days <= series.index.max())]
    weight = own["score"].abs() * own["confidence"] * (1 + own["n_outlets"]).map(float).pow(0.5)
    ranked = own.assign(weight=weight).sort_values(["weight", "event_id"], ascending=[False, True])
    lines = _lines(ranked.head(TABLE_EVENTS * 3), mentions, articles)
    span = max(1, (series.index.max() - series.index.min()).days)
    names = country_names()
    return DyadReport(
        dyad=dyad,
        title=f"{names.get(one, one)} – {names.get(other, other)}",
        series=series,
        top=lines[:TABLE_EVENTS],
        marked=_spaced(lines, span / 16),
    )


def _lines(events: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame) -> list[EventLine]:
    """Return events with their likeliest sentence."""
    wanted = {mention for ids in events["mention_ids"] for mention in ids}
    told = mentions[mentions["mention_id"].isin(wanted)].merge(articles, on="article_id")
    sentences = {row["mention_id"]: row for row in told.to_dict("records")}
    return [_line(event, [sentences[m] for m in event["mention_ids"]]) for event in events.to_dict("records")]


def _line(event: Mapping[Hashable, Any], told: Sequence[Mapping[Hashable, Any]]) -> EventLine:
    best = min(told, key=lambda row: (-row["probability"], row["article_id"], row["sentence_no"]))
    mode = f" ({event['mode']})" if event["mode"] else ""
    return EventLine(
        date=event["event_date"].isoformat(),
        who=f"{event['source']} > {event['target']}",
        what=f"{event['event_type'].lower()}{mode}",
        score=event["score"],
        n_outlets=event["n_outlets"],
        confidence=event["confidence"],
        sentence=best["sentence"],
        outlet=best["outlet"],
        url=best["url"],
    )


def _spaced(lines: list[EventLine], days: float) -> list[EventLine]:
    """Return the weightiest events of either sign that lie at least `days` apart."""
    chosen: list[EventLine] = []
    for line in lines:
        here = pd.Timestamp(line.date)
        if all(abs((here - pd.Timestamp(other.date)).days) >= days for other in chosen):
            chosen.append(line)
    return sorted(chosen[:PLOT_EVENTS], key=lambda line: line.date)
