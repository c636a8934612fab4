"""The outputs folder: plain Parquet, written whole or not at all, by one writer at a time.

`articles/` and `mentions/` hold one file a day of printing, `events/` one a day of happening. A file is
written beside its place, flushed to disk and renamed, and left alone where its bytes would be the same.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.versions import PRESENT, require_present, version_of

INDEX_FILE = "tension_index.parquet"
DIRECTED_FILE = "directed_index.parquet"
SUMMARY_FILE = "summary.json"
ALERTS_FILE = "alerts.parquet"
_LOCK_FILE = ".lock"
_METADATA_KEY = b"escalation_index"


class Store:
    """Reads and writes one outputs folder."""

    def __init__(self, root: Path | str) -> None:
        text = str(root)
        if "://" in text and not text.startswith("file://"):
            raise StoreError(f"{text}: outputs must be a local folder or a file:// url")
        self.root = Path(text.removeprefix("file://"))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; the operating system frees it when the process dies.

        Raises
        ------
        StoreError
            If another process writes here now, or the folder cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / _LOCK_FILE).open("w")
        except OSError as error:
            raise StoreError(f"cannot write to {self.root}: {error.strerror}") from error
        with lock:
            if not _locked(lock):
                raise StoreError(f"another run writes to {self.root}; wait for it to end")
            self._sweep()
            yield

    @property
    def is_written_now(self) -> bool:
        """Whether a process holds the writer's lock."""
        try:
            with (self.root / _LOCK_FILE).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def days(self, dataset: str) -> list[date]:
        """Return the days of a dataset, in order."""
        return sorted(date.fromisoformat(path.stem) for path in (self.root / dataset).glob("[0-9]*.parquet"))

    def read_day(self, dataset: str, day: date, columns: list[str] | None = None) -> pa.Table:
        """Return one partition."""
        path = self._path(dataset, day)
        return self._present(pq.read_table(path, columns=columns, partitioning=None), path)

    def size(self, dataset: str) -> int:
        """Return the bytes that the partitions of a dataset take."""
        return sum(self._path(dataset, day).stat().st_size for day in self.days(dataset))

    def schema_version(self, dataset: str, day: date) -> str:
        """Return the version of the tables that a partition was written with; empty if it tells none."""
        metadata = pq.read_schema(self._path(dataset, day)).metadata or {}
        return str(metadata.get(b"schema_version", b"").decode())

    def read(self, dataset: str, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
        """Return all partitions of a dataset, in order of day."""
        wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        paths = [self._path(dataset, day) for day in self.days(dataset)]
        if not paths:
            return wanted.empty_table()

        def read_one(path: Path) -> pa.Table:
            file = pq.ParquetFile(path)
            require_present(file.schema_arrow, path, self.root)
            return file.read(columns=columns, use_threads=False).replace_schema_metadata()

        with ThreadPoolExecutor() as pool:
            return _cast(pool.map(read_one, paths), wanted, self.root / dataset)

    def read_folder(self, folder: str, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
        """Return all files of a folder that is not parted by days, in order of name."""
        wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        tables = [
            self._present(pq.read_table(self.root / name, columns=columns), self.root / name).replace_schema_metadata()
            for name in self.files(folder)
        ]
        return _cast(tables, wanted, self.root / folder) if tables else wanted.empty_table()

    def files(self, folder: str) -> list[str]:
        """Return the names of the tables in a folder, for `read_file`."""
        return sorted(f"{folder}/{path.name}" for path in (self.root / folder).glob("[!.]*.parquet"))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.root / name).unlink(missing_ok=True)

    def note(self, dataset: str, day: date) -> str | None:
        """Return the note a partition was written with, or None where there is none of the present schema."""
        path = self._path(dataset, day)
        if not path.exists():
            return None
        schema = pq.read_schema(path)
        return text_note(schema) if version_of(schema, path) == PRESENT else None

    def digest(self, dataset: str, day: date) -> str:
        """Return 32 hexadecimal digits over the bytes of a partition."""
        return hashlib.blake2b(self._path(dataset, day).read_bytes(), digest_size=16).hexdigest()

    def write_day(self, dataset: str, day: date, table: pa.Table, note: str = "") -> bool:
        """Write one partition; return whether anything changed. An empty table removes it."""
        path = self._path(dataset, day)
        if table.num_rows == 0 and not note:
            existed = path.exists()
            path.unlink(missing_ok=True)
            return existed
        return self._replace(path, _encoded(table, note))

    def write_file(self, name: str, table: pa.Table, note: str = "") -> bool:
        """Write a single-file table, such as the index."""
        return self._replace(self.root / name, _encoded(table, note))

    def write_bytes(self, name: str, content: bytes) -> Path:
        """Write any other file atomically and return its path."""
        self._replace(self.root / name, content)
        return self.root / name

    def has(self, name: str) -> bool:
        """Whether there is a single-file table of a name."""
        return (self.root / name).exists()

    def version(self, name: str) -> int:
        """Return the schema version of a table; an error if it is newer than the present one."""
        return version_of(self.read_schema(name), self.root / name)

    def read_schema(self, name: str) -> pa.Schema:
        """Return the columns and metadata of a table."""
        return pq.read_schema(self.root / name)

    def read_file(self, name: str, any_version: bool = False) -> pa.Table:
        """Return a single-file table; with `any_version` also one that waits for `escalation upgrade`.

        Raises
        ------
        StoreError
            If it is not there, or of another schema.
        """
        path = self.root / name
        if not path.exists():
            raise StoreError(f"there is no {path}; build it with: escalation run SOURCE --outputs {self.root}")
        table = pq.read_table(path, partitioning=None)
        return table if any_version else self._present(table, path)

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
        path = self.root / name
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {path}: {error}; remove it, and the next run writes it anew") from error
        if not isinstance(found, dict):
            raise StoreError(f"{path} holds no JSON object; remove it, and the next run writes it anew")
        return found

    def _present(self, table: pa.Table, place: Path) -> pa.Table:
        require_present(table.schema, place, self.root)
        return table

    def _path(self, dataset: str, day: date) -> Path:
        return self.root / dataset / f"{day.isoformat()}.parquet"

    def _replace(self, path: Path, content: bytes) -> bool:
        try:
            if path.exists() and path.stat().st_size == len(content) and path.read_bytes() == content:
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.tmp")
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}; the last good version is untouched") from error
        return True

    def _sweep(self) -> None:
        """Delete what a run that died left half written; readers never see these names."""
        for leftover in self.root.rglob(".*.tmp"):
            leftover.unlink(missing_ok=True)


def _locked(lock: IO[str]) -> bool:
    """Take the writer's lock; wait a moment, for `is_written_now` of another process holds it for as long."""
    for wait in (0.0, 0.05, 0.1, 0.2):
        time.sleep(wait)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def _cast(tables: Iterable[pa.Table], schema: pa.Schema, place: Path) -> pa.Table:
    try:
        return pa.concat_tables(tables).cast(schema)
    except (pa.ArrowInvalid, ValueError, KeyError) as error:
        raise StoreError(
            f"{place} was written by another version of the tables ({error}); run the sources again into a new folder"
        ) from error


def _encoded(table: pa.Table, note: str) -> bytes:
    metadata = {**(table.schema.metadata or {}), _METADATA_KEY: note.encode()}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    return bytes(sink.getvalue())


def note_of(table: pa.Table) -> dict[str, Any]:
    """Return the method and constants an index file was written with."""
    text = text_note(table.schema)
    return json.loads(text) if text else {}


def text_note(schema: pa.Schema) -> str:
    """Return the note a table was written with, empty if there is none."""
    return str((schema.metadata or {}).get(_METADATA_KEY, b"").decode())
