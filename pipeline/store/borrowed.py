"""A file of an object store that needs a path on this machine (a database): fetched, used, and brought back.

The working copy stays in the state folder with the version that it came from. A run that died here goes on with its
copy, as long as no other machine has brought back a newer one since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StoreError
from pipeline.paths import state_dir
from pipeline.store.bucket import Bucket

_NONE = "none"


@contextmanager
def lent(bucket: Bucket, name: str, check: Callable[[], None]) -> Iterator[Path]:
    """Give a file a path here, and bring it back if it was changed, whatever happened to the run.

    Parameters
    ----------
    name
        The object, which need not exist.
    check
        Raises if this process may not write any more.
    """
    folder = state_dir() / hashlib.blake2b(bucket.url.encode(), digest_size=8).hexdigest()
    path, origin = folder / name, folder / f"{name}.origin"
    _fetch(bucket, name, path, origin)
    before = _digest(path)
    try:
        yield path
    finally:
        if _digest(path) != before:
            check()
            origin.write_text(bucket.put(name, path).mark, encoding="utf-8")


def _fetch(bucket: Bucket, name: str, path: Path, origin: Path) -> None:
    """Make the working copy that of the store, unless it is that already, or that and later work of this machine."""
    entry = bucket.listed("").get(name)
    mark = _NONE if entry is None else entry.mark
    try:
        if origin.exists() and path.exists() and origin.read_text(encoding="utf-8") == mark:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{name}*"):
            old.unlink()
        if entry is not None:
            bucket.fetch(name, path)
        origin.write_text(mark, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot keep a working copy of {bucket.url}/{name} in {path.parent}: {error}") from error


def _digest(path: Path) -> str:
    """Return a hash of the file with what belongs to it, such as a log that a run that died left."""
    parts = sorted(one for one in path.parent.glob(f"{path.name}*") if one.suffix != ".origin")
    found = hashlib.blake2b(digest_size=16)
    for one in parts:
        with one.open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
    return found.hexdigest()
