"""Stored mentions → events, index and report, as of a moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.quarantine import count
from pipeline.chain.stored import all_mentions, all_reports, with_coded
from pipeline.chain.summary import Summary
from pipeline.chain.view import NEEDED, Reports, View, last_known, view_at
from pipeline.errors import SourceError
from pipeline.index import build_index
from pipeline.mapping import method_of
from pipeline.merge import merge
from pipeline.records import Event, Mention
from pipeline.scale import load_scale
from pipeline.score import end_of, score_events
from pipeline.settings import Settings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, SUMMARY_FILE, Store, note_of
from pipeline.tables import ARTICLES, CODED, COPIES, DIRECTED, EVENTS, INDEX, MENTIONS, table_of


def publish(store: Store, settings: Settings, as_of: date | None, summary: Summary) -> Summary:
    """Merge all mentions, write the events and both index files, and complete the summary."""
    articles, coded = store.read("articles", ARTICLES, NEEDED), store.read("coded", CODED)
    if articles.num_rows + coded.num_rows == 0:
        raise SourceError(f"nothing to index: no article was accepted; set aside: {dict(summary.rejected) or 'none'}")
    moment = end_of(as_of or last_known(articles, coded))
    view = view_at(articles, coded, store.read("copies", COPIES, ["article_id", "copy_of"]), moment, settings)
    mentions = _mentions_of(store.read("mentions", MENTIONS), coded, view.reports)
    events = merge_table(mentions, view.reports, settings)
    _write_events(store, events)
    undirected, directed, scored = index_tables(events, view, moment, settings)
    note = json.dumps(method_of(settings.index) | {"as_of": moment.isoformat()}, sort_keys=True)
    store.write_file(INDEX_FILE, undirected, note)
    store.write_file(DIRECTED_FILE, directed, note)
    summary.articles, summary.superseded = len(view.reports), view.superseded
    summary.copies = len(view.reports) - len({report.story for report in view.reports.values()})
    summary.mentions, summary.events, summary.unread = mentions.num_rows, len(events), view.unread
    summary.scored_events, summary.as_of, summary.quarantined = scored, moment.isoformat(), count(store)
    dates = undirected["date"].to_pylist()
    if dates:
        summary.dyads = len(set(undirected["dyad"].to_pylist()))
        summary.first_day, summary.last_day = min(dates).isoformat(), max(dates).isoformat()
    store.write_bytes(SUMMARY_FILE, json.dumps(summary.as_dict(), indent=2).encode() + b"\n")
    return summary


def _mentions_of(mentions: pa.Table, coded: pa.Table, reports: Reports) -> pa.Table:
    """Return the mentions of these reports, coded here and elsewhere."""
    both = with_coded(mentions, coded)
    return both.filter(pc.is_in(both["article_id"], value_set=pa.array(list(reports), pa.string())))


def merge_table(mentions: pa.Table, reports: Reports, settings: Settings) -> list[Event]:
    """Merge a table of mentions of these reports."""
    scale = load_scale(settings.index.scale)
    return merge((Mention(**row) for row in mentions.to_pylist()), reports, scale, settings.merge.lookback_days)


def index_tables(
    events: Sequence[Event], view: View, as_of: datetime, settings: Settings
) -> tuple[pa.Table, pa.Table, int]:
    """Return the undirected and the directed index, and the number of scored events.

    `events` and `view` must hold nothing printed after `as_of`.
    """
    scored = score_events(events, as_of, settings.index)
    told = [tuple(sorted({view.reports[one].story for one in ids})) for ids in scored["article_ids"]]
    scored = scored.assign(article_ids=pd.Series(told, index=scored.index, dtype=object))
    tables = [
        _frame_table(build_index(scored, view.printed, as_of, settings.index, directed), schema)
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
        all_mentions(store).to_pandas(),
        all_reports(store).to_pandas(),
        note_of(table),
        store.summary(),
        dyad,
    )
    return [store.write_bytes(name, content) for name, content in files.items()]
