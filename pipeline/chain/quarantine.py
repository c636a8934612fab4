"""What was refused: kept with its reason and bytes, listed, and tried again after a fix."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from pipeline.records import Coded, Item, Link, Raw, Rejection, content_id
from pipeline.sources.lines import record_of
from pipeline.store import Store
from pipeline.tables import REJECTIONS, rejections_of, table_of

FOLDER = "quarantine"


def set_aside(store: Store, rejections: Sequence[Rejection]) -> None:
    """Add rejections to the quarantine; one that lies there already is not added again."""
    if not rejections:
        return
    known = set(store.read_folder(FOLDER, REJECTIONS, ["rejection_id"])["rejection_id"].to_pylist())
    fresh = {one.rejection_id: one for one in rejections if one.rejection_id not in known}
    if fresh:
        name = content_id(*sorted(fresh))
        store.write_file(f"{FOLDER}/{name}.parquet", table_of([fresh[key] for key in sorted(fresh)], REJECTIONS))


def aside(store: Store) -> list[Rejection]:
    """Return all that lies in quarantine, by reason and place."""
    rows = rejections_of(store.read_folder(FOLDER, REJECTIONS))
    return sorted(rows, key=lambda row: (row.reason, row.place, row.rejection_id))


def count_by_reason(store: Store) -> dict[str, int]:
    """Return how much lies in quarantine, by reason."""
    return dict(Counter(store.read_folder(FOLDER, REJECTIONS, ["reason"])["reason"].to_pylist()))


def release(store: Store, wanted: Sequence[Rejection]) -> None:
    """Remove rejections from the quarantine."""
    gone = {rejection.rejection_id for rejection in wanted}
    for name in store.files(FOLDER):
        table = store.read_file(name)
        kept = table.filter(pc.invert(pc.is_in(table["rejection_id"], value_set=pc.cast(list(gone), "string"))))
        if kept.num_rows == 0:
            store.remove(name)
        elif kept.num_rows < table.num_rows:
            store.write_file(name, kept)


def readable(rejections: Sequence[Rejection], max_bytes: int) -> Iterator[tuple[Rejection, Item]]:
    """Yield what can be read again, as its source first gave it; what has no form cannot."""
    for rejection in rejections:
        if rejection.form == "line":
            yield rejection, record_of(rejection.content, rejection.place, max_bytes)
        elif rejection.form == "record":
            yield rejection, Raw(rejection.place, json.loads(rejection.content))
        elif rejection.form == "coded":
            yield rejection, Coded(rejection.place, json.loads(rejection.content))
        elif rejection.form == "page":
            yield rejection, Raw(rejection.place, {**json.loads(rejection.known), "html": rejection.content})
        elif rejection.form == "link":
            known = json.loads(rejection.known)
            yield rejection, Link(known["url"], known["kind"], known["fields"], again=known["again"])
