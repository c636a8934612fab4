"""A fetched feed, sitemap or list → its items, in a process of its own with limits of time and memory.

A hostile index costs its time limit, and never the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from pebble import ProcessPool

from pipeline.processes import start_pool, stop_pool
from pipeline.records import Fetched, Item, Rejection
from pipeline.sources import parse_fetched


class IndexParser:
    """Parses indexes while its context is open; the process starts with the first of them."""

    def __init__(self, seconds: float, max_bytes: int, memory_mib: int) -> None:
        self._seconds, self._max_bytes, self._memory_mib = seconds, max_bytes, memory_mib
        self._pool: ProcessPool | None = None

    def __enter__(self) -> IndexParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def parse(self, fetched: Fetched) -> Sequence[Item]:
        """Return the items of one index; a rejection that keeps its bytes if it cannot be parsed."""
        try:
            self._pool = self._pool or start_pool(1, self._memory_mib)
            task = self._pool.schedule(parse_fetched, args=[fetched, self._max_bytes], timeout=self._seconds)
            found: list[Item] = task.result()
        except TimeoutError:
            return [_refused(fetched, "index too slow", f"took over {self._seconds:g} s; raise pages.seconds")]
        except Exception as error:  # whatever a hostile index makes of a parser, or of its process
            self._end()
            return [_refused(fetched, "index unreadable", f"{type(error).__name__}: {error}")]
        return [_replayable(item, fetched) for item in found]

    def _end(self) -> None:
        if self._pool is not None:
            stop_pool(self._pool)
            self._pool = None


def _replayable(item: Item, fetched: Fetched) -> Item:
    """Return a rejection of the index as a whole as one that can be fetched again."""
    if isinstance(item, Rejection) and item.place == fetched.link.url:
        return _refused(fetched, item.reason, item.detail)
    return item


def _refused(fetched: Fetched, reason: str, detail: str) -> Rejection:
    return Rejection(fetched.link.url, reason, detail, fetched.body, "link", fetched.link.as_json())
