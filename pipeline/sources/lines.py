"""JSON Lines, one object an article, read line by line within a byte limit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.records import Raw, Rejection
from pipeline.sources.opening import opened


def read_jsonl(path: Path, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield the objects of a file; a line that is too long, not UTF-8 or no object is rejected alone."""
    with opened(path) as file:
        try:
            for n, line in enumerate(_lines(file, max_bytes), 1):
                if line.strip():
                    yield _record(line, f"{path}:{n}", max_bytes)
        except (EOFError, OSError, zlib.error) as error:
            yield Rejection(str(path), "unreadable file", f"{error}; what came before was read", b"")


def _lines(file: IO[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield lines; of one over the limit only a beginning longer than the limit is kept in memory."""
    while line := file.readline(max_bytes + 2):
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while (rest := file.readline(max_bytes)) and not rest.endswith(b"\n"):
                pass
        yield line


def _record(line: bytes, place: str, max_bytes: int) -> Raw | Rejection:
    if len(line.rstrip(b"\r\n")) > max_bytes:
        return Rejection(place, "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", line)
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Rejection(place, "broken UTF-8", str(error), line)
    except (json.JSONDecodeError, RecursionError) as error:
        return Rejection(place, "broken JSON", str(error), line)
    if not isinstance(value, dict):
        return Rejection(place, "broken JSON", f"an object is needed, not {type(value).__name__}", line)
    return Raw(place, value)
