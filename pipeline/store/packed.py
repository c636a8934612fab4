"""Daily partitions → the columns that every night reads, those of a month in one file: a decade has thousands of days.

A packed month counts only for the very files that it was made of: its note names the mark of each, which changes with
whatever happens to the file. Where it does not fit, the partitions are read, and packed anew. A month of few days is
read as it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
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
_WORTH_IT = 4
"""Partitions that take longer to read than one packed month, with its note."""


def read_packed(store: Store, dataset: str, schema: pa.Schema, columns: list[str], keep: bool) -> pa.Table:
    """Return columns of all partitions, in order of day.

    Parameters
    ----------
    keep
        Pack what is not packed; for the writer only.
    """
    wanted = pa.schema([schema.field(name) for name in columns])
    marks = store.marks(dataset)
    sizes = Counter(day[:7] for day in marks)
    runs = groupby(sorted(marks), lambda day: day[:7] if sizes[day[:7]] >= _WORTH_IT else "")

    def read(run: tuple[str, list[str]]) -> pa.Table:
        month, days = run
        if month and all(marks[day] for day in days):
            return _month(store, f"carried/{dataset}/{month}.pack", dataset, wanted, {d: marks[d] for d in days}, keep)
        return _days(store, dataset, wanted, days)

    with ThreadPoolExecutor(_MONTHS) as pool:  # an object store answers many as fast as one
        tables = list(pool.map(read, [(month, list(days)) for month, days in runs]))
    return joined([wanted.empty_table(), *tables], wanted, store.full(dataset))


def _month(store: Store, name: str, dataset: str, wanted: pa.Schema, marks: Mapping[str, str], keep: bool) -> pa.Table:
    note = json.dumps([PRESENT, wanted.names, marks], sort_keys=True)
    packed = _packed(store.read_bytes(name), note)
    if packed is not None:
        return packed
    table = _days(store, dataset, wanted, marks)
    if keep:
        store.write_bytes(name, encoded(table, note))
    return table


def _days(store: Store, dataset: str, wanted: pa.Schema, days: Iterable[str]) -> pa.Table:
    return store.read(dataset, wanted, wanted.names, [date.fromisoformat(day) for day in days])


def _packed(content: bytes | None, note: str) -> pa.Table | None:
    """Return a packed month if it can be read and was made of just these files."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content or b""))
        table = file.read(use_threads=False) if text_note(file.schema_arrow) == note else None
    except (pa.ArrowInvalid, OSError):
        return None
    return None if table is None else table.replace_schema_metadata()
