"""Series and events of the dyads → the columns that the page's script draws.

Each text stands once and is meant by its number; measures are whole numbers (tension and scores in tenths, conflict,
cooperation and confidence in hundredths), so that ten years of six dyads stay under three megabytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.mapping import tension
from pipeline.report.links import is_link
from pipeline.report.method import settings_of
from pipeline.report.periods import in_view
from pipeline.report.select import DyadReport, Told, shortened, told_by, what_of
from pipeline.settings import IndexSettings

DAY_EVENTS = 5
EVENT_SENTENCES = 2
MOST_EVENTS = 24_000
MOST_SENTENCES = 2_200
_EPOCH = pd.Timestamp("1970-01-01")


class Distinct:
    """Values in order of first appearance, each once."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}

    def place(self, value: Hashable) -> int:
        """Return the number of a value."""
        return self._places.setdefault(value, len(self._places))

    def values(self) -> list[Any]:
        """Return the values by number."""
        return list(self._places)


class Texts:
    """What the events of all dyads name: kinds of events, articles as (outlet, url), sentences as (text, article)."""

    def __init__(self) -> None:
        self.kinds, self.articles, self.sentences = Distinct(), Distinct(), Distinct()

    def sentence(self, row: Told) -> int:
        """Return the number of a sentence; a url that is no web address is left out here already."""
        url = row["url"] if is_link(row["url"]) else ""
        return self.sentences.place((shortened(row["sentence"]), self.articles.place((row["outlet"], url))))


def chart_data(
    reports: Sequence[DyadReport], mentions: pd.DataFrame, articles: pd.DataFrame, method: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the script draws, as plain lists and numbers."""
    settings, texts = settings_of(method), Texts()
    share = max(1, len(reports))
    dyads = []
    for report in reports:
        chosen = day_events(report.events, MOST_EVENTS // share)
        told = told_by(chosen, mentions, articles)
        sentences = _sentences(chosen, told, texts, MOST_SENTENCES // share)
        top = _event_columns(chosen, sentences, texts.kinds, report)
        dyads.append(_series_columns(report, settings) | {"top": top})
    return {
        "least": round(100 * settings.min_confidence),
        "kinds": texts.kinds.values(),
        "articles": texts.articles.values(),
        "sentences": texts.sentences.values(),
        "dyads": dyads,
    }


def day_events(ranked: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the weightiest event of each day, then the next of the weightiest days, `most` in all."""
    rank = ranked.groupby("day").cumcount()
    kept = ranked.assign(second=rank > 0)[rank < DAY_EVENTS].sort_values("second", kind="stable").head(most)
    return kept.sort_values(["weight", "event_id"], ascending=[False, True])


def _series_columns(report: DyadReport, settings: IndexSettings) -> dict[str, Any]:
    """Return the level of every day in tenths, and all else for covered days only."""
    series = report.series
    covered = series[series["tension"].notna()]
    everywhere = pd.Series(tension(series["level"].to_numpy(), settings), series.index)
    since = pd.to_datetime(covered["highest_since"])
    return {
        "dyad": report.dyad,
        "names": list(report.names),
        "first": (series.index[0] - _EPOCH).days,
        "periods": _periods(report),
        "line": _whole(series["tension"].fillna(everywhere), 10),
        "days": _steps([(day - series.index[0]).days for day in covered.index]),
        "low": _whole(covered["low"], 10),
        "high": _whole(covered["high"], 10),
        "conflict": _whole(covered["conflict"], 100),
        "cooperation": _whole(covered["cooperation"], 100),
        "events": covered["n_events"].tolist(),
        "articles": covered["n_articles"].tolist(),
        "percentile": _whole(covered["percentile"], 1),
        "back": [
            0 if pd.isna(before) else (day - before).days for day, before in zip(covered.index, since, strict=True)
        ],
    }


def _periods(report: DyadReport) -> list[list[int]]:
    """Return first and last day from the start, flow, tension and strength (in hundredths) of each period shown."""
    shown, start = in_view(report.regimes, report.series.index), report.series.index[0]
    return [
        [(row["first"] - start).days, (row["last"] - start).days]
        + [round(times * row[name]) for name, times in (("flow", 100), ("tension", 10), ("strength", 100))]
        for row in shown.to_dict("records")
    ]


def _whole(values: pd.Series[float], times: int) -> list[int]:
    return [round(value) for value in (values * times).tolist()]


def _steps(days: Sequence[int]) -> list[int]:
    """Return the first day and then the differences, which are short."""
    return [day - before for before, day in zip([0, *days], days, strict=False)]


def _event_columns(
    events: pd.DataFrame, sentences: Mapping[str, list[int]], kinds: Distinct, report: DyadReport
) -> dict[str, list[int] | list[list[int]]]:
    """Return events by column, in order of day, the weightiest of a day first."""
    rows = events.sort_values("day", kind="stable").to_dict("records")
    first, one = report.series.index[0], report.dyad.split("-")[0]
    return {
        "day": _steps([(row["day"] - first).days for row in rows]),
        "turned": [int(row["source"] != one) for row in rows],
        "kind": [kinds.place(what_of(row)) for row in rows],
        "score": [round(10 * row["score"]) for row in rows],
        "outlets": [row["n_outlets"] for row in rows],
        "confidence": [round(100 * row["confidence"]) for row in rows],
        "told": [sentences[row["event_id"]] for row in rows],
    }


def _sentences(
    events: pd.DataFrame, told: Mapping[str, Sequence[Told]], texts: Texts, most: int
) -> dict[str, list[int]]:
    """Return the numbers of the sentences that tell each event: the weightiest first, until `most` are used up."""
    chosen: dict[str, list[int]] = {}
    for name in events["event_id"]:
        rows = _best(told[name])[:most]
        most -= len(rows)
        chosen[name] = [texts.sentence(row) for row in rows]
    return chosen


def _best(rows: Sequence[Told]) -> list[Told]:
    """Return the likeliest sentences, one an article and no text twice."""
    chosen: dict[str, Told] = {}
    for row in rows:
        if all(row["article_id"] != other["article_id"] for other in chosen.values()):
            chosen.setdefault(row["sentence"], row)
        if len(chosen) == EVENT_SENTENCES:
            break
    return list(chosen.values())
