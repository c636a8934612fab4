"""Outputs in a folder of this machine: a file is written beside its place, flushed to disk, and renamed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pipeline.errors import StoreError
from pipeline.store.lock import file_lock, is_locked
from pipeline.store.parquet import digest_in, note_in

_LOCK = ".lock"
_SCRATCH = ".scratch.tmp"
_FRESH = 2_000_000_000
"""Nanoseconds in which a file may change twice and show one time: clocks of file systems are coarse."""
_READERS = min(32, (os.cpu_count() or 1) + 4)


class LocalPlace:
    """A folder."""

    is_held = False  # another object of this process may be the writer; asking the disk costs nothing
    readers = _READERS

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[str, tuple[tuple[int, int, int], str]] = {}  # with the version of the file that each is of

    @property
    def where(self) -> str:
        return str(self.root)

    def full(self, name: str) -> str:
        return str(self.root / name)

    def exists(self) -> bool:
        return self.root.is_dir()

    @contextmanager
    def locked(self, wait: float) -> Iterator[None]:
        try:
            _make(self.root)
        except OSError as error:
            raise StoreError(f"cannot write to {self.root}: {error.strerror}") from error
        with file_lock(self.root / _LOCK, self.where, wait):
            self._sweep()
            yield

    def is_locked_now(self) -> bool:
        return is_locked(self.root / _LOCK)

    def read(self, name: str) -> bytes:
        return (self.root / name).read_bytes()

    def opened(self, name: str, size: int | None = None) -> Path:
        path = self.root / name
        if not path.exists():
            raise FileNotFoundError(path)
        return path

    def listed(self, folder: str) -> Mapping[str, int]:
        found: dict[str, int] = {}
        with suppress(FileNotFoundError), os.scandir(self.root / folder) as entries:
            for one in entries:
                if not one.name.startswith(".") and one.is_file():
                    found[one.name] = one.stat().st_size
        return found

    def marks(self, folder: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        fresh = time.time_ns() - _FRESH
        with suppress(FileNotFoundError), os.scandir(self.root / folder) as entries:
            for one in entries:
                if not one.name.startswith("."):
                    found[one.name] = _mark(one.stat(), fresh)
        return found

    def holds(self, name: str, content: bytes) -> bool:
        path = self.root / name
        return path.exists() and path.stat().st_size == len(content) and path.read_bytes() == content

    def write(self, name: str, content: bytes) -> bool:
        path = self.root / name
        with _told(path):
            if self.holds(name, content):
                return False
            _put(path, lambda file: file.write(content))
        return True

    def write_with(self, name: str, write: Callable[[IO[bytes]], None]) -> bool:
        path = self.root / name
        with _told(path):
            return _put(path, write)

    def remove(self, name: str) -> bool:
        path = self.root / name
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"cannot remove {path}: {error.strerror}") from error
        _sync(path.parent)
        return True

    def settle(self, moved: Mapping[str, str], gone: list[str]) -> None:
        folders: set[Path] = set()
        try:
            for old, new in moved.items():
                path = self.root / new
                _make(path.parent)
                with suppress(FileNotFoundError):
                    (self.root / old).replace(path)
                folders.add(path.parent)
            for name in gone:
                (self.root / name).unlink(missing_ok=True)
                folders.add((self.root / name).parent)
            for folder in folders:
                _sync(folder)
        except OSError as error:
            raise StoreError(
                f"cannot publish in {self.root}: {error.strerror}; the next run goes on from here"
            ) from error

    def clear(self, folder: str) -> None:
        shutil.rmtree(self.root / folder, ignore_errors=True)

    def note(self, name: str) -> str:
        return note_in(self.root / name)

    def digest(self, name: str) -> str:
        with (self.root / name).open("rb") as file:
            found = os.fstat(file.fileno())
            mark = found.st_ino, found.st_size, found.st_mtime_ns
            if self._digests.get(name, (None, ""))[0] != mark:
                self._digests[name] = mark, digest_in(file)
        return self._digests[name][1]

    @contextmanager
    def borrowed(self, name: str) -> Iterator[Path]:
        yield self.root / name

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        folder = self.root / _SCRATCH
        with _told(folder):
            _make(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Delete what a run that died left half written; readers never see these names."""
        shutil.rmtree(self.root / _SCRATCH, ignore_errors=True)
        for leftover in self.root.rglob(".*.tmp"):
            leftover.unlink(missing_ok=True)


def _mark(known: os.stat_result, fresh: int) -> str:
    """Return size, times and number of a file; nothing where one more change might leave them as they are."""
    if known.st_ctime_ns > fresh:
        return ""
    return f"{known.st_size}-{known.st_mtime_ns}-{known.st_ctime_ns}-{known.st_ino}"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}; the last good version is untouched") from error


def _put(path: Path, write: Callable[[IO[bytes]], object]) -> bool:
    """Put what `write` writes in place of a file; return whether that is anything else than what is there."""
    _make(path.parent)
    beside = path.with_name(f".{path.name}.tmp")
    try:
        with beside.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if _same(beside, path):
            beside.unlink()
            return False
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)  # a full disk needs the room
        raise
    _sync(path.parent)
    return True


def _same(one: Path, other: Path) -> bool:
    if not other.exists() or one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        return digest_in(first) == digest_in(second)


def _make(folder: Path) -> None:
    """Make a folder that is there after a loss of power too."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Flush the names in a folder to disk: without, a loss of power may bring back the old file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
