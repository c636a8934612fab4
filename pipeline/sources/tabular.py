"""CSV, TSV and Parquet, one row an article."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import Raw, Rejection
from pipeline.sources.places import File

_BATCH = 1000


def read_csv(file: File, max_bytes: int, delimiter: str) -> Iterator[Raw | Rejection]:
    """Yield the rows of a delimited file with a header."""
    csv.field_size_limit(max_bytes)
    try:
        opened = file.opened()
    except OSError as error:
        yield Rejection(file.name, "unreadable file", str(error), b"")
        return
    with opened, io.TextIOWrapper(opened, "utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.DictReader(text, delimiter=delimiter)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Rejection(f"{file.name}:{reader.line_num}", "broken row", str(error), b"")
                continue
            except OSError as error:
                yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")
                return
            yield _checked(row, f"{file.name}:{reader.line_num}")


def _checked(row: dict[str, str], place: str) -> Raw | Rejection:
    content = "\t".join(str(value) for value in row.values()).encode("utf-8", "surrogateescape")
    if None in row or None in row.values():
        return Rejection(place, "broken row", f"not as many fields as the header's {len(row)}", content)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return Rejection(place, "broken UTF-8", f"{error}; save the file as UTF-8", content)
    return Raw(place, dict(row))


def read_parquet(file: File, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield the rows of a Parquet file, a thousand in memory at a time."""
    try:
        n = 0
        for batch in pq.ParquetFile(file.seekable()).iter_batches(_BATCH):
            for row in batch.to_pylist():
                n += 1
                place = f"{file.name}:{n}"
                size = sum(len(value) for value in row.values() if isinstance(value, (str, bytes)))
                if size > max_bytes:
                    yield Rejection(place, "too long", f"{size} bytes; raise articles.max_line_bytes", b"")
                else:
                    yield Raw(place, row)
    except (pa.ArrowInvalid, OSError) as error:
        yield Rejection(file.name, "unreadable file", str(error), b"")
