"""What lies in a folder or an object store, table by table and day by day, for those that write nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.store.parquet import GROUP_ROWS, joined, rows_of
from pipeline.store.parts import read_parts
from pipeline.store.place import place_at
from pipeline.store.visible import Visible
from pipeline.versions import require_present, version_of

SUMMARY_FILE = "summary.json"
_TABLE = ".parquet"
_T = TypeVar("_T")
Keep = Callable[[pa.Table], pa.Table]
"""Leaves of a partition the rows that are wanted."""


class Readable:
    """The reading half of a `Store`."""

    def __init__(self, outputs: Path | str) -> None:
        self._place = place_at(outputs)
        self._files = Visible(self._place)

    @property
    def where(self) -> str:
        """The outputs as people write them: a path or a url."""
        return self._place.where

    def full(self, name: str) -> str:
        """Return the path or url of a file."""
        return self._place.full(name)

    def exists(self) -> bool:
        """Whether there are outputs."""
        return self._place.exists()

    def whole(self, read: Callable[[], _T]) -> _T:
        """Return what `read` makes of several files, all of them of one publication.

        Raises
        ------
        StoreError
            If something else was published again and again meanwhile.
        """
        return self._files.whole(read)

    def days(self, dataset: str) -> list[date]:
        """Return the days of a dataset, in order."""
        return sorted(date.fromisoformat(name.removesuffix(_TABLE)) for name in self._days(dataset))

    def read_day(self, dataset: str, day: date, columns: list[str] | None = None) -> pa.Table:
        """Return one partition."""
        return self._table(partition(dataset, day), columns)

    def iter_day(
        self, dataset: str, day: date, columns: list[str] | None = None, rows: int = GROUP_ROWS
    ) -> Iterator[pa.Table]:
        """Yield one partition in parts of so many rows at most, each read when it is asked for."""
        name = partition(dataset, day)
        size = self._days(dataset).get(name.rpartition("/")[2])

        def read(found: str) -> tuple[pa.Schema, Iterator[pa.Table]]:
            return read_parts(self._place.opened(found, size), columns, rows)

        schema, parts = self._files.opened(name, read)
        require_present(schema, self.full(name), self.where)
        yield from parts
        pa.default_memory_pool().release_unused()  # what Arrow keeps for a next time is missed elsewhere

    def size(self, dataset: str) -> int:
        """Return the bytes that the partitions of a dataset take."""
        return sum(size or 0 for size in self._days(dataset).values())

    def sizes(self, dataset: str) -> dict[str, int]:
        """Return the bytes that each partition takes, by day; one that is being published is left out."""
        return {name.removesuffix(_TABLE): size for name, size in self._days(dataset).items() if size is not None}

    def marks(self, dataset: str) -> dict[str, str]:
        """Return what tells the content of each partition from any other, by day; empty where it was just written."""
        marks = self._place.marks(dataset)
        return {name.removesuffix(_TABLE): marks.get(name, "") for name in self._days(dataset)}

    def read(
        self,
        dataset: str,
        schema: pa.Schema,
        columns: list[str] | None = None,
        days: Collection[date] | None = None,
        keep: Keep | None = None,
    ) -> pa.Table:
        """Return the partitions of a dataset, of all days or some, in order of day; what is not kept is never held."""
        names = self._days(dataset)
        if days is not None:
            wanted = {f"{day.isoformat()}{_TABLE}" for day in days}
            names = {name: size for name, size in names.items() if name in wanted}
        return self._read(dataset, names, schema, columns, keep)

    def read_folder(self, folder: str, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
        """Return all files of a folder that is not parted by days, in order of name."""
        return self._read(folder, self._tables(folder), schema, columns)

    def files(self, folder: str) -> list[str]:
        """Return the names of the tables in a folder, for `read_file`."""
        return [f"{folder}/{name}" for name in self._tables(folder)]

    def note(self, dataset: str, day: date) -> str | None:
        """Return the note a partition was written with, or None where there is none."""
        try:
            return self._files.opened(partition(dataset, day), self._place.note)
        except FileNotFoundError:
            return None

    def digest(self, dataset: str, day: date) -> str:
        """Return 32 hexadecimal digits over the bytes of a partition."""
        return self._files.opened(partition(dataset, day), self._place.digest)

    def file_digest(self, name: str) -> str:
        """Return 32 hexadecimal digits over the bytes of a file; `FileNotFoundError` if there is none."""
        return self._files.opened(name, self._place.digest)

    def has(self, name: str) -> bool:
        """Whether there is a file of a name."""
        return self._files.has(name)

    def version(self, name: str) -> int:
        """Return the schema version of a table; an error if it is newer than the present one."""
        return version_of(self.read_schema(name), self.full(name))

    def read_schema(self, name: str) -> pa.Schema:
        """Return the columns and metadata of a table."""
        return self._files.opened(name, lambda found: pq.read_schema(self._place.opened(found)))

    def read_file(
        self,
        name: str,
        any_version: bool = False,
        columns: list[str] | None = None,
        only: tuple[str, str] | None = None,
    ) -> pa.Table:
        """Return a single-file table.

        Parameters
        ----------
        any_version
            Return also one that waits for `escalation upgrade`.
        columns
            By default all.
        only
            A column and a value: return the rows that have it, and read little else where the file is sorted by it.

        Raises
        ------
        StoreError
            If it is not there, or of another schema.
        """
        try:
            size = self._files.listed("").get(name) if only else None
            return self._table(name, columns, size, any_version, only)
        except FileNotFoundError:
            raise StoreError(
                f"there is no {self.full(name)}; build it with: escalation run SOURCE --outputs {self.where}"
            ) from None

    def read_bytes(self, name: str) -> bytes | None:
        """Return any other file, None if there is none."""
        try:
            return self._files.opened(name, self._place.read)
        except FileNotFoundError:
            return None

    def summary(self) -> dict[str, Any]:
        """Return the counts of the last run, empty if there was none."""
        return self.read_json(SUMMARY_FILE)

    def read_json(self, name: str) -> dict[str, Any]:
        """Return what a file of JSON holds, empty if there is none.

        Raises
        ------
        StoreError
            If it is no JSON object.
        """
        try:
            found = json.loads(self.read_bytes(name) or b"{}")
        except (OSError, ValueError) as error:
            place = self.full(name)
            raise StoreError(f"cannot read {place}: {error}; remove it, and the next run writes it anew") from error
        if not isinstance(found, dict):
            raise StoreError(f"{self.full(name)} holds no JSON object; remove it, and the next run writes it anew")
        return found

    def _tables(self, folder: str) -> dict[str, int | None]:
        return {name: size for name, size in self._files.listed(folder).items() if name.endswith(_TABLE)}

    def _days(self, dataset: str) -> dict[str, int | None]:
        return {name: size for name, size in self._tables(dataset).items() if name[0].isdigit()}

    def _table(
        self,
        name: str,
        columns: list[str] | None = None,
        size: int | None = None,
        any_version: bool = False,
        only: tuple[str, str] | None = None,
    ) -> pa.Table:
        def read(found: str) -> pa.Table:
            file = pq.ParquetFile(self._place.opened(found, size), pre_buffer=True)
            if not any_version:
                require_present(file.schema_arrow, self.full(name), self.where)
            return file.read(columns, use_threads=False) if only is None else rows_of(file, columns, *only)

        return self._files.opened(name, read)

    def _read(
        self,
        folder: str,
        names: dict[str, int | None],
        schema: pa.Schema,
        columns: list[str] | None,
        keep: Keep | None = None,
    ) -> pa.Table:
        wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        if not names:
            return wanted.empty_table()

        def one(name: str) -> pa.Table:
            table = self._table(f"{folder}/{name}", columns, names[name]).replace_schema_metadata()
            return table if keep is None else keep(table)

        try:
            with ThreadPoolExecutor(self._place.readers) as pool:
                return joined(pool.map(one, names), wanted, self.full(folder))
        except FileNotFoundError as error:
            raise StoreError(f"{self.full(folder)} was changed while it was read ({error}); try again") from error


def partition(dataset: str, day: date) -> str:
    """Return the name of the file of a day."""
    return f"{dataset}/{day.isoformat()}{_TABLE}"
