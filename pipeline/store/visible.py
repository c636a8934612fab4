"""A place as its readers see it: each file where it is now, also while a publication is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TypeVar

from pipeline.errors import StoreError
from pipeline.store.place import Place
from pipeline.store.publication import Publication, drop, last, publish

_TRIES = 5
_T = TypeVar("_T")


class Visible:
    """Reads and writes the files of a place, in and outside of publications."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._new: Publication | None = None
        self._staged: dict[str, int] = {}

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Let all that is written in this context appear at its end, together or not at all."""
        self._new, self._staged = Publication(last(self._place).number + 1), {}
        try:
            yield
        except BaseException:
            self._new = None
            with suppress(StoreError):
                drop(self._place)  # a full disk needs the room; what cannot be reached now goes with the next run
            raise
        new, self._new = self._new, None
        if new.names:
            publish(self._place, new)

    def whole(self, read: Callable[[], _T]) -> _T:
        """Return what `read` makes of several files, all of them of one publication."""
        for _ in range(_TRIES):
            before = last(self._place).number
            try:
                found = read()
            except (StoreError, LookupError):
                if last(self._place).number == before:
                    raise
                continue
            if last(self._place).number == before:
                return found
        raise StoreError(f"{self._place.where} was published anew {_TRIES} times while it was read; try again")

    def opened(self, name: str, read: Callable[[str], _T]) -> _T:
        """Return what `read` makes of the file of a name; `FileNotFoundError` if there is none."""
        found = self._found(name)
        if found is None:
            raise FileNotFoundError(name)
        try:
            return read(found)
        except FileNotFoundError:
            if found == name:
                raise
            return read(name)  # it has moved to its place meanwhile

    def has(self, name: str) -> bool:
        """Whether there is a file of a name."""
        folder, _, own = name.rpartition("/")
        return own in self.listed(folder)

    def listed(self, folder: str) -> dict[str, int | None]:
        """Return the files in a folder, in order of name, and their sizes where known."""
        sizes: dict[str, int | None] = dict(self._place.listed(folder))
        for name, there in self._pending().names.copy().items():  # others may write meanwhile
            within, _, own = name.rpartition("/")
            if within == folder:
                sizes.pop(own, None)
                if there:
                    sizes[own] = self._staged.get(name) if self._new else None
        return {name: sizes[name] for name in sorted(sizes)}

    def write(self, name: str, content: bytes) -> bool:
        """Write a file, now or with the publication; return whether anything changes."""
        if self._new is None:
            return self._place.write(name, content)
        if name not in self._new.names and self._place.holds(name, content):
            return False
        self._place.write(self._new.staged(name), content)
        self._new.names[name], self._staged[name] = True, len(content)
        return True

    def write_with(self, name: str, write: Callable[[IO[bytes]], None]) -> bool:
        """Write a file that `write` fills, now or with the publication; return whether anything changes."""
        if self._new is None:
            return self._place.write_with(name, write)
        self._place.write_with(self._new.staged(name), write)
        self._new.names[name] = True
        return True

    def remove(self, name: str) -> bool:
        """Remove a file, now or with the publication; return whether there was one."""
        if self._new is None:
            return self._place.remove(name)
        if not self.has(name):
            return False
        self._new.names[name] = False
        return True

    def _pending(self) -> Publication:
        """Return the files that are not at their places: of this writer, or of a publication under way."""
        if self._new is not None:
            return self._new
        return Publication() if self._place.is_held else last(self._place)

    def _found(self, name: str) -> str | None:
        """Return where a file lies now, None if it is gone."""
        pending = self._pending()
        there = pending.names.get(name, name)
        if there is name:
            return name
        return pending.staged(name) if there else None
