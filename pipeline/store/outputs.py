"""Tables by name and day, in a folder or an object store.

`articles/` and `mentions/` hold one file a day of printing, `events/` one a day of happening. A file is left alone
where its bytes would be the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from itertools import chain
from pathlib import Path

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store.local import LocalPlace
from pipeline.store.parquet import SORTED_ROWS, encoded
from pipeline.store.parts import groups_of, write_groups
from pipeline.store.publication import begin
from pipeline.store.readable import Readable, partition

INDEX_FILE = "tension_index.parquet"
DIRECTED_FILE = "directed_index.parquet"
ALERTS_FILE = "alerts.parquet"


class Store(Readable):
    """Reads and writes one outputs folder, here or in an object store.

    Parameters
    ----------
    outputs
        A path, or a url such as `s3://bucket/korea`; which ones stands in `docs/operations/storage.md`.

    Raises
    ------
    StoreError
        If nothing can be published there.
    """

    @property
    def root(self) -> Path:
        """The folder; `StoreError` in an object store, which has none."""
        if not isinstance(self._place, LocalPlace):
            raise StoreError(f"{self.where} is no folder of this machine")
        return self._place.root

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[None]:
        """Be the only writer; what a run that died left behind is put in order first.

        Parameters
        ----------
        wait
            Seconds to wait for another writer to end.

        Raises
        ------
        StoreError
            If another run still writes here then, or nothing can be written here.
        """
        with self._place.locked(wait):
            begin(self._place)
            yield

    @property
    def is_written_now(self) -> bool:
        """Whether a process holds the writer's lock."""
        return self._place.is_locked_now()

    def publishing(self) -> AbstractContextManager[None]:
        """Let all that is written in this context appear at its end, together or not at all."""
        return self._files.publishing()

    def write_day(self, dataset: str, day: date, table: pa.Table, note: str = "") -> bool:
        """Write one partition; return whether anything changed. An empty table removes it."""
        if table.num_rows == 0 and not note:
            return self.remove(partition(dataset, day))
        return self._files.write(partition(dataset, day), encoded(table, note))

    def write_days(self, dataset: str, parts: Iterable[tuple[date, pa.Table]]) -> None:
        """Write some partitions as `write_day` does, several at a time."""
        with ThreadPoolExecutor(self._place.readers) as pool:
            for _ in pool.map(lambda part: self.write_day(dataset, *part), parts):
                pass

    def write_day_parts(
        self, dataset: str, day: date, schema: pa.Schema, parts: Iterable[pa.Table], note: str = ""
    ) -> bool:
        """Write one partition as `write_day` does, from tables below each other that are not kept in memory."""
        groups = groups_of(parts)
        first, second = next(groups, schema.empty_table()), next(groups, None)
        if second is None:
            return self.write_day(dataset, day, first, note)
        every = chain((first, second), groups)
        return self._files.write_with(partition(dataset, day), lambda file: write_groups(file, every, schema, note))

    def write_file(self, name: str, table: pa.Table, note: str = "") -> bool:
        """Write a single-file table, such as the index."""
        return self._files.write(name, encoded(table, note, SORTED_ROWS))

    def write_bytes(self, name: str, content: bytes) -> str:
        """Write any other file and return its path or url."""
        self._files.write(name, content)
        return self.full(name)

    def remove(self, name: str) -> bool:
        """Remove a file; return whether there was one."""
        return self._files.remove(name)

    def borrowed(self, name: str) -> AbstractContextManager[Path]:
        """Give a file a path on this machine, for what cannot do without; for the writer only."""
        return self._place.borrowed(name)

    def scratch(self) -> AbstractContextManager[Path]:
        """Give an empty folder on this machine for what is soon gone; for the writer only, and once at a time."""
        return self._place.scratch()
