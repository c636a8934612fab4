"""GDELT's 15-minute files → links to the pages they index, or the events that GDELT coded from them.

Both the event files (`….export.CSV.zip`) and the Global Knowledge Graph (`….gkg.csv.zip`) are read, from GDELT's server
or from a folder. Rows are read as a stream of columns; a broken row is skipped and counted. Statements and appeals, and
events of which GDELT knows only one country, are not events of a dyad and are left out.
"""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import IO, Any, Literal
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import csv
from pydantic import Field, model_validator

from pipeline.cameo import event_of
from pipeline.records import Coded, Fetched, Item, Link, Rejection
from pipeline.settings import Fraction, Section
from pipeline.sources.places import File, Folder, find

KIND = "gdelt"
SERVER = "http://data.gdeltproject.org/gdeltv2/"
_STAMP = re.compile(r"(\d{14})\.(export|gkg)\.csv", re.IGNORECASE)
_QUARTER = timedelta(minutes=15)
_BLOCK = 16 << 20  # no row is longer, bytes
_UNPACKED = 1 << 30  # bytes; a quarter of an hour of the GKG has some 5 % of that
_GKG_WEB = b"1"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError
)  # fmt: skip


class GdeltOptions(Section):
    """Options of the kind `gdelt`: files in `path`, or without it the last `days` from `server`."""

    path: str = ""
    server: str = SERVER
    days: float = Field(2.0, gt=0, le=366)
    table: Literal["export", "gkg"] = "export"
    take: Literal["pages", "events"] = "pages"
    probability: Fraction = 0.9

    @model_validator(mode="after")
    def _events_have_a_table(self) -> GdeltOptions:
        if self.take == "events" and self.table == "gkg":
            raise ValueError("events stand in the table export, not gkg")
        return self


def read(options: GdeltOptions, _: int) -> Iterator[Item]:
    """Yield what the files hold, or a link to GDELT's list of its newest files."""
    known = {"table": options.table, "take": options.take, "probability": str(options.probability)}
    if not options.path:
        yield Link(
            f"{options.server.rstrip('/')}/lastupdate.txt", KIND, {**known, "days": str(options.days)}, again=True
        )
        return
    found = find(options.path)
    for file in found.files if isinstance(found, Folder) else (found,):
        yield from _file(file, known)


def parse(fetched: Fetched, _: int) -> Iterator[Item]:
    """Yield the files that the list of the newest leads to, or the rows of one file."""
    if fetched.link.url.endswith("lastupdate.txt"):
        yield from _files(fetched)
    else:
        yield from _archive(io.BytesIO(fetched.body), fetched.link.url, fetched.link.fields)


def _files(fetched: Fetched) -> Iterator[Item]:
    """Yield links to the files of the last days, the newest of which the list names."""
    known = dict(fetched.link.fields)
    days = timedelta(days=float(known.pop("days", "1")))
    stamps = _STAMP.findall(fetched.body.decode("ascii", "replace"))
    if not stamps:
        yield Rejection(fetched.link.url, "not a list of GDELT files", "no file name in it", fetched.body)
        return
    newest = datetime.strptime(max(stamp for stamp, _ in stamps), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    name = "export.CSV.zip" if known["table"] == "export" else "gkg.csv.zip"
    server = fetched.link.url.removesuffix("lastupdate.txt")
    for n in range(ceil(days / _QUARTER)):
        yield Link(f"{server}{newest - n * _QUARTER:%Y%m%d%H%M%S}.{name}", KIND, known)


def _file(file: File, known: dict[str, str]) -> Iterator[Item]:
    try:
        if file.path.lower().endswith(".zip"):
            with file.seekable() as opened:
                yield from _archive(opened, file.name, known)
        else:
            with file.opened() as stream:
                yield from _rows(stream, file.name, known)
    except (OSError, pa.ArrowInvalid) as error:
        yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")


def _archive(opened: IO[bytes] | pa.NativeFile, place: str, known: dict[str, str]) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(opened) as archive:
            for member in archive.infolist():
                if member.file_size > _UNPACKED:
                    yield Rejection(place, "too long", f"{member.file_size} bytes unpacked", b"")
                    continue
                with archive.open(member) as stream:
                    yield from _rows(stream, place, known)
    except _BROKEN as error:
        yield Rejection(place, "unreadable file", f"{error}; what came before was read", b"")


@dataclass(frozen=True)
class _Layout:
    """Where the columns stand in a table with so many columns."""

    columns: int
    wanted: dict[str, int]


_EVENT_COLUMNS = {
    "id": 0, "date": 1, "source": 7, "source_role": 12, "target": 17, "target_role": 22, "cameo": 26,
}  # fmt: skip
_LAYOUTS = {
    61: _Layout(61, {**_EVENT_COLUMNS, "added": 59, "url": 60}),
    58: _Layout(58, {**_EVENT_COLUMNS, "added": 56, "url": 57}),  # GDELT 1.0, a file a day
    27: _Layout(27, {"added": 1, "collection": 2, "outlet": 3, "url": 4}),
}


def _rows(stream: IO[bytes], place: str, known: dict[str, str]) -> Iterator[Item]:
    """Yield the items of one table, block by block."""
    buffered = io.BufferedReader(stream, _BLOCK) if isinstance(stream, io.RawIOBase) else stream
    first = buffered.readline(_BLOCK)
    layout = _LAYOUTS.get(first.count(b"\t") + 1)
    if layout is None:
        yield Rejection(
            place, "not a GDELT table", f"{first.count(bytes((9,))) + 1} columns; known {[*_LAYOUTS]}", first
        )
        return
    broken = 0

    def skip(_: csv.InvalidRow) -> str:
        nonlocal broken
        broken += 1
        return "skip"

    seen: set[bytes] = set()
    whole = io.BufferedReader(_Joined(first, buffered), _BLOCK)
    for batch in _batches(whole, layout, skip):
        yield from _items(batch, place, known, seen)
    if broken:
        yield Rejection(place, "broken row", f"{broken} rows do not have {layout.columns} columns", b"")


class _Joined(io.RawIOBase):
    """A stream that begins with bytes already read from it."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._first[: len(buffer)] or self._rest.read(len(buffer))
        self._first = self._first[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _batches(stream: IO[bytes], layout: _Layout, skip: object) -> Iterator[pa.RecordBatch]:
    names = [f"c{n}" for n in range(layout.columns)]
    included = [f"c{n}" for n in layout.wanted.values()]
    reader = csv.open_csv(
        stream,
        read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK),
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False, invalid_row_handler=skip),
        convert_options=csv.ConvertOptions(
            include_columns=included, column_types=dict.fromkeys(included, pa.binary()), strings_can_be_null=False
        ),
    )
    for batch in reader:
        yield batch.rename_columns(list(layout.wanted))


def _items(batch: pa.RecordBatch, place: str, known: dict[str, str], seen: set[bytes]) -> Iterator[Item]:
    make = _event if known.get("take") == "events" else _link
    for row in batch.to_pylist():
        if row.get("collection", _GKG_WEB) == _GKG_WEB:
            item = make(row, place, known, seen)
            if item is not None:
                yield item


def _link(row: dict[str, bytes], _: str, __: dict[str, str], seen: set[bytes]) -> Item | None:
    url = row["url"]
    if url in seen or not url.startswith((b"http://", b"https://")):
        return None
    seen.add(url)
    known = {"published_at": _time(row["added"]), "date_source": KIND, "outlet": _text(row.get("outlet", b""))}
    return Link(_text(url), "page", {name: value for name, value in known.items() if value})


def _event(row: dict[str, bytes], place: str, known: dict[str, str], _: set[bytes]) -> Item | None:
    text = {name: _text(value) for name, value in row.items()}
    if not text["source"] or not text["target"] or text["source"] == text["target"]:
        return None
    if event_of(text["cameo"]) is None:
        return None
    day, url = text["date"], text["url"]
    return Coded(
        f"{place}#{text['id']}",
        {
            **{name: text[name] for name in ("source", "source_role", "target", "target_role", "cameo", "url")},
            "event_date": f"{day[:4]}-{day[4:6]}-{day[6:8]}",
            "published_at": _time(row["added"]),
            "outlet": urlsplit(url).netloc.removeprefix("www."),
            "probability": known.get("probability", "0.9"),
            "evidence": f"GDELT {text['id']}, CAMEO {text['cameo']}",
        },
    )


def _time(stamp: bytes) -> str:
    """Return a stamp of 14 digits, or of 8 for a day, as ISO 8601 in UTC; anything else as it is."""
    text = _text(stamp)
    if not text.isdigit() or len(text) not in (8, 14):
        return text
    day = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return f"{day}T{text[8:10]}:{text[10:12]}:{text[12:14]}+00:00" if len(text) == 14 else day


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()
