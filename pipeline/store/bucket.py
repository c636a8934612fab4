"""An object store as a few operations on names, each of which happens wholly or not at all.

Everything rests on three of them: an object is put whole, is put only if there is none yet, or is put only over a
certain version. S3 and those who follow it, Google's and Azure's stores offer all three.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, NotSupportedError, PreconditionError
from obstore.store import from_url

from pipeline.errors import StoreError

if TYPE_CHECKING:
    from obstore import ObjectMeta, PutResult, UpdateVersion

RETRIES = 6
"""Tries of a request after the first, in some twenty seconds."""
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "bucket does not exist")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


@dataclass(frozen=True)
class Entry:
    """What a listing tells of an object; `tag` and `version` change with its content."""

    size: int
    tag: str | None
    version: str | None
    modified: datetime | None = None

    @property
    def mark(self) -> str:
        """What tells this content from any other of the same name."""
        return self.version or self.tag or ""


class Ranges(io.RawIOBase):
    """An object as a file that is read in parts."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket, self._name, self._size, self._at = bucket, name, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        length = left if size < 0 else min(size, left)
        found = self._bucket.part(self._name, self._at, length) if length else b""
        self._at += len(found)
        return found


class Bucket:
    """The objects below a url."""

    def __init__(self, url: str) -> None:
        self.url = url
        # an address without TLS is one that somebody chose, as for a store of their own
        plain = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
        with self._told():
            self._store = from_url(
                url,
                client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "300s"},
                retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(minutes=3)},
            )

    def get(self, name: str) -> tuple[bytes, Entry]:
        """Return an object; `FileNotFoundError` if there is none."""
        with self._told(name):
            found = obstore.get(self._store, name)
            return bytes(found.bytes()), _entry(found.meta)

    def fetch(self, name: str, path: Path) -> None:
        """Write an object into a file; `FileNotFoundError` if there is none."""
        with self._told(name), path.open("wb") as file:
            for block in obstore.get(self._store, name):
                file.write(block)

    def reader(self, name: str, size: int) -> Ranges:
        """Return an object of so many bytes as an open file, of which only what is asked for is fetched."""
        return Ranges(self, name, size)

    def part(self, name: str, start: int, length: int) -> bytes:
        """Return some bytes of an object; `FileNotFoundError` if there is none."""
        with self._told(name):
            return bytes(obstore.get_range(self._store, name, start=start, length=length))

    def put(self, name: str, content: bytes | Path) -> Entry:
        """Put an object in place of what is there."""
        with self._told(name):
            large = isinstance(content, Path)  # in parts, which appear together at the end
            size = content.stat().st_size if isinstance(content, Path) else len(content)
            return _put(obstore.put(self._store, name, content, use_multipart=large), size)

    def put_new(self, name: str, content: bytes) -> Entry | None:
        """Put an object where there is none; return None if there is one."""
        with self._told(name):
            try:
                return _put(obstore.put(self._store, name, content, mode="create", use_multipart=False), len(content))
            except (AlreadyExistsError, PreconditionError):
                return self._own(name, content)

    def put_over(self, name: str, content: bytes, old: Entry) -> Entry | None:
        """Put an object over a version of it; return None if it is another version by now, or gone."""
        mark: UpdateVersion = {}
        if old.tag is not None:
            mark["e_tag"] = old.tag
        if old.version is not None:
            mark["version"] = old.version
        with self._told(name):
            try:
                return _put(obstore.put(self._store, name, content, mode=mark, use_multipart=False), len(content))
            except (PreconditionError, AlreadyExistsError, NotFoundError, FileNotFoundError):
                return self._own(name, content)

    def _own(self, name: str, content: bytes) -> Entry | None:
        """Return what lies there if it is what was put: the first try may have arrived and its answer not."""
        try:
            there, entry = self.get(name)
        except FileNotFoundError:
            return None
        return entry if there == content else None

    def copy(self, old: str, new: str) -> None:
        """Copy an object within the store; `FileNotFoundError` if there is none."""
        with self._told(old):
            obstore.copy(self._store, old, new)

    def delete(self, names: Sequence[str]) -> None:
        """Delete objects that may be there."""
        if names:
            with self._told(names[0]):
                try:
                    obstore.delete(self._store, list(names))
                except (FileNotFoundError, NotFoundError):
                    return

    def listed(self, folder: str) -> dict[str, Entry]:
        """Return the objects right below a folder ("" is the top) by their own names."""
        with self._told(folder):
            found = obstore.list_with_delimiter(self._store, folder or None)["objects"]
            return {one["path"].rpartition("/")[2]: _entry(one) for one in found}

    def below(self, folder: str) -> list[str]:
        """Return the full names of the objects below a folder, at any depth."""
        with self._told(folder):
            return [one["path"] for batch in obstore.list(self._store, folder or None) for one in batch]

    def is_empty(self) -> bool:
        """Whether there is no object."""
        with self._told():
            return not any(batch for batch in obstore.list(self._store, chunk_size=1))

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        """Turn what an object store may answer into our own errors."""
        place = f"{self.url}/{name}" if name else self.url
        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            if any(word in str(error) for word in _NO_BUCKET):
                raise StoreError(f"{self.url}: there is no such bucket; make it, or mend the url") from error
            raise FileNotFoundError(place) from error
        except NotSupportedError as error:
            raise StoreError(f"{place}: this store cannot write on a condition, which outputs need: {error}") from error
        except (BaseError, ValueError) as error:
            raise StoreError(
                f"cannot reach {place}: {_first_line(error)}; what was published stands, run again when it answers"
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].strip()


def _entry(meta: ObjectMeta) -> Entry:
    return Entry(meta["size"], meta["e_tag"], meta["version"], meta["last_modified"])


def _put(result: PutResult, size: int) -> Entry:
    return Entry(size, result["e_tag"], result["version"])
