"""Tables ↔ the bytes of a Parquet file, with a note in its metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.versions import PRESENT, version_of

GROUP_ROWS = 4096
"""Rows of a row group: some 12 MB of articles."""
SORTED_ROWS = 20_000
"""The same in a table sorted by dyad: a few years of some dyads."""
_METADATA_KEY = b"escalation_index"


def encoded(table: pa.Table, note: str, group_rows: int = GROUP_ROWS) -> bytes:
    """Return the file of a table; the same table and note give the same bytes."""
    sink = pa.BufferOutputStream()
    table = table.replace_schema_metadata(with_note(table.schema, note).metadata)
    pq.write_table(table, sink, compression="zstd", row_group_size=group_rows)
    return bytes(sink.getvalue())


def with_note(schema: pa.Schema, note: str) -> pa.Schema:
    """Return a schema whose metadata hold a note."""
    return schema.with_metadata({**(schema.metadata or {}), _METADATA_KEY: note.encode()})


def rows_of(file: pq.ParquetFile, columns: list[str] | None, name: str, value: str) -> pa.Table:
    """Return the rows with a value in a column of text; parts of the file that cannot have it are not read."""
    number = file.schema_arrow.names.index(name)
    parts = (file.metadata.row_group(group).column(number).statistics for group in range(file.num_row_groups))
    wanted = [
        group
        for group, part in enumerate(parts)
        if part is None or not part.has_min_max or part.min <= value <= part.max
    ]
    table = file.read_row_groups(wanted, columns, use_threads=False)
    return table.filter(pc.equal(table[name], value))


def note_in(source: Any) -> str:
    """Return the note of a Parquet file, given as a path or an open file; empty if its schema is an older one."""
    schema = pq.read_schema(source)
    return text_note(schema) if version_of(schema, "a stored table") == PRESENT else ""


def note_of(table: pa.Table) -> dict[str, Any]:
    """Return the method and constants an index file was written with."""
    text = text_note(table.schema)
    return json.loads(text) if text else {}


def text_note(schema: pa.Schema) -> str:
    """Return the note a table was written with, empty if there is none."""
    return str((schema.metadata or {}).get(_METADATA_KEY, b"").decode())


def digest_of(content: bytes) -> str:
    """Return 32 hexadecimal digits over some bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_in(file: IO[bytes]) -> str:
    """Return `digest_of` of an open file, without reading it whole."""
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()  # type: ignore[arg-type]


def joined(tables: Iterable[pa.Table], schema: pa.Schema, place: str) -> pa.Table:
    """Return tables below each other, in the columns and types of a schema."""
    try:
        return pa.concat_tables(tables).cast(schema)
    except (pa.ArrowInvalid, ValueError, KeyError) as error:
        raise StoreError(
            f"{place} was written by another version of the tables ({error}); run the sources again into a new folder"
        ) from error
