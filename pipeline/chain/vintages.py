"""Published tables → what each night changed, and back: the index exactly as it stood on any past night.

A night's partition holds the rows that are new or differ from the night before, and the keys of those that are gone.
A recomputation as of an earlier day than the last recorded night is published, and not recorded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store, note_of
from pipeline.tables import DIRECTED, DIRECTED_VINTAGES, INDEX, VINTAGES
from pipeline.versions import PRESENT

_KEY = ["dyad", "date"]
_KINDS = {
    INDEX_FILE: ("vintages", INDEX, VINTAGES),
    DIRECTED_FILE: ("directed_vintages", DIRECTED, DIRECTED_VINTAGES),
}


def record(store: Store, file: str, table: pa.Table, day: date, note: str) -> None:
    """Record what a night changes; call it before the table is published in `file`.

    Parameters
    ----------
    file
        `INDEX_FILE` or `DIRECTED_FILE`.
    table
        The whole table as of the night.
    day
        The night's `as_of`.
    note
        The method and constants, as they are written into the published file.
    """
    dataset, _, schema = _KINDS[file]
    nights = store.days(dataset)
    if nights and day < nights[-1]:
        return
    before = _before(store, file, [night for night in nights if night < day])
    changes = _changes(before, table.to_pandas().drop(columns="as_of"), schema)
    store.write_day(dataset, day, changes, note)


def vintage(store: Store, file: str, as_of: date) -> tuple[pa.Table, dict[str, Any]]:
    """Return a table exactly as it stood at the end of a day, and the method that it was made with.

    Raises
    ------
    StoreError
        If no night had been published by then.
    """
    dataset, schema, _ = _KINDS[file]
    nights = store.days(dataset)
    known = [night for night in nights if night <= as_of]
    if not known:
        first = f"the first is of {nights[0]}" if nights else "none was recorded"
        raise StoreError(f"no vintage of {store.where} by {as_of}: {first}")
    frame = _state(store, file, known)
    note = json.loads(store.note(dataset, known[-1]) or "{}")
    frame = frame.assign(as_of=pd.Timestamp(note["as_of"]))
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
    return table.replace_schema_metadata(schema.metadata), note


def revisions(store: Store, dyad: str) -> pd.DataFrame:
    """Return how the values of a dyad moved: `vintage`, `date`, `tension`, `change` (missing where it is new or gone).

    One row for every night that changed the value of a date, in order of date and night.
    """
    dataset, _, schema = _KINDS[DIRECTED_FILE if ">" in dyad else INDEX_FILE]
    parts = [_frame(schema.empty_table()).assign(vintage=pd.Timestamp(0))]
    for night in store.days(dataset):
        part = _frame(store.read_day(dataset, night))
        parts.append(part[part["dyad"] == dyad].assign(vintage=pd.Timestamp(night)))
    rows = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    rows = rows.sort_values(["date", "vintage"], ignore_index=True)
    before = rows.groupby("date")["tension"].shift()
    gone, moved = rows["tension"].isna() & before.notna(), rows["tension"].notna() & (before != rows["tension"])
    return rows.assign(change=rows["tension"] - before)[gone | moved][["date", "vintage", "tension", "change"]]


def _before(store: Store, file: str, nights: Sequence[date]) -> pd.DataFrame:
    """Return the table as it stood before a night: the published file, if it is that of the last night."""
    _, schema, _ = _KINDS[file]
    if not nights:
        return _frame(schema.empty_table()).drop(columns="as_of")
    if store.has(file) and store.version(file) == PRESENT:
        published = store.read_file(file)
        if str(note_of(published).get("as_of", ""))[:10] == nights[-1].isoformat():
            return _frame(published).drop(columns="as_of")
    return _state(store, file, nights)


def _state(store: Store, file: str, nights: Sequence[date]) -> pd.DataFrame:
    """Return the table after some nights: of each row its last change, unless that removed it."""
    dataset, _, _ = _KINDS[file]
    rows = pd.concat([_frame(store.read_day(dataset, night)) for night in nights], ignore_index=True)
    last = rows.drop_duplicates(_KEY, keep="last")
    return last[~last["removed"]].drop(columns="removed").sort_values(_KEY, ignore_index=True)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _changes(before: pd.DataFrame, after: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return the rows of `after` that `before` does not have, and the keys of those that are gone."""
    both = pd.concat([before.assign(removed=True), after.assign(removed=False)], ignore_index=True)
    values = [name for name in after.columns if name not in _KEY]
    same = both.duplicated([*_KEY, *values], keep=False)
    fresh = both[~same & ~both["removed"]]
    keys = pd.MultiIndex.from_frame(after[_KEY])
    gone = before[~pd.MultiIndex.from_frame(before[_KEY]).isin(keys)][[*_KEY, *_text_columns(schema)]]
    rows = pd.concat([fresh, gone.assign(removed=True)]) if len(gone) else fresh
    rows = rows.sort_values(_KEY, ignore_index=True)
    return (
        pa.Table.from_pandas(rows[schema.names], schema=schema, preserve_index=False)
        if len(rows)
        else schema.empty_table()
    )


def _text_columns(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if field.type == pa.string() and field.name not in _KEY]
