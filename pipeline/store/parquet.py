"""Tables ↔ the bytes of a Parquet file, with a note in its metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreError

_METADATA_KEY = b"escalation_index"


def encoded(table: pa.Table, note: str) -> bytes:
    """Return the file of a table; the same table and note give the same bytes."""
    metadata = {**(table.schema.metadata or {}), _METADATA_KEY: note.encode()}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    return bytes(sink.getvalue())


def note_in(source: Any) -> str:
    """Return the note of a Parquet file, given as a path or an open file."""
    metadata = pq.read_schema(source).metadata or {}
    return str(metadata.get(_METADATA_KEY, b"").decode())


def note_of(table: pa.Table) -> dict[str, Any]:
    """Return the method and constants an index file was written with."""
    text = (table.schema.metadata or {}).get(_METADATA_KEY, b"")
    return json.loads(text) if text else {}


def digest_of(content: bytes) -> str:
    """Return 32 hexadecimal digits over some bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def joined(tables: Iterable[pa.Table], schema: pa.Schema, place: str) -> pa.Table:
    """Return tables below each other, in the columns and types of a schema."""
    try:
        return pa.concat_tables(tables).cast(schema)
    except (pa.ArrowInvalid, ValueError, KeyError) as error:
        raise StoreError(
            f"{place} was written by another version of the tables ({error}); run the sources again into a new folder"
        ) from error
