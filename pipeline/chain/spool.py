"""Accepted articles → sorted pieces on disk → each day they touch, merged with what is stored and written once.

A long day does not fit into memory, and its partition is in order of article id. So articles are put aside in pieces
sorted by day and id; of each only its id and time of printing stay in memory. In the end a day is read from all pieces
at once, some thousand rows at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.printings import Flags, Ids, Printings, days_of, ids_in, printed_in, starts_of
from pipeline.errors import StoreError
from pipeline.records import Article
from pipeline.store import GROUP_ROWS, Rows, Store
from pipeline.tables import ARTICLES, table_of

_READ_ROWS = 64
"""Rows of a piece that are in memory while it is merged."""
_MOST_PIECES = 200
_TIES = ("title", "body", "outlet")


@dataclass(frozen=True)
class Run:
    """Rows of one day in order of article id; those not `wanted` are left out."""

    ids: Ids
    wanted: Flags
    rows: Rows

    def between(self, start: int, stop: int) -> Iterator[pa.Table]:
        """Yield the wanted rows from one place to another; those before it were taken already."""
        for table in self.rows.take(stop - start):
            wanted = self.wanted[start : start + table.num_rows]
            start += table.num_rows
            yield table if wanted.all() else table.filter(pa.array(wanted))


class Piece:
    """Articles in order of day and id: a table, which may be put into a file, and ids and times in memory."""

    def __init__(self, articles: Sequence[Article]) -> None:
        table = table_of(articles, ARTICLES)
        ids, times = printed_in(table)
        order = np.lexsort((ids, days_of(times)))
        self._table, self._path = table.take(pa.array(order)), Path()
        self.ids, self.times = ids[order], times[order]
        self._days, self._taken = days_of(self.times), 0

    @property
    def days(self) -> set[int]:
        """The days on which the articles were printed."""
        return set(np.unique(self._days).tolist())

    def spill(self, path: Path) -> None:
        """Put the table into a file."""
        try:
            with path.open("wb") as file, pa.ipc.new_stream(file, ARTICLES) as stream:
                stream.write_table(self._table, max_chunksize=_READ_ROWS)
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}; the last good version is untouched") from error
        self._table, self._path = None, path

    def run(self, day: int, earliest: Printings) -> Run:
        """Return the articles of a day; the run of the day before must have been read to its end."""
        start, stop = np.searchsorted(self._days, [day, day + 1]).tolist()
        self._rows.take(start - self._taken)
        self._taken = stop
        ids = self.ids[start:stop]
        return Run(ids, earliest.when(ids) == self.times[start:stop], self._rows)

    @cached_property
    def _rows(self) -> Rows:
        return Rows(_read(self._path) if self._table is None else [self._table])


def _read(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


class Spool:
    """Articles that were put aside, while its context is open.

    Parameters
    ----------
    store
        Lends the room for them; its writer's lock must be held.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pieces: list[Piece] = []
        self._open = ExitStack()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    @property
    def is_full(self) -> bool:
        """Whether there are as many pieces as can well be read at once."""
        return len(self._pieces) >= _MOST_PIECES

    @cached_property
    def _folder(self) -> Path:
        return self._open.enter_context(self._store.scratch())

    def add(self, articles: Sequence[Article]) -> None:
        """Put articles aside. The last piece stays in memory, so that a usual night writes nothing twice."""
        if self._pieces:
            self._pieces[-1].spill(self._folder / f"{len(self._pieces)}.arrow")
        self._pieces.append(Piece(articles))

    def clear(self) -> None:
        """Forget all that was put aside."""
        self._pieces = []
        pa.default_memory_pool().release_unused()  # what Arrow keeps for a next time is missed by what comes after
        self._open.close()
        self.__dict__.pop("_folder", None)

    def printings(self) -> Printings:
        """Return the earliest printing of each article."""
        ids = [piece.ids for piece in self._pieces]
        times = [piece.times for piece in self._pieces]
        return Printings.of(np.concatenate([*ids, np.empty(0, "S1")]), np.concatenate([*times, np.empty(0, np.int64)]))

    def runs(self, day: int, earliest: Printings) -> list[Run]:
        """Return the articles of a day (from 1970) in several runs, in order of arrival; days in ascending order."""
        return [piece.run(day, earliest) for piece in self._pieces if day in piece.days]


def merged(runs: Sequence[Run]) -> Iterator[pa.Table]:
    """Yield the rows of runs in order of article id; of those of one id the first by title, body, outlet and run."""
    places = [0] * len(runs)
    every = np.sort(np.concatenate([run.ids for run in runs]))
    for last in [*every[GROUP_ROWS - 1 : -1 : GROUP_ROWS], every[-1]]:
        stops = [int(np.searchsorted(run.ids, last, "right")) for run in runs]
        tables = [one for run, *ends in zip(runs, places, stops, strict=True) for one in run.between(*ends)]
        places = stops
        if tables:
            table = pa.concat_tables(tables).combine_chunks()
            yield _distinct(table.take(pc.sort_indices(table["article_id"])))


def _distinct(table: pa.Table) -> pa.Table:
    """Leave one row of each id; `table` is in order of them."""
    starts = starts_of(ids_in(table))
    if len(starts) == table.num_rows:
        return table

    def ties(row: int) -> tuple[str, ...]:
        return tuple(table[name][row].as_py() for name in _TIES)

    ends = pairwise([*starts.tolist(), table.num_rows])
    return table.take([start if stop == start + 1 else min(range(start, stop), key=ties) for start, stop in ends])
