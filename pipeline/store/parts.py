"""Tables of any length ↔ Parquet files, a part at a time, so that memory does not grow with a day.

A row group holds `GROUP_ROWS` rows, in whatever parts they come: the bytes of a file depend on its rows alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.store.parquet import GROUP_ROWS, with_note

_BUFFER = 1 << 20  # a file of one long row group is read through a buffer, not whole


class Rows:
    """Hands out the rows of tables that come one after another, so many at a time."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        self._tables = iter(tables)
        self._rest: pa.Table | None = None

    def take(self, count: int) -> list[pa.Table]:
        """Return the next rows, fewer where they end."""
        taken = []
        while count > 0:
            if self._rest is None or self._rest.num_rows == 0:
                self._rest = next(self._tables, None)
                if self._rest is None:
                    break
            taken.append(self._rest.slice(0, count))
            self._rest = self._rest.slice(count)
            count -= taken[-1].num_rows
        return taken


def groups_of(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of tables in row groups, all but the last of `GROUP_ROWS` rows."""
    rows = Rows(tables)
    while taken := rows.take(GROUP_ROWS):
        yield pa.concat_tables(taken).combine_chunks()


def write_groups(file: IO[bytes], groups: Iterable[pa.Table], schema: pa.Schema, note: str) -> None:
    """Write row groups into an open file, with a note."""
    with pq.ParquetWriter(file, with_note(schema, note), compression="zstd") as writer:
        for group in groups:
            writer.write_table(group)


def read_parts(source: object, columns: Sequence[str] | None, rows: int) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """Return the schema of a Parquet file and its rows, so many at a time."""
    file = pq.ParquetFile(source, buffer_size=_BUFFER)
    batches = file.iter_batches(rows, columns=columns, use_threads=False)
    return file.schema_arrow, (pa.Table.from_batches([batch]) for batch in batches)
