"""What a report says of one dyad: its series, and the events worth naming."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from pipeline.actors import country_names

TABLE_EVENTS = 40
PLOT_EVENTS = 12
MOST_LETTERS = 320
SPOKEN = ("AGREE", "THREATEN")  # the plans that count, on the day they are spoken, as in pipeline.score
Told = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Mark:
    """An event as a figure names it."""

    date: str
    who: str
    what: str
    score: float


@dataclass(frozen=True)
class EventLine(Mark):
    """An event as a reader meets it, with the likeliest of its sentences."""

    n_outlets: int
    confidence: float
    sentence: str
    outlet: str
    url: str


@dataclass(frozen=True)
class DyadReport:
    """The index of one dyad (`series`, by date) with its events and its regimes.

    `events` are those of a known day, weightiest first, with that `day` and `weight`; `marked` are named in the figure.
    `regimes` has `first`, `last`, `n_weeks`, `flow`, `tension` and `change`, one row a period, in order.
    """

    dyad: str
    title: str
    names: tuple[str, str]
    series: pd.DataFrame
    events: pd.DataFrame
    marked: list[Mark]
    regimes: pd.DataFrame


def dyad_report(dyad: str, index: pd.DataFrame, events: pd.DataFrame, regimes: pd.DataFrame) -> DyadReport:
    """Choose what to show of a pair (`KOR-PRK`) or of one direction of it (`PRK>KOR`) on the days of `index`."""
    directed = ">" in dyad
    one, other = dyad.split(">" if directed else "-")
    series = index.assign(date=pd.to_datetime(index["date"])).set_index("date").sort_index()
    forth = (events["source"] == one) & (events["target"] == other)
    back = (events["source"] == other) & (events["target"] == one)
    ranked = _ranked(events[forth if directed else forth | back], series.index)
    known = country_names()
    names = known.get(one, one), known.get(other, other)
    return DyadReport(
        dyad=dyad,
        title=(" → " if directed else " – ").join(names),
        names=names,
        series=series,
        events=ranked,
        marked=_spaced(ranked.head(TABLE_EVENTS * 3), (series.index.max() - series.index.min()).days / 16),
        regimes=regimes,
    )


def _ranked(events: pd.DataFrame, days: pd.Index[Any]) -> pd.DataFrame:
    """Return the events on days of the index, weightiest first."""
    told = events["status"].isin(["happened", "historical"])
    spoken = (events["status"] == "announced") & events["event_type"].isin(SPOKEN)
    own = events[(events["date_precision"] == "day") & (told | spoken)]
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


def top_events(report: DyadReport, mentions: pd.DataFrame, articles: pd.DataFrame) -> list[EventLine]:
    """Return the weightiest events of a dyad, each with its likeliest sentence."""
    chosen = report.events.head(TABLE_EVENTS)
    told = told_by(chosen, mentions, articles)
    return [_line(event, told[event["event_id"]][0]) for event in chosen.to_dict("records")]


def _mark(event: Told) -> Mark:
    who = f"{event['source']} > {event['target']}"
    return Mark(date=event["day"].date().isoformat(), who=who, what=what_of(event), score=event["score"])


def _line(event: Told, best: Told) -> EventLine:
    return EventLine(
        **asdict(_mark(event)),
        n_outlets=event["n_outlets"],
        confidence=event["confidence"],
        sentence=shortened(best["sentence"]),
        outlet=best["outlet"],
        url=best["url"],
    )


def _spaced(ranked: pd.DataFrame, days: float) -> list[Mark]:
    """Return the weightiest events of either sign that lie at least `days` apart."""
    chosen: list[Mark] = []
    for mark in map(_mark, ranked.to_dict("records")):
        here = pd.Timestamp(mark.date)
        if all(abs((here - pd.Timestamp(other.date)).days) >= max(1, days) for other in chosen):
            chosen.append(mark)
    return sorted(chosen[:PLOT_EVENTS], key=lambda mark: mark.date)
