"""Stale days → batches that carry all that their mentions depend on → mentions; read and written by one process only.

A batch can be coded anywhere: by the process that holds the store's lock, by processes beside it, or by those of a
cluster that see no file of the store. What comes back is written where the lock is held, so that a coder that was
given up for dead and still runs can spoil nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Protocol

import pyarrow as pa

from pipeline.chain.coding import code_articles, coder_key
from pipeline.chain.period import Period
from pipeline.chain.stored import corrections_of
from pipeline.chain.summary import Progress
from pipeline.coder.prediction import Coder
from pipeline.corrections import Corrections
from pipeline.errors import EngineError
from pipeline.records import Mention, content_id
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import MENTIONS, articles_of, table_of

BATCH_DAYS = 64
"""Days of articles coded together, at most."""
_BATCH_BYTES = 32_000_000
"""Articles coded together, bytes; what is above it in a day of its own is coded whole."""
_ROUNDS = 4
"""Batches that each of several coders gets at least, so that all end at about the same time."""


@dataclass(frozen=True)
class Batch:
    """Days of articles to be coded together: their tables, and the notes that their mentions will be written with.

    `key` is `coder_key` of the process that made the batch; a coder with another one refuses the batch.
    """

    days: tuple[date, ...]
    articles: tuple[pa.Table, ...]
    notes: tuple[str, ...]
    settings: Settings
    corrections: Corrections
    key: str

    def __str__(self) -> str:
        return f"{self.days[0]} to {self.days[-1]} ({len(self.days)} days)"


class Pending(Protocol):
    """A batch that is being coded."""

    def result(self) -> list[pa.Table]:
        """Wait for the mentions of each of its days."""


Submit = Callable[[Batch], Pending]
"""Has a batch coded, here or elsewhere."""


@dataclass(frozen=True)
class Engine:
    """How batches are coded: by `submit`, where so many coders work side by side."""

    submit: Submit
    coders: int = 1

    @property
    def ahead(self) -> int:
        """Batches on their way besides the one that is waited for: each coder has one in work, and one waiting."""
        return 2 * self.coders if self.coders > 1 else 0


@dataclass(frozen=True)
class Coded:
    """A batch that was coded on the spot."""

    tables: list[pa.Table]

    def result(self) -> list[pa.Table]:
        """Return the mentions of each day."""
        return self.tables


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
    done = 0
    for coded in code_days(store, days, settings, key, engine or on_the_spot(coder)):
        done += len(coded)
        progress("coding", done, len(days))
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
        The days of each batch, once they are written; in order.
    """
    waiting: deque[tuple[Batch, Pending]] = deque()
    size = BATCH_DAYS if engine.coders == 1 else min(BATCH_DAYS, max(1, ceil(len(days) / (engine.coders * _ROUNDS))))
    for batch in _batches(store, days, size, settings, key):
        waiting.append((batch, engine.submit(batch)))
        if len(waiting) > engine.ahead:
            yield _written(store, *waiting.popleft())
    while waiting:
        yield _written(store, *waiting.popleft())


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
    articles = {day: articles_of(table) for day, table in zip(batch.days, batch.articles, strict=True)}
    legible = [a for rows in articles.values() for a in rows if batch.settings.coder.reads(a.language)]
    day_of = {a.article_id: day for day, rows in articles.items() for a in rows}
    by_day: dict[date, list[Mention]] = {day: [] for day in batch.days}
    for mention in code_articles(legible, coder, batch.settings, batch.corrections):
        by_day[day_of[mention.article_id]].append(mention)
    for rows in by_day.values():
        rows.sort(key=lambda m: (m.article_id, m.sentence_no, m.mention_id))
    return [table_of(rows, MENTIONS) for rows in by_day.values()]


def _batches(store: Store, days: Sequence[date], size: int, settings: Settings, key: str) -> Iterator[Batch]:
    corrections = corrections_of(store)
    together: dict[date, pa.Table] = {}
    for day in days:
        together[day] = store.read_day("articles", day)
        if len(together) == size or sum(table.nbytes for table in together.values()) > _BATCH_BYTES or day == days[-1]:
            notes = tuple(_note(store, day, key) for day in together)
            yield Batch(tuple(together), tuple(together.values()), notes, settings, corrections, key)
            together = {}


def _written(store: Store, batch: Batch, pending: Pending) -> Sequence[date]:
    for day, table, note in zip(batch.days, pending.result(), batch.notes, strict=True):
        store.write_day("mentions", day, table, note)
    return batch.days


def _note(store: Store, day: date, key: str) -> str:
    return content_id(key, store.digest("articles", day))
