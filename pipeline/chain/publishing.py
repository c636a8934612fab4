"""Stored mentions → events and index, as of a moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.alerting import raise_alerts
from pipeline.chain.carrying import carried_by, carry, published_before, with_earlier
from pipeline.chain.event_days import event_days, write_events
from pipeline.chain.nights import clock
from pipeline.chain.quarantine import count_by_reason
from pipeline.chain.stored import with_coded
from pipeline.chain.summary import Summary
from pipeline.chain.view import NEEDED, View, last_known, view_at
from pipeline.chain.vintages import record
from pipeline.chain.watching import Candidate, judge
from pipeline.errors import CheckError, SourceError
from pipeline.index import Carried, Indexes, build_indexes
from pipeline.mapping import method_of
from pipeline.merge import NEEDED as MENTIONED
from pipeline.merge import merge
from pipeline.merge.codes import as_codes, lists, ordered, starts_of, whole
from pipeline.records import Check
from pipeline.scale import load_scale
from pipeline.score import end_of, score_events
from pipeline.settings import Settings
from pipeline.store import DIRECTED_FILE, INDEX_FILE, SUMMARY_FILE, Store, read_packed
from pipeline.tables import ARTICLES, CODED, COPIES, MENTIONS, SCHEMA_VERSION

_DECIMALS = 6


@dataclass(frozen=True)
class Computed:
    """An index as of a moment, with what it was computed from; `scored` events entered it.

    `published` are the files that its rows of days before `index.since` were taken from, by name.
    """

    moment: datetime
    view: View
    mentions: int
    events: pa.Table
    scored: int
    index: Indexes
    published: Mapping[str, pa.Table]

    @property
    def undirected(self) -> pa.Table:
        """The index of pairs."""
        return self.index.undirected

    @property
    def directed(self) -> pa.Table:
        """The index of directions."""
        return self.index.directed

    def note(self, settings: Settings) -> str:
        """Return method, constants and vintage, as they are written into the files."""
        return json.dumps(method_of(settings.index) | {"as_of": self.moment.isoformat()}, sort_keys=True)


def compute(
    store: Store, settings: Settings, as_of: date | None = None, carried: Carried | None = None, keep: bool = False
) -> Computed:
    """Compute the index from the stored mentions, without writing anything.

    Parameters
    ----------
    store
        Where articles, mentions and copies lie.
    settings
        Scale, half-life, interval and what else the method depends on.
    as_of
        Leave out what was printed after this day; by default nothing is left out.
    carried
        What the last publication left: years of which nothing changed are taken over from its files.
    keep
        Pack what was read, so that the next night reads fewer files; for the writer only.

    Raises
    ------
    SourceError
        If nothing is stored.
    """
    articles, coded = read_packed(store, "articles", ARTICLES, NEEDED, keep), store.read("coded", CODED)
    if articles.num_rows + coded.num_rows == 0:
        raise SourceError(f"nothing to index: no article was accepted into {store.where}")
    moment = end_of(as_of or last_known(articles, coded))
    copies = read_packed(store, "copies", COPIES, ["article_id", "copy_of"], keep)
    view = view_at(articles, coded, copies, moment, settings)
    mentions = _mentions_of(read_packed(store, "mentions", MENTIONS, MENTIONED, keep), coded, view.reports)
    events = merge_table(mentions, view.reports, settings)
    found, scored = index_tables(events, view, moment, settings, carried)
    published = published_before(store, found)
    found = with_earlier(found, published, moment)
    return Computed(moment, view, mentions.num_rows, events, scored, found, published)


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
        found = compute(store, settings, as_of, carried_by(store), keep=True)
    except SourceError as error:
        vain = f"; asked in vain: {', '.join(summary.in_vain)}" if summary.in_vain else ""
        raise SourceError(f"{error}; set aside: {dict(summary.rejected) or 'none'}{vain}") from error
    _complete(summary, found)
    summary.aside = count_by_reason(store)
    summary.quarantined = sum(summary.aside.values())
    days = event_days(store, found.events)
    candidate = Candidate(found.moment, found.undirected, days, found.view.reports, found.published.get(INDEX_FILE))
    asked = as_of is None and any(summary.fetched.values())
    checks = judge(store, settings, candidate, summary, _until(found.moment.date(), now().date(), asked))
    summary.checks = [asdict(check) for check in checks]
    if not anyway:
        _require_passed(store, found.moment, checks)
    with store.publishing():
        write_events(store, days)
        _write(store, found, settings, summary)
    return summary


def _write(store: Store, found: Computed, settings: Settings, summary: Summary) -> None:
    """Write indexes, vintages, alerts and summary; the caller lets them appear together."""
    note, day = found.note(settings), found.moment.date()

    def write(name: str, table: pa.Table) -> None:
        record(store, name, table, day, note, found.published.get(name), found.index.since)
        store.write_file(name, table, note)

    with ThreadPoolExecutor() as pool:  # most of it is packing, which takes one core a file
        list(pool.map(write, (INDEX_FILE, DIRECTED_FILE), (found.undirected, found.directed)))
    carry(store, found.index.carried)
    alerts = raise_alerts(store, settings, (found.undirected, found.directed), found.moment.date())
    summary.alerts = [str(alert) for alert in alerts]
    store.write_bytes(SUMMARY_FILE, json.dumps(summary.as_dict(), indent=2).encode() + b"\n")


def _until(day: date, today: date, asked: bool) -> date:
    """Return the newest day that is over; where sources were asked, news up to today is due."""
    return min(max(day, today) if asked else day, today - timedelta(days=1))


def _require_passed(store: Store, moment: datetime, checks: Sequence[Check]) -> None:
    """Raise if an index that is to be published looks wrong."""
    failed = [str(check) for check in checks if check.state == "failed"]
    if failed:
        last = store.summary().get("as_of", "")[:10]
        stays = f"the index as of {last} stays" if last else "there is none yet"
        raise CheckError(
            f"the index as of {moment.date()} was not published, {stays}: {'; '.join(failed)}. What was read is "
            f"kept. Look at: escalation status --outputs {store.where}; if it is as it should be, publish all the "
            f"same: escalation run --publish-anyway; what counts as wrong is set under [checks]",
            [asdict(check) for check in checks],
        )


def _complete(summary: Summary, found: Computed) -> None:
    view, index = found.view, found.undirected
    summary.articles, summary.superseded, summary.unread = view.reports.num_rows, view.superseded, view.unread
    summary.copies = view.reports.num_rows - pc.count_distinct(view.reports["story"]).as_py()
    summary.mentions, summary.events, summary.scored_events = found.mentions, found.events.num_rows, found.scored
    summary.as_of = found.moment.isoformat()
    summary.schema_version = SCHEMA_VERSION
    newest = pc.max(view.reports["published_at"]).as_py()
    summary.newest_article = newest.isoformat() if newest else ""
    if index.num_rows:
        days = pc.min_max(index["date"]).as_py()
        summary.dyads = pc.count_distinct(index["dyad"]).as_py()
        summary.first_day, summary.last_day = days["min"].isoformat(), days["max"].isoformat()
        summary.example = _example(index)


def _example(index: pa.Table) -> str:
    """Return the dyad with most events and its tensest day, for somebody who wants to see something."""
    sizes = index.group_by("dyad").aggregate([("n_events", "sum")])
    dyad = sizes.sort_by([("n_events_sum", "descending"), ("dyad", "ascending")])["dyad"][0]
    own = index.filter(pc.and_(pc.equal(index["dyad"], dyad), index["tension"].is_valid()))
    own = own.sort_by([("tension", "ascending"), ("date", "ascending")])
    return f"{dyad} {own['date'][-1]}" if own.num_rows else ""


def _mentions_of(mentions: pa.Table, coded: pa.Table, reports: pa.Table) -> pa.Table:
    """Return the mentions of these reports, coded here and elsewhere."""
    both = with_coded(mentions, coded)
    return both.filter(pc.is_in(both["article_id"], value_set=whole(reports["article_id"])))


def merge_table(mentions: pa.Table, reports: pa.Table, settings: Settings) -> pa.Table:
    """Merge a table of mentions of these reports."""
    return merge(mentions, reports, load_scale(settings.index.scale), settings.merge.lookback_days)


def index_tables(
    events: pa.Table, view: View, as_of: datetime, settings: Settings, carried: Carried | None = None
) -> tuple[Indexes, int]:
    """Return the index, and the number of scored events.

    `events` and `view` must hold nothing printed after `as_of`.
    """
    scored = with_stories(score_events(events, as_of, settings.index), view)
    found = build_indexes(scored, view.stories_by_day, as_of, settings.index, carried)
    return replace(found, undirected=_rounded(found.undirected), directed=_rounded(found.directed)), scored.num_rows


def with_stories(scored: pa.Table, view: View) -> pa.Table:
    """Return scored events with the stories that tell each, in order, and the day on which each was first printed."""
    articles = whole(scored["article_ids"])
    report = as_codes(pc.index_in(articles.flatten(), whole(view.reports["article_id"])))
    rank, names = ordered(view.reports["story"])
    event = np.repeat(np.arange(scored.num_rows), np.diff(articles.offsets.to_numpy()))
    both = np.sort(event * len(names) + rank[report])
    event, rank = np.divmod(both[starts_of(both)], max(len(names), 1))
    stories = pa.array(names, pa.string()).take(pa.array(rank))
    printed = whole(view.printed["day"]).take(pc.index_in(stories, whole(view.printed["story"])))
    starts = np.searchsorted(event, np.arange(scored.num_rows))
    return scored.append_column("stories", lists(stories, starts)).append_column("printed", lists(printed, starts))


def _rounded(table: pa.Table) -> pa.Table:
    """Return an index as it is published: an old event's change fades for ever; rounded, it ends."""
    for number, field in enumerate(table.schema):
        if field.type == pa.float64():
            values = np.round(table[field.name].to_numpy(), _DECIMALS)
            table = table.set_column(number, field, pa.array(values, from_pandas=True))
    return table
