"""What a place must offer to hold outputs, and which place a path or url is.

Names are relative, parted by `/`, and lead to files; folders exist only as the beginnings of names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Protocol

from pipeline.errors import StoreError

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/{1,2}(.*)")  # a Path keeps one of the two slashes
_OBJECTS = ("s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss")


class Place(Protocol):
    """A folder or a prefix of an object store. Every file in it is written whole or not at all."""

    @property
    def where(self) -> str:
        """The place as people write it; outputs again."""

    @property
    def is_held(self) -> bool:
        """Whether this process is known to be the writer."""

    @property
    def readers(self) -> int:
        """How many files are best read at a time."""

    def full(self, name: str) -> str:
        """Return a name as people write it."""

    def exists(self) -> bool:
        """Whether there is anything here."""

    def locked(self, wait: float) -> AbstractContextManager[None]:
        """Be the only writer, after waiting so many seconds at most for another one; `StoreError` if there is one."""

    def is_locked_now(self) -> bool:
        """Whether there is a writer, here or elsewhere."""

    def read(self, name: str) -> bytes:
        """Return a file; `FileNotFoundError` if there is none."""

    def opened(self, name: str, size: int | None = None) -> Any:
        """Return what Arrow reads a table from; `FileNotFoundError` if there is none."""

    def listed(self, folder: str) -> Mapping[str, int]:
        """Return the files in a folder and their sizes, without hidden ones and those in folders within."""

    def marks(self, folder: str) -> Mapping[str, str]:
        """Return what changes with each change of a file in a folder; empty for one that changed just now."""

    def holds(self, name: str, content: bytes) -> bool:
        """Whether a file has just this content."""

    def write(self, name: str, content: bytes) -> bool:
        """Put a file in place of what is there; return whether anything changed."""

    def write_with(self, name: str, write: Callable[[IO[bytes]], None]) -> bool:
        """Put a file that `write` fills in place of what is there; return whether anything changed."""

    def remove(self, name: str) -> bool:
        """Remove a file; return whether there was one."""

    def settle(self, moved: Mapping[str, str], gone: list[str]) -> None:
        """Put files from one name to another, and remove some; what is done already is left as it is."""

    def clear(self, folder: str) -> None:
        """Remove all that lies in a folder, at any depth."""

    def note(self, name: str) -> str:
        """Return the note of a table; `FileNotFoundError` if there is none."""

    def digest(self, name: str) -> str:
        """Return a hash over the bytes of a file; `FileNotFoundError` if there is none."""

    def borrowed(self, name: str) -> AbstractContextManager[Path]:
        """Give a file a path on this machine; what is there at the end is kept. Only for the writer."""

    def scratch(self) -> AbstractContextManager[Path]:
        """Give an empty folder on this machine for what is soon gone. Only for the writer, and once at a time."""


def place_at(outputs: Path | str) -> Place:
    """Return the place that a path or url names.

    Raises
    ------
    StoreError
        If nothing can be published there.
    """
    text = str(outputs)
    url = _URL.fullmatch(text)
    if url is None or url[1] == "file":
        from pipeline.store.local import LocalPlace  # noqa: PLC0415 - only who needs it loads it

        return LocalPlace(Path(text if url is None else f"/{url[2].lstrip('/')}"))
    if url[1] not in _OBJECTS:
        raise StoreError(
            f"{text}: outputs may be a local folder (a mounted one too) or a url of {', '.join(_OBJECTS)}; "
            f"{url[1]} cannot replace a file in one step"
        )
    from pipeline.store.objects import object_place  # noqa: PLC0415 - only who needs it loads it

    return object_place(f"{url[1]}://{url[2].strip('/')}")
