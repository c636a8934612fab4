"""A fetched feed, sitemap or list → its items, in a process of its own with a time limit.

A hostile index costs its time limit, and never the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import TimeoutError as TooSlow
from multiprocessing import get_context
from types import TracebackType

from pebble import ProcessExpired, ProcessPool

from pipeline.records import Fetched, Item, Rejection
from pipeline.sources import parse_fetched


class IndexParser:
    """Parses indexes while its context is open; the process starts with the first of them."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._seconds, self._max_bytes = seconds, max_bytes
        # spawned, not forked: a run has threads, and a forked copy of a held lock never opens
        self._pool = ProcessPool(max_workers=1, context=get_context("spawn"))

    def __enter__(self) -> IndexParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def parse(self, fetched: Fetched) -> Sequence[Item]:
        """Return the items of one index; a rejection if it cannot be parsed in time."""
        task = self._pool.schedule(parse_fetched, args=[fetched, self._max_bytes], timeout=self._seconds)
        try:
            found: list[Item] = task.result()
        except TooSlow:
            return [self._refused(fetched, "index too slow", f"took over {self._seconds:g} s; raise pages.seconds")]
        except (ProcessExpired, Exception) as error:
            return [self._refused(fetched, "index unreadable", f"{type(error).__name__}: {error}")]
        return found

    @staticmethod
    def _refused(fetched: Fetched, reason: str, detail: str) -> Rejection:
        return Rejection(fetched.link.url, reason, detail, fetched.body)
