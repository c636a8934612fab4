"""Flows and coverage → the rows of the index, one a day and pair, from its first event to the last article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from pipeline.index.block import Printed
from pipeline.index.carried import Carried, key_of
from pipeline.index.levels import Rows, Series
from pipeline.index.stream import Codes, Numbering, numbering, stream
from pipeline.settings import IndexSettings
from pipeline.tables import DIRECTED, INDEX

_FLOATS = ("tension", "low", "high", "conflict", "cooperation", "level", "percentile")
_EPOCH = date(1970, 1, 1).toordinal()
_COUNTS = ("n_events", "n_articles", "since")


@dataclass(frozen=True)
class Indexes:
    """The index of pairs (`KOR-PRK`) and of their directions (`PRK>KOR`), and what it leaves to the next night.

    Columns as in `tables.INDEX` and `tables.DIRECTED`, sorted by pair and date. Rows of days before `since` were taken
    over from the last publication, and are not among them.
    """

    undirected: pa.Table
    directed: pa.Table
    carried: Carried | None = None
    since: date = date.min


def build_indexes(
    events: pa.Table,
    printed: Mapping[date, int],
    as_of: datetime,
    settings: IndexSettings,
    carried: Carried | None = None,
) -> Indexes:
    """Compute the index.

    Parameters
    ----------
    events
        Scored events, one a row, as `score_events` gives them, with the columns `stories` (who tells it: ids of
        articles, copies of one text being one) and `printed` (the day of printing of each).
    printed
        How many articles were printed on each day, those without events too; copies of one text count once.
    as_of
        Nothing printed later may be in `events` or `printed`.
    settings
        Half-life, interval, base period and the number of dyads.
    carried
        What an earlier call left: its years are not computed again if nothing of them changed.
    """
    if not events.num_rows or not printed:
        return Indexes(INDEX.empty_table(), DIRECTED.empty_table())
    known = numbering(events, settings.max_dyads)
    if carried is not None and carried.key != key_of(events, printed, known, settings, carried.day):
        carried = None
    series = Series(stream(events, known), known, Printed(printed), settings)
    if carried is not None and series.can_go_on(carried):
        series.go_on(carried)
    else:
        carried = None
    rows = [series.rows(days) for days in series.blocks()]
    left = series.left
    key = left and (left.key or key_of(events, printed, known, settings, left.day))
    return Indexes(
        _table(rows, known, known.undirected, series.spans, as_of, INDEX),
        _table(rows, known, known.directed, series.spans, as_of, DIRECTED),
        replace(left, key=key) if left and key else None,
        date.min if carried is None else date.fromordinal(carried.day + _EPOCH),
    )


def _table(
    rows: list[Rows], known: Numbering, pairs: slice, spans: tuple[Codes, Codes], as_of: datetime, schema: pa.Schema
) -> pa.Table:
    """Return the rows of some pairs below each other, those of each from its first to its last day."""
    day = np.arange(rows[0].days.start, rows[-1].days.stop)
    first, last = (one[pairs, None] for one in spans)
    inside = (day >= first) & (day <= last)
    number, place = np.nonzero(inside)
    names = pa.array(known.pairs[pairs], pa.string()).take(pa.array(number))
    flat = {name: np.concatenate([one.floats[name][pairs] for one in rows], axis=1)[inside] for name in _FLOATS}
    counted = {name: np.concatenate([one.counts[name][pairs] for one in rows], axis=1)[inside] for name in _COUNTS}
    columns = {
        "date": pa.array(day[place].astype(np.int32)).cast(pa.date32()),
        "dyad": names,
        "source": pa.compute.utf8_slice_codeunits(names, 0, 3),
        "target": pa.compute.utf8_slice_codeunits(names, -3),
        **{name: pa.array(values, from_pandas=True) for name, values in flat.items()},
        "n_events": pa.array(counted["n_events"]),
        "n_articles": pa.array(counted["n_articles"]),
        "highest_since": pa.array(counted["since"], mask=counted["since"] < 0).cast(pa.date32()),
        "as_of": pa.array([as_of], schema.field("as_of").type).take(pa.array(np.zeros(len(place), np.int8))),
    }
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)
