"""Stored articles → which are copies of which, a day at a time.

A day is compared again when its articles, those of the days before it, or the settings change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pipeline.chain.summary import Progress
from pipeline.copies import find_copies
from pipeline.records import content_id
from pipeline.settings import CopySettings
from pipeline.store import Store
from pipeline.tables import COPIES, table_of

_READ_ROWS = 256


class _Printed(NamedTuple):
    """What the search needs of an article."""

    article_id: str
    outlet: str
    body: str
    published_at: datetime


def mark_copies(store: Store, settings: CopySettings, progress: Progress = lambda *_: None) -> None:
    """Bring the copies of every day up to date with the articles."""
    days = store.days("articles")
    notes = _notes(store, days, settings)
    stale = {day for day in days if store.note("copies", day) != notes[day]}
    done = 0
    for day, copies in find_copies(_printed(store, _with_windows(days, stale, settings.days)), settings):
        if day in stale:
            rows = sorted(copies, key=lambda copy: (copy.article_id, copy.copy_of))
            store.write_day("copies", day, table_of(rows, COPIES), notes[day])
            done += 1
            progress("finding copies", done, len(stale))
    for day in set(store.days("copies")) - set(days):
        store.write_day("copies", day, COPIES.empty_table())


def _notes(store: Store, days: Sequence[date], settings: CopySettings) -> dict[date, str]:
    """Return what the copies of each day depend on."""
    digests = {day: store.digest("articles", day) for day in days}
    return {
        day: content_id(settings.model_dump_json(), *(digests[one] for one in _window(day, digests, settings.days)))
        for day in days
    }


def _window(day: date, known: dict[date, str], back: int) -> list[date]:
    return [one for n in range(back, -1, -1) if (one := day - timedelta(days=n)) in known]


def _with_windows(days: Sequence[date], wanted: set[date], back: int) -> list[date]:
    """Return the wanted days and those in whose window they look, in order."""
    needed = {day - timedelta(days=n) for day in wanted for n in range(back + 1)}
    return [day for day in days if day in needed]


def _printed(store: Store, days: Sequence[date]) -> Iterator[tuple[date, Iterator[_Printed]]]:
    for day in days:
        yield day, _articles(store, day)


def _articles(store: Store, day: date) -> Iterator[_Printed]:
    for part in store.iter_day("articles", day, list(_Printed._fields), _READ_ROWS):
        yield from map(_Printed, *(part[name].to_pylist() for name in _Printed._fields))
