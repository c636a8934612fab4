"""WARC files, such as Common Crawl's news → pages, one record in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.records import Raw, Rejection
from pipeline.sources.places import File

_OK = 200
_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(file: File, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield the HTML pages that a WARC file (gz or plain) holds with status 200; other answers are no articles."""
    try:
        with file.seekable() as opened:
            records = ArchiveIterator(
                opened, record_types=WarcRecordType.response, parse_http=True, auto_decode="all", fsspec_args=False
            )
            for record in records:
                place = f"{file.name}@{record.stream_pos}"
                if record.headers.get("Content-Length") is None:
                    yield Rejection(place, "cut short", "the record has no length", b"")
                elif _is_page(record):
                    yield _page(record, place, max_bytes)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")


def _is_page(record: Any) -> bool:
    head = record.http_headers
    return head is not None and head.status_code == _OK and (record.http_content_type or "") in _PAGES


def _page(record: Any, place: str, max_bytes: int) -> Raw | Rejection:
    content = record.reader.read(max_bytes + 1)
    if len(content) > max_bytes:
        return Rejection(place, "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", content)
    packed = "Content-Encoding" in record.http_headers or "Transfer-Encoding" in record.http_headers
    if len(content) < record.content_length and not packed:
        return Rejection(place, "cut short", f"{len(content)} of {record.content_length} bytes are there", content)
    date = record.record_date
    return Raw(
        place,
        {
            "html": content,
            "charset": record.http_charset or "",
            "url": record.headers.get("WARC-Target-URI", ""),
            "fetched_at": date.isoformat() if date else "",
        },
    )
