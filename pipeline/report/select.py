"""What a report says of one dyad: its series, and the events worth naming."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.actors import country_names

TABLE_EVENTS = 40
PLOT_EVENTS = 12
MOST_LETTERS = 320
SPOKEN = ("AGREE", "THREATEN")  # the plans that count, on the day they are spoken, as in pipeline.score
Told = Mapping[Hashable, Any]


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
    """The index of one dyad (`series`, by date) with its events.

    `events` are those of a known day, weightiest first, with that `day` and `weight`; `top` are told in the table,
    `marked` named in the plot.
    """

    dyad: str
    title: str
    names: tuple[str, str]
    series: pd.DataFrame
    events: pd.DataFrame
    top: list[EventLine]
    marked: list[EventLine]


def dyad_report(
    dyad: str, index: pd.DataFrame, events: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame
) -> DyadReport:
    """Choose what to show of a dyad."""
    one, other = dyad.split("-")
    series = index.assign(date=pd.to_datetime(index["date"])).set_index("date").sort_index()
    ranked = _ranked(events, one, other, series.index)
    lines = _lines(ranked.head(TABLE_EVENTS * 3), mentions, articles)
    span = max(1, (series.index.max() - series.index.min()).days)
    known = country_names()
    names = known.get(one, one), known.get(other, other)
    return DyadReport(
        dyad=dyad,
        title=" – ".join(names),
        names=names,
        series=series,
        events=ranked,
        top=lines[:TABLE_EVENTS],
        marked=_spaced(lines, span / 16),
    )


def _ranked(events: pd.DataFrame, one: str, other: str, days: pd.Index[Any]) -> pd.DataFrame:
    """Return the events of a pair on days of the index, weightiest first."""
    told = events["status"].isin(["happened", "historical"])
    spoken = (events["status"] == "announced") & events["event_type"].isin(SPOKEN)
    own = events[
        events["source"].isin([one, other])
        & events["target"].isin([one, other])
        & (events["date_precision"] == "day")
        & (told | spoken)
    ]
    seen = pd.to_datetime(own["first_seen_at"], utc=True).dt.tz_localize(None).dt.normalize()
    day = pd.to_datetime(own["event_date"]).where(own["status"] != "announced", seen)
    weight = own["score"].abs() * own["confidence"] * (1 + own["n_outlets"]).map(float).pow(0.5)
    inside = day.between(days.min(), days.max())
    return own.assign(day=day, weight=weight).loc[inside].sort_values(["weight", "event_id"], ascending=[False, True])


def told_by(events: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame) -> dict[str, list[Told]]:
    """Return for each event id the mentions that tell it, likeliest first, with `outlet` and `url`."""
    wanted = {mention for ids in events["mention_ids"] for mention in ids}
    rows = mentions[mentions["mention_id"].isin(wanted)].merge(
        articles[["article_id", "outlet", "url"]], on="article_id"
    )
    rows = rows.sort_values(["probability", "article_id", "sentence_no"], ascending=[False, True, True])
    order = {row["mention_id"]: (n, row) for n, row in enumerate(rows.to_dict("records"))}
    return {
        event: [row for _, row in sorted((order[one] for one in ids), key=lambda pair: pair[0])]
        for event, ids in zip(events["event_id"], events["mention_ids"], strict=True)
    }


def shortened(sentence: str) -> str:
    """Return a sentence, cut where a splitter let a whole paragraph through."""
    return sentence if len(sentence) <= MOST_LETTERS else sentence[: MOST_LETTERS - 1].rstrip() + "…"


def what_of(event: Told) -> str:
    """Return type and mode of an event in words."""
    mode = f" ({event['mode']})" if event["mode"] else ""
    return f"{event['event_type'].lower()}{mode}"


def _lines(events: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame) -> list[EventLine]:
    """Return events with their likeliest sentence."""
    told = told_by(events, mentions, articles)
    return [_line(event, told[event["event_id"]][0]) for event in events.to_dict("records")]


def _line(event: Told, best: Told) -> EventLine:
    return EventLine(
        date=event["day"].date().isoformat(),
        who=f"{event['source']} > {event['target']}",
        what=what_of(event),
        score=event["score"],
        n_outlets=event["n_outlets"],
        confidence=event["confidence"],
        sentence=shortened(best["sentence"]),
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
