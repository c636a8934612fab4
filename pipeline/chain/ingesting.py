"""Articles, ready-coded mentions and rejections → their places in the store; what is known already stays as it is.

Of two printings of one text under one url the earlier counts; another text under the same url is another version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.chain.quarantine import set_aside
from pipeline.chain.summary import Summary
from pipeline.records import Article, CodedMention, Form, Rejection
from pipeline.store import Store
from pipeline.tables import ARTICLES, CODED, MENTIONS, articles_of, coded_of, table_of

Storable = Article | CodedMention | Rejection
_BATCH_CHARACTERS = 64_000_000
_BATCH_ITEMS = 50_000
_ROW_CHARACTERS = 1000  # what anything but an article counts for
_AHEAD = timedelta(days=1)  # time zones, and clocks that are wrong


class Intake:
    """Takes items into a store, in batches that bound the memory."""

    def __init__(self, store: Store, summary: Summary, now: Callable[[], datetime]) -> None:
        self._store, self._summary, self._now = store, summary, now
        known = store.read("articles", ARTICLES, ["article_id", "published_at"])
        self._known: dict[str, datetime] = dict(
            zip(known["article_id"].to_pylist(), known["published_at"].to_pylist(), strict=True)
        )
        self._batch: list[Storable] = []
        self._size = 0
        self.rejected: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether what was taken should be stored now."""
        return self._size > _BATCH_CHARACTERS or len(self._batch) >= _BATCH_ITEMS

    def take(self, items: Iterable[Storable]) -> None:
        """Take items; what does not fit into a batch is stored on the way, the rest by `flush`."""
        for item in items:
            self._batch.append(plausible(item, self._now()))
            self._size += len(item.body) if isinstance(item, Article) else _ROW_CHARACTERS
            if self.is_full:
                self.flush()

    def flush(self) -> None:
        """Store what was taken."""
        self._articles([item for item in self._batch if isinstance(item, Article)])
        self._coded([item for item in self._batch if isinstance(item, CodedMention)])
        rejections = [item for item in self._batch if isinstance(item, Rejection)]
        set_aside(self._store, rejections)
        self._summary.rejected.update(rejection.reason for rejection in rejections)
        self.rejected |= {rejection.rejection_id for rejection in rejections}
        self._batch, self._size = [], 0

    def _articles(self, articles: list[Article]) -> None:
        fresh: dict[str, Article] = {}
        for article in articles:
            rival = fresh.get(article.article_id)
            if rival is None or _order(article) < _order(rival):
                fresh[article.article_id] = article
        fresh = {
            key: one for key, one in fresh.items() if key not in self._known or one.published_at < self._known[key]
        }
        moved = {key: self._known[key].date() for key in fresh if key in self._known}
        _write_articles(self._store, fresh, set(moved.values()))
        self._known |= {key: article.published_at for key, article in fresh.items()}
        self._summary.new_articles += len(fresh) - len(moved)
        self._summary.known_articles += len(articles) - len(fresh) + len(moved)

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
