"""Outputs in an object store: each file one object, put whole; listed once a folder and read many at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store.borrowed import lent
from pipeline.store.bucket import Bucket
from pipeline.store.catalog import Catalog, Facts
from pipeline.store.lease import Lease, is_leased
from pipeline.store.parquet import digest_of, note_in

_READERS = 16
_LARGE = 4_000_000
"""Bytes from which only the columns that are asked for are fetched; below, one request for all is faster."""


def object_place(url: str) -> ObjectPlace:
    """Return the place of a url: one for all who use it in this process, so that they share the writer's lock."""
    return _place(url, os.getpid())


@cache
def _place(url: str, _: int) -> ObjectPlace:
    return ObjectPlace(url)


class ObjectPlace:
    """What lies below a url of an object store."""

    readers = _READERS

    def __init__(self, url: str) -> None:
        self._bucket = Bucket(url)
        self._lease: Lease | None = None
        self._catalog: Catalog | None = None

    @property
    def where(self) -> str:
        return self._bucket.url

    @property
    def is_held(self) -> bool:
        return self._lease is not None

    def full(self, name: str) -> str:
        return f"{self._bucket.url}/{name}" if name else self._bucket.url

    def exists(self) -> bool:
        return not self._bucket.is_empty()

    @contextmanager
    def locked(self, wait: float) -> Iterator[None]:
        lease = Lease(self._bucket)
        lease.acquire(wait)
        try:
            self._lease, self._catalog = lease, Catalog(self._bucket)
            yield
            self._catalog.save()
        finally:
            self._lease = self._catalog = None
            lease.release()

    def is_locked_now(self) -> bool:
        return self.is_held or is_leased(self._bucket)

    def read(self, name: str) -> bytes:
        return self._bucket.get(name)[0]

    def opened(self, name: str, size: int | None = None) -> Any:
        if size is not None and size >= _LARGE:
            return pa.PythonFile(self._bucket.reader(name, size), mode="r")
        return pa.BufferReader(self.read(name))

    def listed(self, folder: str) -> Mapping[str, int]:
        entries = self._catalog.folder(folder) if self._catalog else self._bucket.listed(folder)
        return {name: entry.size for name, entry in entries.items() if not name.startswith(".")}

    def marks(self, folder: str) -> Mapping[str, str]:
        entries = self._catalog.folder(folder) if self._catalog else self._bucket.listed(folder)
        return {name: entry.mark for name, entry in entries.items()}

    def holds(self, name: str, content: bytes) -> bool:
        try:
            return self.digest(name) == digest_of(content)
        except FileNotFoundError:
            return False

    def write(self, name: str, content: bytes) -> bool:
        if self.holds(name, content):
            return False
        if self._lease is None or self._catalog is None:
            self._bucket.put(name, content)
            return True
        self._lease.check()
        old = self._catalog.entry(name)
        new = self._bucket.put_new(name, content) if old is None else self._bucket.put_over(name, content, old)
        if new is None:
            raise StoreError(
                f"{self.full(name)} was changed by something else while this run wrote; "
                "what was published stands, run again"
            )
        self._catalog.put(name, new, Facts.of(name, content))
        return True

    def write_with(self, name: str, write: Callable[[IO[bytes]], None]) -> bool:
        with tempfile.TemporaryFile() as file:
            write(file)
            file.seek(0)
            return self.write(name, file.read())  # a put on a condition takes a content whole

    def remove(self, name: str) -> bool:
        folder, _, own = name.rpartition("/")
        there = own in self.listed(folder)
        if there:
            self._gone([name])
        return there

    def settle(self, moved: Mapping[str, str], gone: list[str]) -> None:
        with ThreadPoolExecutor(_READERS) as pool:
            list(pool.map(self._copy, moved.items()))
        if self._catalog is not None:
            self._catalog.moved(moved.items())
        self._gone(gone)

    def clear(self, folder: str) -> None:
        self._gone(self._bucket.below(folder))

    def note(self, name: str) -> str:
        return self._catalog.facts(name).note if self._catalog else note_in(pa.BufferReader(self.read(name)))

    def digest(self, name: str) -> str:
        return self._catalog.facts(name).digest if self._catalog else digest_of(self.read(name))

    @contextmanager
    def borrowed(self, name: str) -> Iterator[Path]:
        with lent(self._bucket, name, self._check) as path:
            yield path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="escalation-") as folder:
            yield Path(folder)

    def _check(self) -> None:
        if self._lease is not None:
            self._lease.check()

    def _copy(self, names: tuple[str, str]) -> None:
        self._check()
        with suppress(FileNotFoundError):  # done, and swept away
            self._bucket.copy(*names)

    def _gone(self, names: list[str]) -> None:
        self._check()
        self._bucket.delete(names)
        if self._catalog is not None:
            self._catalog.forget(names)
