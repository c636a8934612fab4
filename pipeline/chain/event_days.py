"""The events of an index → one partition a day, of which only those are written and read that changed.

What each partition was written with is noted in `carried/`; a partition whose size is another one has been changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.merge.codes import as_codes, starts_of
from pipeline.store import Store
from pipeline.tables import EVENTS

_NOTE = "carried/events.json"


@dataclass(frozen=True)
class EventDays:
    """The events of each day and a hash of them, and the days whose published partition holds anything else."""

    events: pa.Table
    parts: Mapping[date, pa.Table]
    keys: Mapping[date, str]
    changed: frozenset[date]


def event_days(store: Store, events: pa.Table) -> EventDays:
    """Return events, which are in order of day, by day."""
    events = events.combine_chunks()
    days = as_codes(events["event_date"].cast(pa.int32()))
    starts = starts_of(days)
    sizes = np.diff(np.append(starts, len(days)))
    each = zip(events["event_date"].take(pa.array(starts)).to_pylist(), starts, sizes, strict=True)
    parts = {day: events.slice(start, size) for day, start, size in each}
    keys = {day: _hash_of(part) for day, part in parts.items()}
    known = _written(store)
    changed = frozenset(day for day in {*parts, *store.days("events")} if known.get(day) != keys.get(day, ""))
    return EventDays(events, parts, keys, changed)


def write_events(store: Store, found: EventDays) -> None:
    """Write the partitions that changed, and note what all of them hold."""
    none = EVENTS.empty_table()
    store.write_days("events", [(day, found.parts.get(day, none)) for day in sorted(found.changed)])
    sizes = store.sizes("events")
    note = {str(day): [key, sizes[str(day)]] for day, key in found.keys.items() if str(day) in sizes}
    store.write_bytes(_NOTE, json.dumps(note, indent=0, sort_keys=True).encode() + b"\n")


def published_events(store: Store, found: EventDays, columns: list[str]) -> pa.Table:
    """Return what is published, whatever was found; partitions that hold the same are not read."""
    same = pc.invert(pc.is_in(found.events["event_date"], pa.array(found.changed, pa.date32())))
    others = store.read("events", EVENTS, columns, found.changed)
    return pa.concat_tables([others, found.events.filter(same).select(columns)])


def _written(store: Store) -> dict[date, str]:
    """Return the hash of each partition that is as it was written."""
    sizes = store.sizes("events")
    try:
        note = dict(json.loads(store.read_bytes(_NOTE) or b"{}"))
        return {date.fromisoformat(day): key for day, (key, size) in note.items() if sizes.get(day) == size}
    except (ValueError, TypeError):  # what cannot be read is not known: all partitions are compared
        return {}


def _hash_of(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()
