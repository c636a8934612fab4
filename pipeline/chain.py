"""The whole line on one screen, without Prefect: sources → articles → mentions → events → index.

Every step is a function of stored tables and settings; the flows wrap the same steps in tasks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.actors import actors_fingerprint, load_finder
from pipeline.coder.mentions import code_candidates
from pipeline.coder.prediction import Coder
from pipeline.corrections import FILE as CORRECTIONS_FILE
from pipeline.corrections import Correction, Corrections, read_corrections
from pipeline.errors import SourceError
from pipeline.extract import to_article
from pipeline.index import build_index
from pipeline.mapping import method_of
from pipeline.merge import Report, merge
from pipeline.propose import propose
from pipeline.records import Article, Candidate, Event, Mention, Rejection, content_id
from pipeline.scale import load_scale
from pipeline.score import end_of, score_events
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.sources import read_sources
from pipeline.store import DIRECTED_FILE, INDEX_FILE, SUMMARY_FILE, Store, note_of
from pipeline.tables import ARTICLES, DIRECTED, EVENTS, INDEX, MENTIONS, REJECTIONS, articles_of, table_of

BATCH_DAYS = 64
"""Days of articles coded together."""
Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""


@dataclass
class Summary:
    """What a run did, in counts; `rejected` counts what was set aside by reason."""

    new_articles: int = 0
    known_articles: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    mentions: int = 0
    events: int = 0
    scored_events: int = 0
    dyads: int = 0
    first_day: str = ""
    last_day: str = ""
    as_of: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return plain values, ready for JSON."""
        return dict(vars(self))


def run(
    sources: Sequence[Path],
    store: Store,
    settings: Settings,
    coder: Coder,
    as_of: date | None = None,
    progress: Progress = lambda *_: None,
) -> Summary:
    """Add the sources to a store and publish its index.

    Parameters
    ----------
    sources
        Files or folders of articles.
    store
        Where everything is kept.
    as_of
        Leave out what was printed after this day; by default nothing is left out.
    progress
        Called as the work goes on.
    """
    with store.writing():
        articles, rejections = collect(sources, settings, progress)
        summary = ingest(store, articles, rejections)
        code_store(store, settings, coder, progress)
        publish(store, settings, as_of, summary)
        write_report(store)
    return summary


def collect(
    sources: Sequence[Path], settings: Settings, progress: Progress = lambda *_: None
) -> tuple[list[Article], list[Rejection]]:
    """Read sources into articles and rejections."""
    articles, rejections = [], []
    for n, raw in enumerate(read_sources(sources, settings.articles.max_line_bytes), 1):
        item = raw if isinstance(raw, Rejection) else to_article(raw, settings.articles)
        if isinstance(item, Article):
            articles.append(item)
        else:
            rejections.append(item)
        if n % 500 == 0:
            progress("reading", n, 0)
    return articles, rejections


def ingest(store: Store, articles: Sequence[Article], rejections: Sequence[Rejection]) -> Summary:
    """Add articles to their days and rejections to the quarantine; what is known already stays as it is.

    Of two versions of one article the one printed first counts.
    """
    known = store.read("articles", ARTICLES, ["article_id", "published_at"])
    first: dict[str, datetime] = dict(
        zip(known["article_id"].to_pylist(), known["published_at"].to_pylist(), strict=True)
    )
    fresh: dict[str, Article] = {}
    for article in articles:
        rival = fresh.get(article.article_id)
        if rival is None or _order(article) < _order(rival):
            fresh[article.article_id] = article
    fresh = {key: a for key, a in fresh.items() if key not in first or a.published_at < first[key]}
    moved = {key: first[key].date() for key in fresh if key in first}
    _write_articles(store, fresh, set(moved.values()))
    if rejections:
        name = content_id(*(f"{r.place}{r.reason}{r.detail}" for r in rejections))
        store.write_file(f"quarantine/{name}.parquet", table_of(rejections, REJECTIONS))
    return Summary(
        new_articles=len(fresh) - len(moved),
        known_articles=len(articles) - len(fresh) + len(moved),
        rejected=dict(sorted(Counter(r.reason for r in rejections).items())),
    )


def _write_articles(store: Store, fresh: Mapping[str, Article], touched: set[date]) -> None:
    """Write every day that gains an article, or loses one to an earlier printing."""
    by_day: dict[date, list[Article]] = {day: [] for day in touched}
    for article in fresh.values():
        by_day.setdefault(article.published_at.date(), []).append(article)
    stored = set(store.days("articles"))
    for day, added in sorted(by_day.items()):
        old = articles_of(store.read_day("articles", day)) if day in stored else []
        kept = [a for a in old if a.article_id not in fresh]
        rows = sorted([*kept, *added], key=lambda a: a.article_id)
        store.write_day("articles", day, table_of(rows, ARTICLES))
    for day in set(store.days("mentions")) - set(store.days("articles")):
        store.write_day("mentions", day, MENTIONS.empty_table())


def _order(article: Article) -> tuple[datetime, str, str, str]:
    return article.published_at, article.title, article.body, article.outlet


def code_articles(
    articles: Sequence[Article], coder: Coder, settings: Settings, corrections: Corrections | None = None
) -> list[Mention]:
    """Code a batch of articles: split, propose, code, correct."""
    finder = load_finder()
    sentences = {article.article_id: split_sentences(article) for article in articles}
    published = {a.article_id: settings.dates.local_day(a.published_at, a.outlet) for a in articles}
    candidates: list[Candidate] = []
    for key, own in sentences.items():
        candidates += propose(own, finder, published[key], settings.coder.max_actors)
    mentions = code_candidates(candidates, published, coder, load_scale(), settings)
    if corrections is None:
        return mentions
    return corrections.apply(mentions, (one for own in sentences.values() for one in own), load_scale())


def correct(store: Store, row: Correction) -> None:
    """Record a human's verdict; the next run applies it."""
    with store.writing():
        known = read_corrections(store.root, load_scale())
        store.write_bytes(CORRECTIONS_FILE, known.added(row, load_scale()).as_csv())


def code_store(store: Store, settings: Settings, coder: Coder, progress: Progress) -> None:
    """Bring the mentions of every day up to date with its articles, the seeds and the settings."""
    batches = stale_batches(store, coder_key(coder, settings, read_corrections(store.root, load_scale())))
    total = sum(len(batch) for batch in batches)
    done = 0
    for batch in batches:
        code_days(store, batch, settings, coder)
        done += len(batch)
        progress("coding", done, total)


def coder_key(coder: Coder, settings: Settings, corrections: Corrections) -> str:
    """Return what the mentions of an article depend on besides its text."""
    chosen = settings.model_dump_json(include={"coder", "dates"})
    parts = (coder.fingerprint, actors_fingerprint(), chosen, corrections.fingerprint)
    return content_id(version("escalation-index"), *parts)


def stale_batches(store: Store, key: str) -> list[list[date]]:
    """Return the days whose mentions are missing or stem from other articles or another coder, in batches."""
    stale = [day for day in store.days("articles") if store.note("mentions", day) != _day_note(store, day, key)]
    return [stale[n : n + BATCH_DAYS] for n in range(0, len(stale), BATCH_DAYS)]


def code_days(store: Store, days: Sequence[date], settings: Settings, coder: Coder) -> None:
    """Code the articles of some days and write their mentions."""
    corrections = read_corrections(store.root, load_scale())
    key = coder_key(coder, settings, corrections)
    articles = {day: articles_of(store.read_day("articles", day)) for day in days}
    mentions = code_articles([a for rows in articles.values() for a in rows], coder, settings, corrections)
    day_of = {a.article_id: day for day, rows in articles.items() for a in rows}
    by_day: dict[date, list[Mention]] = {day: [] for day in days}
    for mention in mentions:
        by_day[day_of[mention.article_id]].append(mention)
    for day, rows in by_day.items():
        rows.sort(key=lambda m: (m.article_id, m.sentence_no, m.mention_id))
        store.write_day("mentions", day, table_of(rows, MENTIONS), _day_note(store, day, key))


def _day_note(store: Store, day: date, key: str) -> str:
    return content_id(key, store.digest("articles", day))


def publish(store: Store, settings: Settings, as_of: date | None, summary: Summary) -> Summary:
    """Merge all mentions, write the events and both index files, and complete the summary."""
    articles = store.read("articles", ARTICLES, ["article_id", "outlet", "published_at"]).to_pylist()
    if not articles:
        raise SourceError(f"nothing to index: no article was accepted; set aside: {summary.rejected or 'none'}")
    moment = end_of(as_of or max(row["published_at"] for row in articles).date())
    articles = [row for row in articles if row["published_at"] <= moment]
    mentions = _mentions_of(store, articles)
    events = merge_table(mentions, articles, settings)
    _write_events(store, events)
    undirected, directed, scored = index_tables(events, articles, moment, settings)
    note = json.dumps(method_of(settings.index) | {"as_of": moment.isoformat()}, sort_keys=True)
    store.write_file(INDEX_FILE, undirected, note)
    store.write_file(DIRECTED_FILE, directed, note)
    summary.articles, summary.mentions, summary.events = len(articles), mentions.num_rows, len(events)
    summary.scored_events, summary.as_of = scored, moment.isoformat()
    dates = undirected["date"].to_pylist()
    if dates:
        summary.dyads = len(set(undirected["dyad"].to_pylist()))
        summary.first_day, summary.last_day = min(dates).isoformat(), max(dates).isoformat()
    store.write_bytes(SUMMARY_FILE, json.dumps(summary.as_dict(), indent=2).encode() + b"\n")
    return summary


def _mentions_of(store: Store, articles: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return the stored mentions of these articles."""
    mentions = store.read("mentions", MENTIONS)
    known = pa.array([row["article_id"] for row in articles], pa.string())
    return mentions.filter(pc.is_in(mentions["article_id"], value_set=known))


def merge_table(mentions: pa.Table, articles: Sequence[Mapping[str, Any]], settings: Settings) -> list[Event]:
    """Merge a table of mentions; `articles` tells outlet and time of printing."""
    reports = {row["article_id"]: Report(row["outlet"], row["published_at"]) for row in articles}
    scale = load_scale(settings.index.scale)
    return merge((Mention(**row) for row in mentions.to_pylist()), reports, scale, settings.merge.lookback_days)


def index_tables(
    events: Sequence[Event], articles: Sequence[Mapping[str, Any]], as_of: datetime, settings: Settings
) -> tuple[pa.Table, pa.Table, int]:
    """Return the undirected and the directed index, and the number of scored events.

    `events` and `articles` must hold nothing printed after `as_of`.
    """
    scored = score_events(events, as_of, settings.index)
    published = {row["article_id"]: row["published_at"].date() for row in articles}
    tables = [
        _frame_table(build_index(scored, published, as_of, settings.index, directed), schema)
        for directed, schema in ((False, INDEX), (True, DIRECTED))
    ]
    return tables[0], tables[1], len(scored)


def _frame_table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    if frame.empty:
        return schema.empty_table()
    return pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False).replace_schema_metadata(
        schema.metadata
    )


def _write_events(store: Store, events: Sequence[Event]) -> None:
    by_day: dict[date, list[Event]] = {day: [] for day in store.days("events")}
    for event in events:
        by_day.setdefault(event.event_date, []).append(event)
    for day, rows in by_day.items():
        store.write_day("events", day, table_of(rows, EVENTS))


def write_report(store: Store, dyad: str | None = None) -> list[Path]:
    """Write the page, and the plot of its first dyad; return their paths."""
    from pipeline.report import render_report  # noqa: PLC0415 - matplotlib weighs, and coding needs none

    table = store.read_file(INDEX_FILE)
    files = render_report(
        table.to_pandas(),
        store.read("events", EVENTS).to_pandas(),
        store.read("mentions", MENTIONS).to_pandas(),
        store.read("articles", ARTICLES, ["article_id", "url", "outlet"]).to_pandas(),
        note_of(table),
        store.summary(),
        dyad,
    )
    return [store.write_bytes(name, content) for name, content in files.items()]
