"""What a report says of one dyad: its series, and the events worth naming."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Choose what to show of a dyad; `mentions` and `articles` are indexed by their ids."""
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
    lines = [_line(row, mentions, articles) for row in ranked.head(TABLE_EVENTS * 3).to_dict("records")]
    span = max(1, (series.index.max() - series.index.min()).days)
    names = country_names()
    return DyadReport(
        dyad=dyad,
        title=f"{names.get(one, one)} – {names.get(other, other)}",
        series=series,
        top=lines[:TABLE_EVENTS],
        marked=_spaced(lines, span / 16),
    )


def _line(event: dict[str, object], mentions: pd.DataFrame, articles: pd.DataFrame) -> EventLine:
    ids = event["mention_ids"]
    own = mentions.loc[list(ids)].sort_values(["probability", "article_id"], ascending=[False, True])  # type: ignore[call-overload]
    mention = own.iloc[0]
    article = articles.loc[mention["article_id"]]
    mode = f" ({event['mode']})" if event["mode"] else ""
    return EventLine(
        date=str(event["event_date"]),
        who=f"{event['source']} > {event['target']}",
        what=f"{str(event['event_type']).lower()}{mode}",
        score=float(str(event["score"])),
        n_outlets=int(str(event["n_outlets"])),
        confidence=float(str(event["confidence"])),
        sentence=str(mention["sentence"]),
        outlet=str(article["outlet"]),
        url=str(article["url"]),
    )


def _spaced(lines: list[EventLine], days: float) -> list[EventLine]:
    """Return the weightiest events of either sign that lie at least `days` apart."""
    chosen: list[EventLine] = []
    for line in lines:
        here = pd.Timestamp(line.date)
        if all(abs((here - pd.Timestamp(other.date)).days) >= days for other in chosen):
            chosen.append(line)
    return sorted(chosen[:PLOT_EVENTS], key=lambda line: line.date)
