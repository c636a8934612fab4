"""WARC files, such as Common Crawl's news → pages, one record in memory at a time."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import IO, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.records import Raw, Rejection
from pipeline.sources.places import File

_OK = 200
_PAGES = ("text/html", "application/xhtml+xml")
_PANIC = "PanicException"  # of a library written in Rust; it is no Exception
_ANY_HEADER = 47  # zlib: gzip or zlib header, the largest window


def read_warc(file: File, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield the HTML pages that a WARC file (packed or not) holds with status 200; other answers are no articles."""
    try:
        with _Counted(file.opened()) if file.path.lower().endswith(".bz2") else file.seekable() as opened:
            for record in ArchiveIterator(opened, record_types=WarcRecordType.response, fsspec_args=False):
                place = f"{file.name}@{record.stream_pos}"
                if record.headers.get("Content-Length") is None:
                    yield Rejection(place, "cut short", "the record has no length", b"")
                elif _is_page(record):
                    yield _page(record, place, max_bytes)
    except BaseException as error:
        if not isinstance(error, (OSError, EOFError, ValueError, RuntimeError)) and type(error).__name__ != _PANIC:
            raise
        yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")


class _Counted(io.RawIOBase):
    """A stream that can tell its place and cannot be moved."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._place = stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._place += len(chunk)
        return len(chunk)

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        self._stream.close()
        super().close()


def _is_page(record: Any) -> bool:
    head = record.http_headers
    return head is not None and head.status_code == _OK and (record.http_content_type or "") in _PAGES


def _page(record: Any, place: str, max_bytes: int) -> Raw | Rejection:
    length = record.content_length
    content = record.reader.read(max_bytes + 1)
    if len(content) < min(length, max_bytes):
        return Rejection(place, "cut short", f"{len(content)} of {length} bytes are there", content)
    names = {name.lower(): value.lower() for name, value in record.http_headers}
    content = _unpacked(content, names, max_bytes)
    if len(content) > max_bytes:
        return Rejection(place, "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", content)
    date = record.record_date
    return Raw(
        place,
        {
            "html": content,
            "charset": record.http_charset or "",
            "url": record.headers.get("WARC-Target-URI", "").strip("<>"),
            "fetched_at": date.isoformat() if date else "",
        },
    )


def _unpacked(content: bytes, names: dict[str, str], max_bytes: int) -> bytes:
    """Return an answer without its chunks and packing; many crawlers have taken them off and left the headers."""
    if "chunked" in names.get("transfer-encoding", ""):
        content = _without_chunks(content) or content
    if names.get("content-encoding", "") in ("gzip", "x-gzip", "deflate"):
        try:
            return zlib.decompressobj(_ANY_HEADER).decompress(content, max_bytes + 1)
        except zlib.error:
            return content
    return content


def _without_chunks(content: bytes) -> bytes:
    """Return the chunks of a body joined, nothing where it has none."""
    whole, start = bytearray(), 0
    while start < len(content):
        end = content.find(b"\r\n", start, start + 20)
        try:
            size = int(content[start:end].partition(b";")[0], 16) if end > start else -1
        except ValueError:
            size = -1
        if size <= 0:
            return bytes(whole) if size == 0 else b""
        whole += content[end + 2 : end + 2 + size]
        start = end + 2 + size + 2
    return bytes(whole)
