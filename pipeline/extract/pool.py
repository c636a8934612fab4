"""Pages on their way to processes that parse them, and back.

A process has a limit of memory and of time. Small pages travel in batches; where a batch fails, its pages are tried one
by one, so that a hostile page costs only itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from pebble import ProcessFuture, ProcessPool

from pipeline.extract.fields import refuse
from pipeline.processes import start_pool, stop_pool
from pipeline.records import Article, Raw, Rejection
from pipeline.settings import ArticleSettings, PageSettings

Convert = Callable[[Raw, ArticleSettings, PageSettings], Article | Rejection]
Travelling = ProcessFuture[list[Article | Rejection]]
_BATCH_PAGES = 8
_BATCH_BYTES = 1_000_000
_BATCHES_AHEAD = 2  # a worker: one in work, one waiting
_BATCHES_OF_A_WORKER = 500  # then it makes room for a fresh one, for parsers leak
_MOST_DEATHS = 3


class Batch:
    """Pages that travel together; the results take the place of the pages."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.raws: list[Raw] = []
        self.bytes = 0
        self.future: Travelling | None = None
        self.results: list[Article | Rejection] = []

    @property
    def is_done(self) -> bool:
        """Whether nobody has to wait for the results."""
        return bool(self.results) or (self.future is not None and self.future.done())

    def result(self, number: int) -> Article | Rejection:
        """Wait for the batch and return one of its results."""
        if not self.results:
            self.results = self.pages.finish(self)
            self.raws = []
        return self.results[number]


class Place(NamedTuple):
    """The place of a page in a batch."""

    batch: Batch
    number: int


class Pages:
    """A pool of processes, and the batches that are on their way."""

    def __init__(self, articles: ArticleSettings, pages: PageSettings, convert: Convert) -> None:
        self.settings = (articles, pages)
        self.convert = convert
        self.count = pages.workers or os.cpu_count() or 1
        self.pool: ProcessPool | None = None
        self.open: Batch | None = None
        self.travelling = 0
        self.deaths = 0

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            stop_pool(self.pool)

    @property
    def is_full(self) -> bool:
        """Whether every worker has work, and work waiting."""
        return self.travelling > self.count * _BATCHES_AHEAD

    def add(self, raw: Raw, size: int) -> Place:
        """Put a page into the open batch, and send that off once it is full."""
        batch = self.open = self.open or Batch(self)
        batch.raws.append(raw)
        batch.bytes += size
        if len(batch.raws) >= _BATCH_PAGES or batch.bytes >= _BATCH_BYTES:
            self._send(batch)
        return Place(batch, len(batch.raws) - 1)

    def finish(self, batch: Batch) -> list[Article | Rejection]:
        """Wait for a batch; if it failed, try each of its pages alone."""
        future = batch.future or self._send(batch)
        try:
            return future.result()
        except Exception as error:  # of the worker, whatever it was
            self._revive(error)
            alone = [self._schedule([raw]) for raw in batch.raws]
            return [self._one(raw, future) for raw, future in zip(batch.raws, alone, strict=True)]
        finally:
            self.travelling -= 1

    def _one(self, raw: Raw, future: Travelling) -> Article | Rejection:
        articles, pages = self.settings
        try:
            return future.result()[0]
        except TimeoutError:
            detail = f"not read within {pages.seconds:g} seconds; raise pages.seconds and try again"
            return refuse(raw, articles, "page too slow", detail)
        except Exception as error:
            self._revive(error)
            detail = f"its worker ended: {type(error).__name__}: {error} {getattr(error, 'exitcode', '')}"
            return refuse(raw, articles, "page unreadable", detail.rstrip())

    def _send(self, batch: Batch) -> Travelling:
        self.open = None
        self.travelling += 1
        batch.future = self._schedule(batch.raws)
        return batch.future

    def _schedule(self, raws: list[Raw]) -> Travelling:
        articles, pages = self.settings
        if self.pool is None:
            self.pool = start_pool(self.count, pages.memory_mib, _BATCHES_OF_A_WORKER)
        return self.pool.schedule(_convert_all, args=(raws, articles, pages, self.convert), timeout=pages.seconds)

    def _revive(self, error: Exception) -> None:
        """Start a pool anew that broke because a worker died while it had no work."""
        if self.pool is None or self.pool.active:
            return
        self.deaths += 1
        if self.deaths > _MOST_DEATHS:
            raise RuntimeError(
                "the processes that read pages die as they start; a script that reads pages must guard its main "
                "part with if __name__ == '__main__', and pages.memory_mib must leave them room"
            ) from error
        stop_pool(self.pool)
        self.pool = None


def _convert_all(
    raws: list[Raw], articles: ArticleSettings, pages: PageSettings, convert: Convert
) -> list[Article | Rejection]:
    return [_converted(raw, articles, pages, convert) for raw in raws]


def _converted(raw: Raw, articles: ArticleSettings, pages: PageSettings, convert: Convert) -> Article | Rejection:
    try:
        return convert(raw, articles, pages)
    except BaseException as error:  # a panic of a parser in Rust is no Exception
        return refuse(raw, articles, "page unreadable", f"{type(error).__name__}: {error}")
