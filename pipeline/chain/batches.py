"""Stale days → batches that carry all that their mentions depend on → mentions; read and written by one process only.

A batch holds short days whole, or a part of a long one, whose mentions are written once when its last part is back:
what an article claims depends on no other article. A batch can be coded anywhere: by the process that holds the store's
lock, by processes beside it, or by those of a cluster that see no file of the store. What comes back is written where
the lock is held, so that a coder that was given up for dead and still runs can spoil nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from math import ceil
from typing import NamedTuple

import pyarrow as pa

from pipeline.chain.coding import code_articles, coder_key
from pipeline.chain.engine import Batch, Coded, Engine, Pending
from pipeline.chain.period import Period
from pipeline.chain.stored import corrections_of
from pipeline.chain.summary import Progress
from pipeline.coder.prediction import Coder
from pipeline.corrections import Corrections
from pipeline.errors import EngineError
from pipeline.records import Article, Mention, content_id
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import MENTIONS, table_of

BATCH_DAYS = 64
"""Days of articles coded together, at most."""
_BATCH_BYTES = 8_000_000
"""Articles coded together, bytes, and the `_READ_ROWS` last read of them."""
_READ_ROWS = 256
_READ = ["article_id", "outlet", "title", "body", "language", "published_at"]
"""Columns of the articles that their mentions depend on."""
_ROUNDS = 4
"""Batches that each of several coders gets at least, so that all end at about the same time."""


class _Part(NamedTuple):
    """Articles of a day, and with its last ones the note of its mentions."""

    day: date
    articles: pa.Table
    note: str | None


def on_the_spot(coder: Coder) -> Engine:
    """Return the engine that codes in this process."""
    return Engine(lambda batch: Coded(code_batch(batch, coder)))


def stale_days(store: Store, key: str, period: Period | None = None) -> list[date]:
    """Return the days (of a period) whose mentions are missing, or stem from other articles or another coder."""
    days = [day for day in store.days("articles") if period is None or day in period]
    return [day for day in days if store.note("mentions", day) != _note(store, day, key)]


def code_store(
    store: Store,
    settings: Settings,
    coder: Coder,
    progress: Progress,
    engine: Engine | None = None,
    period: Period | None = None,
) -> int:
    """Bring the mentions of every day (of a period) up to date with its articles, the seeds and the settings.

    Returns
    -------
    int
        The days that were coded.
    """
    key = coder_key(coder, settings, corrections_of(store))
    days = stale_days(store, key, period)
    engine = engine or on_the_spot(coder)
    done = 0
    for coded in code_days(store, days, settings, key, engine):
        done += len(coded)
        progress("coding", done, len(days))
    engine.rest()  # what publishes needs the memory
    return done


def code_days(
    store: Store, days: Sequence[date], settings: Settings, key: str, engine: Engine
) -> Iterator[Sequence[date]]:
    """Code the articles of some days and write their mentions.

    Parameters
    ----------
    store
        Where the articles lie and the mentions go; its writer's lock must be held.
    days
        Days that have articles.
    key
        `coder_key` of the coder that the engine uses.

    Yields
    ------
    sequence of date
        The days of each batch, once they are written; in order. A batch that ends none is passed over.
    """
    size = BATCH_DAYS if engine.coders == 1 else min(BATCH_DAYS, max(1, ceil(len(days) / (engine.coders * _ROUNDS))))
    begun: list[pa.Table] = []
    for batch, pending in _coded(engine, _batches(store, days, size, settings, key)):
        if done := _written(store, batch, pending, begun):
            yield done


def _coded(engine: Engine, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Pending]]:
    """Have batches coded, some ahead of the one that is waited for; yield them in order."""
    waiting: deque[tuple[Batch, Pending]] = deque()
    for batch in batches:
        waiting.append((batch, engine.submit(batch)))
        if len(waiting) > engine.ahead:
            yield waiting.popleft()
    yield from waiting


def code_batch(batch: Batch, coder: Coder) -> list[pa.Table]:
    """Return the mentions of each day of a batch.

    Raises
    ------
    EngineError
        If the coder, the seeds or the version here are not those of the process that made the batch.
    """
    if coder_key(coder, batch.settings, batch.corrections) != batch.key:
        raise EngineError(
            f"the batch {batch} was made with another coder, other seeds or another version than those here; "
            "install the same escalation-index wherever batches are coded, and start its processes again"
        )
    articles = {day: _articles(table) for day, table in zip(batch.days, batch.articles, strict=True)}
    legible = [a for rows in articles.values() for a in rows if batch.settings.coder.reads(a.language)]
    day_of = {a.article_id: day for day, rows in articles.items() for a in rows}
    by_day: dict[date, list[Mention]] = {day: [] for day in batch.days}
    for mention in code_articles(legible, coder, batch.settings, batch.corrections):
        by_day[day_of[mention.article_id]].append(mention)
    for rows in by_day.values():
        rows.sort(key=lambda m: (m.article_id, m.sentence_no, m.mention_id))
    return [table_of(rows, MENTIONS) for rows in by_day.values()]


def _articles(table: pa.Table) -> list[Article]:
    """Return articles with what their mentions depend on."""
    rows = zip(*(table[name].to_pylist() for name in _READ), strict=True)
    return [Article(name, "", outlet, title, body, code, at, None, "") for name, outlet, title, body, code, at in rows]


def _batches(store: Store, days: Sequence[date], size: int, settings: Settings, key: str) -> Iterator[Batch]:
    corrections = corrections_of(store)
    held: list[_Part] = []
    for part in _parts(store, days, key):
        is_long = sum(one.articles.nbytes for one in held) > _BATCH_BYTES
        if is_long or len({part.day, *(one.day for one in held)}) > size:
            yield _batch(held, settings, corrections, key)
            held = []
        held.append(part)
    if held:
        yield _batch(held, settings, corrections, key)


def _parts(store: Store, days: Sequence[date], key: str) -> Iterator[_Part]:
    for day in days:
        last: pa.Table | None = None
        for articles in store.iter_day("articles", day, _READ, _READ_ROWS):
            if last is not None:
                yield _Part(day, last, None)
            last = articles
        yield _Part(day, last, _note(store, day, key))


def _batch(parts: Sequence[_Part], settings: Settings, corrections: Corrections, key: str) -> Batch:
    days = [list(own) for _, own in groupby(parts, key=lambda part: part.day)]
    return Batch(
        tuple(own[0].day for own in days),
        tuple(pa.concat_tables([part.articles for part in own]) for own in days),
        tuple(own[-1].note for own in days),
        settings,
        corrections,
        key,
    )


def _written(store: Store, batch: Batch, pending: Pending, begun: list[pa.Table]) -> Sequence[date]:
    """Write the mentions of the days that a batch ends; what is `begun` of the first stems from batches before it."""
    done = []
    for day, table, note in zip(batch.days, pending.result(), batch.notes, strict=True):
        begun.append(table)
        if note is not None:
            store.write_day_parts("mentions", day, MENTIONS, begun, note)
            begun.clear()
            done.append(day)
    return done


def _note(store: Store, day: date, key: str) -> str:
    return content_id(key, store.digest("articles", day))
