"""Daily partitions → the columns that every night reads, those of a month in one file: a decade has thousands of days.

A packed month counts only for the very files that it was made of: its note names the mark of each, which changes with
whatever happens to the file. Where it does not fit, the partitions are read, and packed anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import groupby

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.store.outputs import Store
from pipeline.store.parquet import encoded, joined, text_note
from pipeline.versions import PRESENT

_MONTHS = 8
"""Months read at a time."""


def read_packed(store: Store, dataset: str, schema: pa.Schema, columns: list[str], keep: bool) -> pa.Table:
    """Return columns of all partitions, in order of day.

    Parameters
    ----------
    keep
        Pack what is not packed; for the writer only.
    """
    wanted = pa.schema([schema.field(name) for name in columns])
    marks = store.marks(dataset)
    months = [list(days) for _, days in groupby(sorted(marks), key=lambda day: day[:7])]
    with ThreadPoolExecutor(_MONTHS) as pool:  # an object store answers many as fast as one
        tables = list(pool.map(lambda days: _month(store, dataset, wanted, {d: marks[d] for d in days}, keep), months))
    return joined([wanted.empty_table(), *tables], wanted, store.full(dataset))


def _month(store: Store, dataset: str, wanted: pa.Schema, marks: Mapping[str, str], keep: bool) -> pa.Table:
    name = f"carried/{dataset}/{min(marks)[:7]}.pack"
    note = json.dumps([PRESENT, wanted.names, marks], sort_keys=True)
    settled = all(marks.values())
    packed = _packed(store.read_bytes(name), note) if settled else None
    if packed is not None:
        return packed
    table = store.read(dataset, wanted, wanted.names, [date.fromisoformat(day) for day in marks])
    if keep and settled:
        store.write_bytes(name, encoded(table, note))
    return table


def _packed(content: bytes | None, note: str) -> pa.Table | None:
    """Return a packed month if it can be read and was made of just these files."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content or b""))
        table = file.read(use_threads=False) if text_note(file.schema_arrow) == note else None
    except (pa.ArrowInvalid, OSError):
        return None
    return None if table is None else table.replace_schema_metadata()
