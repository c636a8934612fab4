"""An index that was computed, what is stored and what was published → whether it may be published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.event_days import EventDays, published_events
from pipeline.chain.nights import earlier_nights, read_by, refused_by
from pipeline.chain.summary import Summary
from pipeline.checks import Move, Printing, judge_coverage, judge_jumps, judge_records, judge_silence
from pipeline.checks.jumps import LEAST_POINTS
from pipeline.checks.printing import coverage_of
from pipeline.checks.records import Taken
from pipeline.mapping import method_of
from pipeline.records import Check
from pipeline.settings import Settings
from pipeline.store import INDEX_FILE, Store, note_of
from pipeline.versions import PRESENT

_YEAR = pd.Timedelta(days=365)
_LEAST_DAYS = 100
"""Covered days of a year without which a dyad's usual moves are unknown."""
_WHO = ["source", "target", "article_ids"]
_WEEKS_BESIDE = 3
"""Weeks read beside those that tell what is usual: the newest days, and those that may be missed."""


@dataclass(frozen=True)
class Candidate:
    """An index that may be published: as of `moment`, with the events and reports that it was computed from.

    `published` is what it would take the place of, if that was read.
    """

    moment: datetime
    undirected: pa.Table
    days: EventDays
    reports: pa.Table
    published: pa.Table | None = None


def judge(store: Store, settings: Settings, found: Candidate, summary: Summary, until: date) -> list[Check]:
    """Return what every check says of an index before it is published, and note in the summary what they measured.

    Parameters
    ----------
    found
        The index and what it was computed from.
    summary
        Of the run so far.
    until
        The newest day that is over: later ones still fill.
    """
    published, chosen = store.summary(), settings.checks
    before = published.get("coverage", {}).get("until")
    printing = printed(store, settings, until, date.fromisoformat(before) if before else None)
    summary.coverage = _measured(printing, settings)
    nights = [night for night in earlier_nights(store) if night["state"] == "published"]
    return [
        judge_records(
            Taken(read_by(summary), refused_by(summary)), [Taken(n["read"], n["refused"]) for n in nights], chosen
        ),
        judge_coverage(printing, chosen),
        judge_silence(printing, chosen),
        _judge_moves(store, settings, found),
    ]


def printed(store: Store, settings: Settings, until: date, before: date | None) -> Printing:
    """Count what was printed by day and outlet, as far back as the checks look."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    since = min(until, before or until) - timedelta(weeks=settings.checks.weeks + _WEEKS_BESIDE)
    for day in _between(store.days("articles"), since, until):
        table = store.read_day("articles", day, ["outlet", "language"])
        rows = zip(table["outlet"].to_pylist(), table["language"].to_pylist(), strict=True)
        counts[day].update(outlet for outlet, language in rows if settings.coder.reads(language))
    for day in _between(store.days("coded"), since, until):
        table = store.read_day("coded", day, ["article_id", "outlet"])
        reports = dict(zip(table["article_id"].to_pylist(), table["outlet"].to_pylist(), strict=True))
        counts[day].update(reports.values())
    return Printing(counts, until, before)


def _between(days: Sequence[date], first: date, last: date) -> list[date]:
    return [day for day in days if first <= day <= last]


def _measured(printing: Printing, settings: Settings) -> dict[str, Any]:
    """Return the coverage as it is told by `status`, and compared with by the next night."""
    coverage = coverage_of(printing, printing.until, settings.checks)
    return {
        "since": coverage.first.isoformat(),
        "until": coverage.last.isoformat(),
        "articles": coverage.articles,
        "usual": coverage.usual,
    }


def _judge_moves(store: Store, settings: Settings, found: Candidate) -> Check:
    if not settings.checks.jump:
        return judge_jumps((), settings.checks)
    if not store.has(INDEX_FILE):
        return Check("jump", "skipped", "no night was published before")
    if store.version(INDEX_FILE) != PRESENT:
        return Check("jump", "skipped", "what was published is of another schema")
    published = store.read_file(INDEX_FILE) if found.published is None else found.published
    method = note_of(published)
    if any(method.get(name) != value for name, value in method_of(settings.index).items()):
        return Check("jump", "skipped", "the published index was made by another method")
    if str(method.get("as_of", "")) > found.moment.isoformat():
        return Check("jump", "skipped", "a later day was published before")
    return judge_jumps(moves(store, published, found), settings.checks)


def moves(store: Store, published: pa.Table, found: Candidate) -> list[Move]:
    """Return the dyads whose latest tension moved far, and what is new behind each."""
    before = _covered(published)
    both = pd.concat({"before": before.groupby("dyad")["tension"].last(), "after": _latest(found.undirected)}, axis=1)
    far = both[(both["after"] - both["before"]).abs() > LEAST_POINTS]
    if far.empty:
        return []
    known = _told(published_events(store, found.days, _WHO), set(map(str, far.index)))
    told = _told(found.days.events.select(_WHO), set(map(str, far.index)))
    needed = set().union(*known.values(), *told.values())
    rows = found.reports.filter(pc.is_in(found.reports["article_id"], pa.array(sorted(needed), pa.string())))
    reports = {row["article_id"]: row for row in rows.to_pylist()}
    return [
        _move(dyad, row, before[before["dyad"] == dyad], known[dyad], told[dyad], reports)
        for dyad, row in zip(map(str, far.index), far.to_dict("records"), strict=True)
    ]


def _covered(index: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = index.select(["dyad", "date", "tension"]).to_pandas().dropna()
    return frame.sort_values(["dyad", "date"], ignore_index=True)


def _latest(index: pa.Table) -> pd.Series:
    return _covered(index).groupby("dyad")["tension"].last()


def _told(events: pa.Table, dyads: set[str]) -> dict[str, set[str]]:
    """Return dyad → the articles that tell of it, for some dyads."""
    countries = pa.array(sorted({code for dyad in dyads for code in dyad.split("-")}), pa.string())
    near = events.filter(pc.and_(pc.is_in(events["source"], countries), pc.is_in(events["target"], countries)))
    articles: dict[str, set[str]] = defaultdict(set)
    for row in near.to_pylist():
        articles["-".join(sorted((row["source"], row["target"])))].update(row["article_ids"])
    return articles


def _move(
    dyad: str, row: dict[Any, Any], past: pd.DataFrame, known: set[str], told: set[str], reports: dict[str, Any]
) -> Move:
    days = pd.to_datetime(past["date"])
    year = past["tension"][days > days.max() - _YEAR]
    largest = float(year.diff().abs().max()) if len(year) >= _LEAST_DAYS else None
    old = [reports[one] for one in known if one in reports]
    stories = {one["story"] for one in old}
    new = [reports[one] for one in told - known if one in reports and reports[one]["story"] not in stories]
    outlets = {one["outlet"] or one["story"] for one in new}
    return Move(
        dyad, row["before"], row["after"], largest, len({one["story"] for one in new}), len(outlets),
        len({one["outlet"] for one in old if one["outlet"]}),
    )  # fmt: skip
