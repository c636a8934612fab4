"""JSON Lines, one object an article, read line by line within a byte limit."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeline.records import Raw, Rejection
from pipeline.sources.places import File, lines_of


def read_jsonl(file: File, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield the objects of a file; a line that is too long, not UTF-8 or no object is rejected alone."""
    try:
        with file.opened() as opened:
            for n, line in enumerate(lines_of(opened, max_bytes), 1):
                if line.strip():
                    yield record_of(line, f"{file.name}:{n}", max_bytes)
    except OSError as error:
        yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")


def record_of(line: bytes, place: str, max_bytes: int) -> Raw | Rejection:
    """Read one line."""
    if len(line.rstrip(b"\r\n")) > max_bytes:
        return Rejection(place, "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", line)
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Rejection(place, "broken UTF-8", str(error), line, "line")
    except (ValueError, RecursionError) as error:
        return Rejection(place, "broken JSON", str(error), line, "line")
    if not isinstance(value, dict):
        return Rejection(place, "broken JSON", f"an object is needed, not {type(value).__name__}", line, "line")
    return Raw(place, value)
