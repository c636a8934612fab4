"""Articles → when each was printed, by id: some 24 bytes an article in memory, however long its text is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.records import Article

Ids = NDArray[np.bytes_]
Times = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max
_MICROSECONDS = 86_400_000_000
_UTC = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Printings:
    """Article ids, sorted and unique, and when each was printed, microseconds since 1970."""

    ids: Ids
    times: Times

    @classmethod
    def of(cls, ids: Ids, times: Times, latest: bool = False) -> Printings:
        """Return the earliest printing of each id, or the latest."""
        order = np.lexsort((-times if latest else times, ids))
        ids, times = ids[order], times[order]
        first = starts_of(ids)
        return cls(ids[first], times[first])

    def __or__(self, other: Printings) -> Printings:
        """Return the earlier printing of each id in either."""
        return Printings.of(np.concatenate([self.ids, other.ids]), np.concatenate([self.times, other.times]))

    def when(self, ids: Ids) -> Times:
        """Return when each of some ids was printed, `NEVER` where it is not known."""
        if not len(self.ids):
            return np.full(len(ids), NEVER)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.times[at], NEVER)


def starts_of(ids: Ids) -> NDArray[np.int64]:
    """Return the places in sorted ids at which another id begins."""
    first = np.ones(len(ids), dtype=bool)
    np.not_equal(ids[1:], ids[:-1], out=first[1:])
    return np.flatnonzero(first)


def days_of(times: Times) -> NDArray[np.int64]:
    """Return the days of some times, counted from 1970."""
    days: NDArray[np.int64] = times // _MICROSECONDS
    return days


def printed(articles: Sequence[Article]) -> tuple[Ids, Times]:
    """Return the ids of articles and their times of printing."""
    times = pa.array([one.published_at for one in articles], _UTC)
    return np.array([one.article_id for one in articles], dtype=np.bytes_), _numbers(times)


def printed_in(table: pa.Table) -> tuple[Ids, Times]:
    """Return the ids and times of printing in a table."""
    return ids_in(table), _numbers(table["published_at"])


def ids_in(table: pa.Table) -> Ids:
    """Return the ids in a table."""
    return np.array(table["article_id"].to_pylist(), dtype=np.bytes_)


def _numbers(times: pa.Array | pa.ChunkedArray) -> Times:
    return np.asarray(times.cast(pa.int64()), dtype=np.int64)
