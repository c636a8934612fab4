"""A store of an older schema → one that the next run brings up to date; and the refusal to work on one that is not.

What cannot be derived is migrated file by file, the oldest day first. A file says itself of which schema it is, so an
upgrade that died is started again and goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa

from pipeline.chain.summary import Progress
from pipeline.errors import StoreError
from pipeline.migrations import KEPT, migrated
from pipeline.store import ALERTS_FILE, DIRECTED_FILE, INDEX_FILE, Store, text_note
from pipeline.versions import PRESENT, require_present

DERIVED = ("mentions", "copies", "events")
_KEYS = {"articles": "article_id", "coded": "mention_id", "quarantine": "rejection_id"}
"""What a row is known by; the steps may find that two rows are one."""


def require_upgraded(store: Store) -> None:
    """Refuse a store that holds tables of another schema than the present one.

    The first and the last file of every kept table are looked at: an upgrade goes from the first to the last. Derived
    tables may be older; they are rebuilt.

    Raises
    ------
    StoreError
        If one is older or newer, with what to do about it.
    """
    for name in KEPT:
        for file in _ends(_files(store, name)):
            require_present(store.read_schema(file), store.full(file), store.where)
    for file in _derived(store):
        store.version(file)


def upgrade(store: Store, progress: Progress = lambda *_: None) -> dict[str, int]:
    """Bring the kept tables of a store to the present schema.

    Returns
    -------
    dict
        How many files of each table were rewritten; empty if all were of the present schema.

    Raises
    ------
    StoreError
        If the store holds nothing, is written to by a run, or is newer than this program.
    """
    files = {name: _files(store, name) for name in KEPT}
    total = sum(map(len, files.values()))
    if not total and not _derived(store):
        raise StoreError(f"there is nothing to upgrade in {store.where}; --outputs names the folder of the runs")
    with store.writing():
        for file in (*(file for own in files.values() for file in own), *_derived(store)):
            store.version(file)  # what is newer is refused before anything is touched
        done: Counter[str] = Counter()
        for name, own in files.items():
            done[name] = _upgraded(store, name, own)
            progress("upgrading", sum(len(files[one]) for one in done), total)
    return {name: count for name, count in done.items() if count}


def _upgraded(store: Store, name: str, files: Sequence[str]) -> int:
    """Rewrite the files of a table that are older; return how many there were."""
    older = {file for file in files if store.version(file) < PRESENT}
    if not older:
        return 0
    seen: set[str] = set()
    for file in files:
        table = store.read_file(file, any_version=True)
        if file in older:
            note = text_note(table.schema)
            table = _unseen(migrated(table, name, store.full(file)), name, seen)
            if table.num_rows or note:
                store.write_file(file, table, note)
            else:
                store.remove(file)
        if name in _KEYS:
            seen.update(table[_KEYS[name]].to_pylist())
    return len(older)


def _unseen(table: pa.Table, name: str, seen: set[str]) -> pa.Table:
    """Leave out rows that an earlier file, or an earlier row of this one, holds."""
    if name not in _KEYS:
        return table
    known, kept = set(seen), []
    for key in table[_KEYS[name]].to_pylist():
        kept.append(key not in known)
        known.add(key)
    return table.filter(pa.array(kept, pa.bool_()))


def _files(store: Store, name: str) -> list[str]:
    if name == "alerts":
        return [ALERTS_FILE] if store.has(ALERTS_FILE) else []
    return store.files(name)


def _derived(store: Store) -> list[str]:
    ends = [file for name in DERIVED for file in _ends(store.files(name))]
    return [*ends, *(file for file in (INDEX_FILE, DIRECTED_FILE) if store.has(file))]


def _ends(files: Sequence[str]) -> Iterable[str]:
    return dict.fromkeys((*files[:1], *files[-1:]))
