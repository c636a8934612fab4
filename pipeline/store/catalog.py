"""What the writer knows of the objects of a store, so that it need not ask.

While the lock is held nobody else changes them: one listing a folder, kept up to date, tells versions and sizes. What a
version holds (hash and note) is remembered from run to run in `.catalog.json.gz`, which may be lost or old: an entry
counts only for the very version that it names.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

import pyarrow as pa

from pipeline.store.bucket import Bucket, Entry
from pipeline.store.parquet import digest_of, note_in

FILE = ".catalog.json.gz"


@dataclass(frozen=True)
class Facts:
    """The hash of an object, and the note of a table ("" for anything else)."""

    digest: str
    note: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Facts:
        """Return the facts of a content."""
        return cls(digest_of(content), note_in(pa.BufferReader(content)) if name.endswith(".parquet") else "")


class Catalog:
    """Versions, sizes, hashes and notes, while one process writes; several of its threads may ask and tell."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._folders: dict[str, dict[str, Entry]] = {}
        self._facts = _loaded(bucket)
        self._changed = False
        self._listing = Lock()

    def folder(self, folder: str) -> dict[str, Entry]:
        """Return the objects right below a folder, as of now."""
        return self._listed(folder).copy()

    def entry(self, name: str) -> Entry | None:
        """Return the version of an object, None if there is none."""
        folder, _, own = name.rpartition("/")
        return self._listed(folder).get(own)

    def facts(self, name: str) -> Facts:
        """Return what an object holds; `FileNotFoundError` if there is none."""
        entry = self.entry(name)
        if entry is None:
            raise FileNotFoundError(name)
        mark, facts = self._facts.get(name, ("", None))
        if facts is None or mark != entry.mark:
            content, entry = self._bucket.get(name)
            facts = Facts.of(name, content)
            self.put(name, entry, facts)
        return facts

    def put(self, name: str, entry: Entry, facts: Facts) -> None:
        """Note an object that was written or read."""
        folder, _, own = name.rpartition("/")
        self._listed(folder)[own] = entry
        self._facts[name] = entry.mark, facts
        self._changed = True

    def moved(self, names: Iterable[tuple[str, str]]) -> None:
        """Note that objects were copied, from one name to another."""
        pairs = [(old, new, self._facts.get(old)) for old, new in names]
        for folder in {new.rpartition("/")[0] for _, new, _ in pairs}:
            self._folders.pop(folder, None)
        for _, new, known in pairs:
            entry = self.entry(new)
            if entry is not None and known is not None:
                self.put(new, entry, known[1])

    def forget(self, names: Iterable[str]) -> None:
        """Note that objects are gone."""
        for name in names:
            folder, _, own = name.rpartition("/")
            self._folders.get(folder, {}).pop(own, None)
            self._changed |= self._facts.pop(name, None) is not None

    def save(self) -> None:
        """Keep what is known for the next run."""
        if self._changed:
            rows = {name: [mark, facts.digest, facts.note] for name, (mark, facts) in sorted(self._facts.items())}
            self._bucket.put(FILE, gzip.compress(json.dumps(rows).encode(), compresslevel=3, mtime=0))

    def _listed(self, folder: str) -> dict[str, Entry]:
        """Return the objects right below a folder, kept up to date: listed once, however many ask at a time."""
        with self._listing:
            if folder not in self._folders:
                self._folders[folder] = self._bucket.listed(folder)
            return self._folders[folder]


def _loaded(bucket: Bucket) -> dict[str, tuple[str, Facts]]:
    try:
        rows = json.loads(gzip.decompress(bucket.get(FILE)[0]))
        return {name: (mark, Facts(digest, note)) for name, (mark, digest, note) in rows.items()}
    except (FileNotFoundError, OSError, EOFError, ValueError, TypeError, AttributeError):
        return {}  # it only saves requests
