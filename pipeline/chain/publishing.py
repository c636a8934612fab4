"""Stored mentions → events, index and report, as of a moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.alerting import raise_alerts
from pipeline.chain.nights import clock
from pipeline.chain.quarantine import count_by_reason
from pipeline.chain.stored import all_mentions, all_reports, with_coded
from pipeline.chain.summary import Summary
from pipeline.chain.view import NEEDED, Reports, View, last_known, view_at
from pipeline.chain.vintages import record
from pipeline.chain.watching import Candidate, judge
from pipeline.errors import CheckError, SourceError
from pipeline.index import build_index
from pipeline.mapping import method_of
from pipeline.merge import merge
from pipeline.records import Event, Mention
from pipeline.scale import load_scale
from pipeline.score import end_of, score_events
from pipeline.series import regimes
from pipeline.settings import Settings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, SUMMARY_FILE, Store, note_of
from pipeline.tables import ARTICLES, CODED, COPIES, DIRECTED, EVENTS, INDEX, MENTIONS, SCHEMA_VERSION, table_of

_DECIMALS = 6


@dataclass(frozen=True)
class Computed:
    """An index as of a moment, with what it was computed from; `scored` events entered it."""

    moment: datetime
    view: View
    mentions: int
    events: list[Event]
    scored: int
    undirected: pa.Table
    directed: pa.Table

    def note(self, settings: Settings) -> str:
        """Return method, constants and vintage, as they are written into the files."""
        return json.dumps(method_of(settings.index) | {"as_of": self.moment.isoformat()}, sort_keys=True)


def compute(store: Store, settings: Settings, as_of: date | None = None) -> Computed:
    """Compute the index from the stored mentions, without writing anything.

    Parameters
    ----------
    store
        Where articles, mentions and copies lie.
    settings
        Scale, half-life, interval and what else the method depends on.
    as_of
        Leave out what was printed after this day; by default nothing is left out.

    Raises
    ------
    SourceError
        If nothing is stored.
    """
    articles, coded = store.read("articles", ARTICLES, NEEDED), store.read("coded", CODED)
    if articles.num_rows + coded.num_rows == 0:
        raise SourceError(f"nothing to index: no article was accepted into {store.where}")
    moment = end_of(as_of or last_known(articles, coded))
    view = view_at(articles, coded, store.read("copies", COPIES, ["article_id", "copy_of"]), moment, settings)
    mentions = _mentions_of(store.read("mentions", MENTIONS), coded, view.reports)
    events = merge_table(mentions, view.reports, settings)
    undirected, directed, scored = index_tables(events, view, moment, settings)
    return Computed(moment, view, mentions.num_rows, events, scored, undirected, directed)


def publish(
    store: Store,
    settings: Settings,
    as_of: date | None,
    summary: Summary,
    anyway: bool = False,
    now: Callable[[], datetime] = clock,
) -> Summary:
    """Merge all mentions, check, write the events and both index files, together or not at all, and complete the
    summary.

    Parameters
    ----------
    anyway
        Publish also where a check fails.
    now
        Gives the time; the day that it belongs to still fills, and is not judged.

    Raises
    ------
    SourceError
        If nothing is stored.
    CheckError
        If a check fails; nothing is written then.
    """
    try:
        found = compute(store, settings, as_of)
    except SourceError as error:
        vain = f"; asked in vain: {', '.join(summary.in_vain)}" if summary.in_vain else ""
        raise SourceError(f"{error}; set aside: {dict(summary.rejected) or 'none'}{vain}") from error
    _complete(summary, found)
    summary.aside = count_by_reason(store)
    summary.quarantined = sum(summary.aside.values())
    _check(store, settings, found, summary, as_of, anyway, now().date())
    with store.publishing():
        _write(store, found, settings, summary)
    return summary


def _write(store: Store, found: Computed, settings: Settings, summary: Summary) -> None:
    """Write events, indexes, vintages, alerts and summary; the caller lets them appear together."""
    _write_events(store, found.events)
    for name, table in ((INDEX_FILE, found.undirected), (DIRECTED_FILE, found.directed)):
        record(store, name, table, found.moment.date(), found.note(settings))
        store.write_file(name, table, found.note(settings))
    alerts = raise_alerts(store, settings, (found.undirected, found.directed), found.moment.date())
    summary.alerts = [str(alert) for alert in alerts]
    store.write_bytes(SUMMARY_FILE, json.dumps(summary.as_dict(), indent=2).encode() + b"\n")


def _check(
    store: Store, settings: Settings, found: Computed, summary: Summary, as_of: date | None, anyway: bool, today: date
) -> None:
    """Judge an index before it is published; raise if it looks wrong and is not wanted anyway."""
    asked = as_of is None and any(summary.fetched.values())  # then news up to today is due
    day = max(found.moment.date(), today) if asked else found.moment.date()
    candidate = Candidate(found.moment, found.undirected, found.events, found.view.reports)
    checks = judge(store, settings, candidate, summary, min(day, today - timedelta(days=1)))
    summary.checks = [asdict(check) for check in checks]
    failed = [str(check) for check in checks if check.state == "failed"]
    if failed and not anyway:
        last = store.summary().get("as_of", "")[:10]
        stays = f"the index as of {last} stays" if last else "there is none yet"
        raise CheckError(
            f"the index as of {found.moment.date()} was not published, {stays}: {'; '.join(failed)}. What was read is "
            f"kept. Look at: escalation status --outputs {store.where}; if it is as it should be, publish all the "
            f"same: escalation run --publish-anyway; what counts as wrong is set under [checks]",
            summary.checks,
        )


def _complete(summary: Summary, found: Computed) -> None:
    reports = found.view.reports
    summary.articles, summary.superseded, summary.unread = len(reports), found.view.superseded, found.view.unread
    summary.copies = len(reports) - len({report.story for report in reports.values()})
    summary.mentions, summary.events, summary.scored_events = found.mentions, len(found.events), found.scored
    summary.as_of = found.moment.isoformat()
    summary.schema_version = SCHEMA_VERSION
    summary.newest_article = max(one.published_at for one in reports.values()).isoformat() if reports else ""
    dates = found.undirected["date"].to_pylist()
    if dates:
        summary.dyads = len(set(found.undirected["dyad"].to_pylist()))
        summary.first_day, summary.last_day = min(dates).isoformat(), max(dates).isoformat()
        summary.example = _example(found.undirected.to_pandas())


def _example(index: pd.DataFrame) -> str:
    """Return the dyad with most events and its tensest day, for somebody who wants to see something."""
    sizes = index.groupby("dyad")["n_events"].sum()
    own = index[index["dyad"] == sizes.idxmax()].dropna(subset="tension").sort_values("tension")
    return "" if own.empty else f"{own['dyad'].iloc[-1]} {own['date'].iloc[-1]}"


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
    # an old event's change fades for ever; rounded, it ends, and a vintage holds what matters
    floats = [field.name for field in schema if field.type == pa.float64()]
    rounded = frame[schema.names].assign(**{name: frame[name].round(_DECIMALS) for name in floats})
    return pa.Table.from_pandas(rounded, schema=schema, preserve_index=False).replace_schema_metadata(schema.metadata)


def _write_events(store: Store, events: Sequence[Event]) -> None:
    by_day: dict[date, list[Event]] = {day: [] for day in store.days("events")}
    for event in events:
        by_day.setdefault(event.event_date, []).append(event)
    for day, rows in by_day.items():
        store.write_day("events", day, table_of(rows, EVENTS))


def write_report(store: Store, dyad: str | None = None) -> list[str]:
    """Write the page, and the plot of its first dyad; return their paths or urls."""
    from pipeline.report import render_report, reported  # noqa: PLC0415 - matplotlib weighs, and coding needs none

    table = store.read_file(INDEX_FILE)
    index = table.to_pandas()
    files = render_report(
        index,
        store.read("events", EVENTS).to_pandas(),
        all_mentions(store).to_pandas(),
        all_reports(store).to_pandas(),
        {name: regimes(index[index["dyad"] == name]) for name in reported(index, dyad)},
        note_of(table),
        store.summary(),
    )
    return [store.write_bytes(name, content) for name, content in files.items()]
