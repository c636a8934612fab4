"""Published tables → what each night changed, and back: the index exactly as it stood on any past night.

A night's partition holds the rows that are new or differ from the night before, and the keys of those that are gone.
A recomputation as of an earlier day than the last recorded night is published, and not recorded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import StoreError
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store, note_of
from pipeline.tables import DIRECTED, DIRECTED_VINTAGES, INDEX, VINTAGES
from pipeline.versions import PRESENT

_KEY = ["dyad", "date"]
_DAYS = 1 << 22
"""More than there are days: a dyad and a day make one number."""
_KINDS = {
    INDEX_FILE: ("vintages", INDEX, VINTAGES),
    DIRECTED_FILE: ("directed_vintages", DIRECTED, DIRECTED_VINTAGES),
}


def record(
    store: Store,
    file: str,
    table: pa.Table,
    day: date,
    note: str,
    published: pa.Table | None = None,
    since: date = date.min,
) -> None:
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
    published, since
        What the file holds, if it was read, and the day before which the table has the same rows.
    """
    dataset, _, schema = _KINDS[file]
    nights = store.days(dataset)
    if nights and day < nights[-1]:
        return
    earlier = [night for night in nights if night < day]
    if published is not None and earlier and _is_of(published, earlier[-1]):
        before, table = (one.filter(pc.greater_equal(one["date"], pa.scalar(since))) for one in (published, table))
        before = before.drop_columns("as_of")
    else:
        before = _before(store, file, earlier)
    changes = _changes(before, table.drop_columns("as_of"), schema)
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


def _before(store: Store, file: str, nights: Sequence[date]) -> pa.Table:
    """Return the table as it stood before a night: the published file, if it is that of the last night."""
    _, schema, _ = _KINDS[file]
    if not nights:
        return schema.empty_table().drop_columns("as_of")
    if store.has(file) and store.version(file) == PRESENT:
        published = store.read_file(file)
        if _is_of(published, nights[-1]):
            return published.drop_columns("as_of")
    kept = schema.remove(schema.get_field_index("as_of"))
    return pa.Table.from_pandas(_state(store, file, nights)[kept.names], schema=kept, preserve_index=False)


def _is_of(published: pa.Table, night: date) -> bool:
    return str(note_of(published).get("as_of", ""))[:10] == night.isoformat()


def _state(store: Store, file: str, nights: Sequence[date]) -> pd.DataFrame:
    """Return the table after some nights: of each row its last change, unless that removed it."""
    dataset, _, _ = _KINDS[file]
    rows = pd.concat([_frame(store.read_day(dataset, night)) for night in nights], ignore_index=True)
    last = rows.drop_duplicates(_KEY, keep="last")
    return last[~last["removed"]].drop(columns="removed").sort_values(_KEY, ignore_index=True)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _changes(before: pa.Table, after: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the rows of `after` that `before` does not have, and the keys of those that are gone."""
    old, new = _keys(before, after)
    there, known = _places(new, old)
    same = known.copy()
    for name in after.column_names:
        same[known] &= _equal(before[name].take(pa.array(there[known])), after[name].filter(pa.array(known)))
    fresh = after.filter(pa.array(~same)).append_column("removed", pa.array(np.zeros((~same).sum(), np.bool_)))
    gone = before.filter(pa.array(~_places(old, new)[1])).select([*_KEY, *_text_columns(schema)])
    gone = gone.append_column("removed", pa.array(np.ones(gone.num_rows, np.bool_)))
    rows = pa.concat_tables([fresh, gone], promote_options="default")
    rows = rows.sort_by([(name, "ascending") for name in _KEY]).select(schema.names)
    return rows.cast(pa.schema([field.remove_metadata() for field in schema])).cast(schema)


def _keys(before: pa.Table, after: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one number for dyad and day of each row; both tables are sorted by them, and so are the numbers."""
    dyads = pc.unique(pa.chunked_array([*before["dyad"].chunks, *after["dyad"].chunks], pa.string()))
    names = dyads.take(pc.sort_indices(dyads))
    found = []
    for table in (before, after):
        dyad = pc.index_in(table["dyad"], names).to_numpy().astype(np.int64)
        found.append(dyad * _DAYS + table["date"].cast(pa.int32()).to_numpy())
    return found[0], found[1]


def _places(keys: NDArray[np.int64], among: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each key among others, both in order, and whether it is there."""
    if not len(among):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return place, among[place] == keys


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Whether values are the same, or both missing."""
    same = pc.fill_null(pc.equal(one, other), False)
    return np.asarray(pc.or_(same, pc.and_(one.is_null(), other.is_null())).to_numpy(), np.bool_)


def _text_columns(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if field.type == pa.string() and field.name not in _KEY]
