"""Records without a page on their way to processes beside this one, and back; for nothing but speed.

Such a record is harmless, and what a process cannot give back is made here. So articles, rejections and their order are
the same with any number of processes.
"""

from __future__ import annotations

from collections.abc import Sequence

from pebble import ProcessPool

from pipeline.extract.fields import refuse, without_page
from pipeline.extract.pool import Batch, Place
from pipeline.processes import start_pool, stop_pool
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings

_FEW = 2000
"""Records that are read before a process is started: a usual night needs none."""
_TOGETHER = 100
_BATCHES_AHEAD = 2  # a process: one in work, one waiting


class Records:
    """Processes that make articles of records, while the context is open; with a count of 1 there are none."""

    def __init__(self, articles: ArticleSettings, pages: PageSettings, count: int) -> None:
        self._settings = (articles, pages)
        self._count = count
        self._left_here = _FEW
        self._pool: ProcessPool | None = None
        self._open: Batch | None = None
        self._travelling = 0

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            stop_pool(self._pool)

    @property
    def is_full(self) -> bool:
        """Whether every process has work, and work waiting."""
        return self._travelling > self._count * _BATCHES_AHEAD

    def started(self, raw: Raw) -> Article | Rejection | Place:
        """Make an article of a record, or send it off with others."""
        if self._count == 1 or self._left_here > 0:
            self._left_here -= 1
            return from_record(raw, *self._settings)
        batch = self._open = self._open or Batch(self)
        batch.raws.append(raw)
        if len(batch.raws) >= _TOGETHER:
            self._send(batch)
        return Place(batch, len(batch.raws) - 1)

    def finish(self, batch: Batch) -> list[Article | Rejection]:
        """Wait for a batch; if it failed, make its articles here."""
        if batch.future is None:
            self._open = None if self._open is batch else self._open
            return from_records(batch.raws, *self._settings)
        self._travelling -= 1
        try:
            return batch.future.result()
        except Exception:  # of the process, whatever it was
            return from_records(batch.raws, *self._settings)

    def _send(self, batch: Batch) -> None:
        self._open = None
        self._pool = self._pool or start_pool(self._count)
        if self._pool.active:
            batch.future = self._pool.schedule(from_records, args=(batch.raws, *self._settings))
            self._travelling += 1


def from_records(raws: Sequence[Raw], articles: ArticleSettings, pages: PageSettings) -> list[Article | Rejection]:
    """Make articles of records without a page."""
    return [from_record(raw, articles, pages) for raw in raws]


def from_record(raw: Raw, articles: ArticleSettings, pages: PageSettings) -> Article | Rejection:
    """Make an article of a record without a page."""
    try:
        return without_page(raw, articles, pages)
    except Exception as error:  # whatever one record brings up, the others are read
        return refuse(raw, articles, "unreadable record", f"{type(error).__name__}: {error}")
