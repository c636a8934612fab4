"""What a publication leaves to the next: the years of the index that need not be computed again.

All of it lies in `carried/`, is written with the publication that it belongs to, and can be removed at any time: the
next run computes everything. It is used only where the published files are the very ones that it was written with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.index import Carried, Indexes, carried_in
from pipeline.merge.codes import as_codes, starts_of, whole
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store

_INDEX = "carried/index.npz"
_FILES = "carried/files.json"


def carried_by(store: Store) -> Carried | None:
    """Return what the last publication left to the index; None if its files are not those that lie there."""
    known = _read(store, _FILES)
    if not known or known != _digests(store):
        return None
    return carried_in(store.read_bytes(_INDEX))


def carry(store: Store, carried: Carried | None) -> None:
    """Leave the index to the next publication; call it when all files of this one are written."""
    if carried is None:
        store.remove(_INDEX)
        store.remove(_FILES)
        return
    store.write_bytes(_INDEX, carried.as_bytes())
    store.write_bytes(_FILES, _json(_digests(store)))


def published_before(store: Store, found: Indexes) -> dict[str, pa.Table]:
    """Return the published files, by name, whose rows of earlier years an index goes on from; none if it has all."""
    return {} if found.since == date.min else {name: store.read_file(name) for name in (INDEX_FILE, DIRECTED_FILE)}


def with_earlier(found: Indexes, published: Mapping[str, pa.Table], as_of: datetime) -> Indexes:
    """Return an index with the rows of earlier years, which are those of the published files."""
    if not published:
        return found
    return replace(
        found,
        undirected=_below(published[INDEX_FILE], found.undirected, found.since, as_of),
        directed=_below(published[DIRECTED_FILE], found.directed, found.since, as_of),
    )


def _below(published: pa.Table, fresh: pa.Table, since: date, as_of: datetime) -> pa.Table:
    """Return the published rows of days before one and fresh rows, in order of dyad and date, with one `as_of`."""
    earlier, later = _runs(published, since), _runs(fresh, date.max)
    known = published.replace_schema_metadata(fresh.schema.metadata)
    parts = [fresh.slice(0, 0)]
    for dyad in sorted({*earlier, *later}):
        parts += [known.slice(*earlier[dyad])] if dyad in earlier else []
        parts += [fresh.slice(*later[dyad])] if dyad in later else []
    both = pa.concat_tables(parts).combine_chunks()
    number = both.schema.get_field_index("as_of")
    moments = pa.array([as_of], both.schema.field(number).type).take(pa.array(np.zeros(both.num_rows, np.int8)))
    return both.set_column(number, both.schema.field(number), moments)


def _runs(table: pa.Table, until: date) -> dict[str, tuple[int, int]]:
    """Return where the rows of each dyad begin, and how many are of days before one, of a table in their order."""
    dyads = whole(table["dyad"]).dictionary_encode()
    starts = starts_of(as_codes(dyads.indices))
    days, end = as_codes(table["date"].cast(pa.int32())), (until - date(1970, 1, 1)).days
    names = dyads.dictionary.take(dyads.indices.take(pa.array(starts))).to_pylist()
    stops = np.append(starts, table.num_rows)[1:]
    return {
        name: (int(start), int(np.searchsorted(days[start:stop], end)))
        for name, start, stop in zip(names, starts, stops, strict=True)
    }


def _digests(store: Store) -> dict[str, str]:
    return {name: store.file_digest(name) for name in (INDEX_FILE, DIRECTED_FILE, _INDEX) if store.has(name)}


def _read(store: Store, name: str) -> dict[str, Any]:
    try:
        found = json.loads(store.read_bytes(name) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(found: Mapping[str, object]) -> bytes:
    return json.dumps(found, indent=0, sort_keys=True).encode() + b"\n"
