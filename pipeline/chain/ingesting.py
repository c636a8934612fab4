"""Articles, ready-coded mentions and rejections → their places in the store; what is known already stays as it is.

Of two printings of one text under one url the earlier counts; another text under the same url is another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import compress

import numpy as np

from pipeline.chain.printings import NEVER, Ids, Printings, Times, days_of, ids_in, printed, printed_in
from pipeline.chain.quarantine import set_aside
from pipeline.chain.spool import Run, Spool, merged
from pipeline.chain.summary import Summary
from pipeline.records import Article, CodedMention, Form, Rejection
from pipeline.store import Rows, Store
from pipeline.tables import ARTICLES, CODED, MENTIONS, coded_of, table_of

Storable = Article | CodedMention | Rejection
_PIECE_CHARACTERS = 16_000_000
"""Articles that are put aside together."""
_BATCH_CHARACTERS = 64_000_000
"""Anything else that is stored together."""
_MOST_ITEMS = 50_000
_ROW_CHARACTERS = 1000  # what anything counts for besides its text
_EPOCH = date(1970, 1, 1)
_AHEAD = timedelta(days=1)  # time zones, and clocks that are wrong


class Intake:
    """Takes items into a store while its context is open, in constant memory: each day is written once, by `flush`."""

    def __init__(self, store: Store, summary: Summary, now: Callable[[], datetime]) -> None:
        self._store, self._summary, self._now = store, summary, now
        # of one printed on two days a run died between writing them; the later one goes if it comes again
        known = printed_in(store.read("articles", ARTICLES, ["article_id", "published_at"]))
        self._known = Printings.of(*known, latest=True)
        self._spool = Spool(store)
        self._articles: list[Article] = []
        self._others: list[CodedMention | Rejection] = []
        self._size = self._others_size = self._taken = 0
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.rejected: set[str] = set()

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.clear()

    def take(self, items: Iterable[Storable]) -> None:
        """Take items; what is too much to wait is stored on the way, the rest by `flush`."""
        for item in items:
            self._add(item if self._has_come(item) else plausible(item, self._now()))
            if self._size > _PIECE_CHARACTERS or len(self._articles) >= _MOST_ITEMS:
                self._put_aside()
            if self._others_size > _BATCH_CHARACTERS or len(self._others) >= _MOST_ITEMS:
                self._store_others()
            if self._spool.is_full:
                self.flush()

    def flush(self) -> None:
        """Store what was taken."""
        self._put_aside()
        self._store_articles()
        self._store_others()

    def _store_others(self) -> None:
        self._coded([item for item in self._others if isinstance(item, CodedMention)])
        rejections = [item for item in self._others if isinstance(item, Rejection)]
        set_aside(self._store, rejections)
        self._summary.rejected.update(rejection.reason for rejection in rejections)
        self.rejected |= {rejection.rejection_id for rejection in rejections}
        self._others, self._others_size = [], 0

    def _has_come(self, item: Storable) -> bool:
        """Whether all dates of an article lie before a moment at which the clock was looked at."""
        if not isinstance(item, Article):
            return False
        if item.published_at > self._latest:
            self._latest = self._now()
        return item.published_at <= self._latest and (item.revised_at is None or item.revised_at <= self._latest)

    def _add(self, item: Storable) -> None:
        if isinstance(item, Article):
            self._articles.append(item)
            self._size += len(item.body) + _ROW_CHARACTERS
        else:
            self._others.append(item)
            self._others_size += _ROW_CHARACTERS + (len(item.content) if isinstance(item, Rejection) else 0)

    def _put_aside(self) -> None:
        """Put aside what is new, and what was printed earlier than is known."""
        if self._articles:
            ids, times = printed(self._articles)
            fresh = list(compress(self._articles, times < self._known.when(ids)))
            if fresh:
                self._spool.add(fresh)
        self._taken += len(self._articles)
        self._articles, self._size = [], 0

    def _store_articles(self) -> None:
        earliest = self._spool.printings()
        known = self._known.when(earliest.ids)
        _write_articles(self._store, self._spool, earliest, known)
        self._spool.clear()
        self._known |= earliest
        new = int((known == NEVER).sum())
        self._summary.new_articles += new
        self._summary.known_articles += self._taken - new
        self._taken = 0

    def _coded(self, coded: list[CodedMention]) -> None:
        by_day: dict[date, dict[str, CodedMention]] = {}
        for one in coded:
            by_day.setdefault(one.published_at.date(), {})[one.mention_id] = one
        stored = set(self._store.days("coded"))
        for day, fresh in sorted(by_day.items()):
            rows = coded_of(self._store.read_day("coded", day)) if day in stored else []
            old = {one.mention_id: one for one in rows}
            rows = [one for _, one in sorted((fresh | old).items())]
            self._store.write_day("coded", day, table_of(rows, CODED))
            self._summary.coded_mentions += len(fresh.keys() - old.keys())


def plausible(item: Storable, moment: datetime) -> Storable:
    """Refuse what says that it was printed after it was read, and drop such a date of revision."""
    if isinstance(item, Rejection) or item.published_at <= moment + _AHEAD:
        if isinstance(item, Article) and item.revised_at and item.revised_at > moment + _AHEAD:
            return replace(item, revised_at=None)
        return item
    form: Form = "record" if isinstance(item, Article) else "coded"
    fields = {field.name: getattr(item, field.name) for field in dataclass_fields(item)}
    content = json.dumps({name: value for name, value in fields.items() if value is not None}, default=str).encode()
    detail = f"{item.published_at:%Y-%m-%d} has not come yet; try again when it has"
    return Rejection(item.url or item.article_id, "date in the future", detail, content, form)


def _write_articles(store: Store, spool: Spool, earliest: Printings, known: Times) -> None:
    """Write every day that gains an article, or loses one to an earlier printing.

    Parameters
    ----------
    earliest
        The articles of the spool.
    known
        When each of them was printed as far as the store knows.
    """
    moved = known != NEVER
    leaving, left = earliest.ids[moved], days_of(known[moved])
    stored = set(store.days("articles"))
    for number in np.union1d(days_of(earliest.times), left).tolist():
        day = _EPOCH + timedelta(days=number)
        runs = spool.runs(number, earliest)
        if day in stored:
            runs.insert(0, _stored(store, day, leaving[left == number]))
        store.write_day_parts("articles", day, ARTICLES, merged(runs))
    for day in set(store.days("mentions")) - set(store.days("articles")):
        store.write_day("mentions", day, MENTIONS.empty_table())


def _stored(store: Store, day: date, leaving: Ids) -> Run:
    """Return the articles of a stored day without some."""
    ids = ids_in(store.read_day("articles", day, ["article_id"]))
    return Run(ids, ~np.isin(ids, leaving), Rows(store.iter_day("articles", day)))
