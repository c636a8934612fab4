"""Where the outputs lie: plain Parquet in a folder or in an object store, by one writer at a time.

`outputs` reads and writes tables by name and day; `local` and `objects` are the two kinds of place that it does so in;
`publication` lets what belongs together appear together; `lock` and `lease` let in one writer.
"""

from __future__ import annotations

from pipeline.store.outputs import ALERTS_FILE, DIRECTED_FILE, INDEX_FILE, Store
from pipeline.store.packed import read_packed
from pipeline.store.parquet import GROUP_ROWS, note_of, text_note
from pipeline.store.parts import Rows
from pipeline.store.readable import SUMMARY_FILE, Keep

__all__ = [
    "ALERTS_FILE",
    "DIRECTED_FILE",
    "GROUP_ROWS",
    "INDEX_FILE",
    "SUMMARY_FILE",
    "Keep",
    "Rows",
    "Store",
    "note_of",
    "read_packed",
    "text_note",
]
