"""What is wanted, what was had, and what waits to become articles: one SQLite file, safe against a crash.

A link is wanted, then either fetched or refused; the bytes of a fetched one wait as an item until its article is
stored. Every step is one transaction: a run that dies is started again and goes on from there, and nothing is
lost or asked for twice. The validators of an index (a feed) are kept together with the links it named.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.records import Coded, Fetched, Item, Link, Raw, Rejection
from pipeline.urls import same_page

LEDGER_FILE = "fetched.sqlite"
LEDGER_VERSION = 1
"""Counts on its own; a ledger of before it was written down says 0 and is the same."""
PAGE = "page"
_MOST_FREE = 256  # pages of the file, 4 KiB each
_TABLES = """
create table if not exists links (
    page text primary key, url text not null, kind text not null, known text not null, again integer not null,
    changed_at text,
    wanted integer not null, refused integer not null default 0, nights integer not null default 0, failed_on text,
    validators text not null default '{}', fetched_at text, said text not null default ''
) without rowid;
create index if not exists wanted_links on links (wanted) where wanted = 1;
create table if not exists items (
    number integer primary key, kind text not null, place text not null, known text not null, content blob
);
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link to fetch, and the headers that make its request conditional."""

    link: Link
    validators: dict[str, str]


class Ledger:
    """The ledger in a folder, while its context is open; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER_FILE

    def __enter__(self) -> Ledger:
        self._opened: sqlite3.Connection | None = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._shrink(self._opened)
            self._opened.close()

    @staticmethod
    def _shrink(base: sqlite3.Connection) -> None:
        """Give back the room of pages that were stored, so that the file need not travel with it."""
        with suppress(sqlite3.Error):  # a full disk, say; it only saves room
            (pages,), (free,) = (base.execute(f"pragma {name}").fetchone() for name in ("page_count", "freelist_count"))
            if free > _MOST_FREE and 2 * free > pages:
                base.execute("vacuum")

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever wanted; no file is made to tell."""
        return self._opened is None and not self._path.exists()

    @property
    def _base(self) -> sqlite3.Connection:
        """The file, opened when it is first needed."""
        if self._opened is None:
            try:
                self._opened = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
                self._refuse_newer(self._opened)
                self._opened.execute("pragma journal_mode = wal")
                self._opened.execute("pragma synchronous = normal")
                self._opened.executescript(_TABLES)
                self._opened.execute(f"pragma user_version = {LEDGER_VERSION}")
            except sqlite3.Error as error:
                raise StoreError(f"cannot open the ledger {self._path}: {error}") from error
        return self._opened

    def _refuse_newer(self, base: sqlite3.Connection) -> None:
        version = int(base.execute("pragma user_version").fetchone()[0])
        if version > LEDGER_VERSION:
            raise StoreError(
                f"the ledger {self._path} is of version {version}, and this program knows {LEDGER_VERSION}: "
                "install the version that wrote it, or go back to the copy made before the upgrade"
            )

    def want(self, links: Iterable[Link], anew: bool = False) -> None:
        """Note links to fetch: new ones, pages changed since they were had, and what is asked for every night.

        With `anew` all of them are fetched, also what was had or refused before.
        """
        with self._transaction():
            for link in links:
                self._want(link, anew)

    def _want(self, link: Link, anew: bool = False) -> bool:
        """Note one link; return whether it is wanted now and was not before."""
        changed = _utc(link.changed_at) if link.changed_at else None
        done = self._execute(
            """insert into links (page, url, kind, known, again, changed_at, wanted) values (?, ?, ?, ?, ?, ?, 1)
            on conflict (page) do update set wanted = 1, refused = 0, nights = 0, failed_on = null,
                known = excluded.known, url = excluded.url, changed_at = excluded.changed_at
            where links.wanted = 0 and (
                ? or excluded.changed_at > max(coalesce(links.changed_at, ''), coalesce(links.fetched_at, ''))
                or (links.refused and excluded.url <> links.url))""",
            (_key(link), link.url, link.kind, json.dumps(link.fields), link.again, changed, anew or link.again),
        )
        return done.rowcount > 0

    def wanted(self) -> list[Wanted]:
        """Return what is to be fetched, indexes first."""
        rows = self._execute(
            "select url, kind, known, changed_at, again, validators from links where wanted = 1 "
            "order by kind = 'page', page"
        )
        return [
            Wanted(
                Link(url, kind, json.loads(known), datetime.fromisoformat(changed) if changed else None, bool(again)),
                json.loads(validators),
            )
            for url, kind, known, changed, again, validators in rows
        ]

    def had(self, fetched: Fetched, validators: dict[str, str], found: Sequence[Item]) -> list[Link]:
        """Record what a link gave: the links it named, and items to store; return the links that are new."""
        with self._transaction():
            links = [item for item in found if isinstance(item, Link) and self._want(item)]
            for item in found:
                if not isinstance(item, Link):
                    self._keep(item)
            self._settle(fetched.link, "fetched", fetched.fetched_at)
            self._execute(
                "update links set validators = ? where page = ?", (json.dumps(validators), _key(fetched.link))
            )
        return links

    def unchanged(self, link: Link, moment: datetime) -> None:
        """Record that a link holds what it held before."""
        self._settle(link, "unchanged", moment)

    def refused(self, link: Link, rejection: Rejection, moment: datetime) -> None:
        """Record that a link cannot be had, and why."""
        with self._transaction():
            self._keep(rejection)
            self._settle(link, rejection.reason, moment, refused=True)

    def failed(self, link: Link, reason: str, moment: datetime) -> int:
        """Record that a link could not be had tonight; it stays wanted. Return on how many days that was so."""
        day = moment.date().isoformat()
        rows = self._execute(
            "update links set nights = nights + (failed_on is null or failed_on < ?), failed_on = ?, said = ? "
            "where page = ? returning nights",
            (day, day, reason, _key(link)),
        )
        return int(rows.fetchall()[0][0])

    def waiting(self, most: int) -> Iterator[list[tuple[int, Raw | Coded | Rejection]]]:
        """Yield the items that wait to be stored, with their numbers, in batches of at most so many bytes."""
        last = 0
        while numbers := self._next_numbers(last, most):
            last = numbers[-1]
            rows = self._execute(
                "select number, kind, place, known, content from items where number between ? and ? order by number",
                (numbers[0], last),
            )
            yield [(row[0], _item(*row[1:])) for row in rows]

    def _next_numbers(self, last: int, most: int) -> list[int]:
        """Return the numbers of the next batch: one item at least, then as many as stay within the bytes."""
        numbers: list[int] = []
        size = 0
        for number, length, packed in self._execute(
            "select number, length(known), substr(content, 1, 8) from items where number > ? order by number", (last,)
        ):
            size += length + (int.from_bytes(packed, "little") if packed else 0)
            if numbers and size > most:
                break
            numbers.append(number)
        return numbers

    def in_vain(self) -> list[tuple[str, str, str, int]]:
        """Return what was asked for in vain and is still wanted, indexes first: kind, url, why, on how many days."""
        rows = self._execute(
            "select kind, url, said, nights from links where wanted = 1 and nights > 0 order by kind = 'page', url"
        )
        return rows.fetchall()

    def stored(self, numbers: Sequence[int]) -> None:
        """Forget items that now lie in the store."""
        with self._transaction():
            self._base.executemany("delete from items where number = ?", ((number,) for number in numbers))

    def _keep(self, item: Raw | Coded | Rejection) -> None:
        self._execute("insert into items (kind, place, known, content) values (?, ?, ?, ?)", _row(item))

    def _settle(self, link: Link, said: str, moment: datetime, refused: bool = False) -> None:
        self._execute(
            "update links set wanted = 0, refused = ?, nights = 0, failed_on = null, fetched_at = ?, said = ? "
            "where page = ?",
            (refused, _utc(moment), said, _key(link)),
        )

    def _execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise StoreError(f"cannot use the ledger {self._path}: {error}") from error

    def _transaction(self) -> _Transaction:
        return _Transaction(self)


class _Transaction:
    """All or nothing, also where the process dies in between."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __enter__(self) -> None:
        self._ledger._execute("begin immediate")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ledger._execute("commit" if error is None else "rollback")


def _utc(moment: datetime) -> str:
    """Return a moment as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _key(link: Link) -> str:
    return same_page(link.url) if link.kind == PAGE else f"{link.kind} {link.url}"


def _row(item: Raw | Coded | Rejection) -> tuple[str, str, str, bytes | None]:
    if isinstance(item, Rejection):
        known = {"reason": item.reason, "detail": item.detail, "form": item.form, "known": item.known}
        return "rejection", item.place, json.dumps(known), _packed(item.content)
    html = item.fields.get("html")
    content = html if isinstance(html, bytes) else None
    fields = {name: value for name, value in item.fields.items() if name != "html" or content is None}
    kind = "raw" if isinstance(item, Raw) else "coded"
    return kind, item.place, json.dumps(fields, default=str), None if content is None else _packed(content)


def _item(kind: str, place: str, known: str, packed: bytes | None) -> Raw | Coded | Rejection:
    fields = json.loads(known)
    content = None if packed is None else _unpacked(packed)
    if kind == "rejection":
        return Rejection(place, fields["reason"], fields["detail"], content or b"", fields["form"], fields["known"])
    if content is not None:
        fields["html"] = content
    return Raw(place, fields) if kind == "raw" else Coded(place, fields)


def _packed(content: bytes) -> bytes:
    compressed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return len(content).to_bytes(8, "little") + compressed


def _unpacked(packed: bytes) -> bytes:
    size = int.from_bytes(packed[:8], "little")
    content: bytes = pa.decompress(packed[8:], decompressed_size=size, codec="zstd", asbytes=True)
    return content
