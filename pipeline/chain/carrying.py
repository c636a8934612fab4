"""What a publication leaves to the next: the years of the index that need not be computed again, and which event
partitions hold what they should.

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
import pyarrow.compute as pc

from pipeline.index import Carried, Indexes, carried_in
from pipeline.store import DIRECTED_FILE, INDEX_FILE, Store

_INDEX = "carried/index.npz"
_FILES = "carried/files.json"
_EVENTS = "carried/events.json"


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


def with_earlier(store: Store, found: Indexes, as_of: datetime) -> Indexes:
    """Return an index with the rows of earlier years, which are those of the published files."""
    if found.since == date.min:
        return found
    names = {"undirected": INDEX_FILE, "directed": DIRECTED_FILE}
    return replace(
        found,
        since=date.min,
        **{
            which: _below(store.read_file(name), getattr(found, which), found.since, as_of)
            for which, name in names.items()
        },
    )


def _below(published: pa.Table, fresh: pa.Table, since: date, as_of: datetime) -> pa.Table:
    """Return the published rows of days before one and fresh rows, in order of dyad and date, with one `as_of`."""
    earlier = published.filter(pc.less(published["date"], pa.scalar(since)))
    both = pa.concat_tables([earlier.replace_schema_metadata(fresh.schema.metadata), fresh]).combine_chunks()
    dyads = both["dyad"].combine_chunks().dictionary_encode() if both.num_rows else fresh["dyad"].combine_chunks()
    rank = np.argsort(np.argsort(np.array(dyads.dictionary.to_pylist())))
    order = np.argsort(
        rank[dyads.indices.to_numpy()] * (1 << 22) + both["date"].cast(pa.int32()).to_numpy(), kind="stable"
    )
    number = both.schema.get_field_index("as_of")
    moments = pa.array([as_of], both.schema.field(number).type).take(pa.array(np.zeros(both.num_rows, np.int8)))
    return both.take(pa.array(order)).set_column(number, both.schema.field(number), moments)


def written_events(store: Store) -> dict[str, str]:
    """Return the days of the event partitions that are as they were written, with a hash of the rows of each."""
    sizes = store.sizes("events")
    return {day: key for day, (key, size) in _read(store, _EVENTS).items() if sizes.get(day) == size}


def note_events(store: Store, keys: dict[str, str]) -> None:
    """Note what the event partitions hold, by day."""
    sizes = store.sizes("events")
    store.write_bytes(_EVENTS, _json({day: [key, sizes[day]] for day, key in keys.items() if day in sizes}))


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
