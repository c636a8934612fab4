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
    n = 0
    try:
        for batch in pq.ParquetFile(file.seekable()).iter_batches(_BATCH):
            for k in range(batch.num_rows):
                n += 1
                yield _row(batch.slice(k, 1), f"{file.name}:{n}", max_bytes)
    except (pa.ArrowException, ValueError, OSError) as error:
        yield Rejection(file.name, "unreadable file", f"{error}; what came before was read", b"")


def _row(row: pa.RecordBatch, place: str, max_bytes: int) -> Raw | Rejection:
    try:
        fields: dict[str, object] = row.to_pylist()[0]
    except (pa.ArrowException, ValueError, OverflowError, KeyError) as error:  # a date of no calendar, broken UTF-8
        return Rejection(place, "broken row", f"{type(error).__name__}: {error}", b"")
    size = sum(len(value) for value in fields.values() if isinstance(value, (str, bytes)))
    if size > max_bytes:
        return Rejection(place, "too long", f"{size} bytes; raise articles.max_line_bytes", b"")
    return Raw(place, fields)
