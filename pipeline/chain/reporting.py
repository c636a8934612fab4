"""Published index and what is stored → the page and its plots; of events and sentences only those of their dyads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.chain.stored import all_mentions, all_reports
from pipeline.series import regimes
from pipeline.store import INDEX_FILE, Keep, Store, note_of
from pipeline.tables import EVENTS


def write_report(store: Store, dyad: str | None = None) -> list[str]:
    """Write the page, and the plot of its first dyad; return their paths or urls."""
    from pipeline.report import render_report, reported  # noqa: PLC0415 - matplotlib weighs, and coding needs none

    table = store.read_file(INDEX_FILE)
    names = reported(_sizes(table).to_pandas(), dyad)
    index = table.filter(pc.is_in(table["dyad"], pa.array(names, pa.string()))).to_pandas()
    events = store.read("events", EVENTS, keep=_between(names)).to_pandas()
    mentions = all_mentions(store, _having("mention_id", chain.from_iterable(events["mention_ids"])))
    articles = all_reports(store, _having("article_id", mentions["article_id"].to_pylist()))
    files = render_report(
        index,
        events,
        mentions.to_pandas(),
        articles.to_pandas(),
        {name: regimes(index[index["dyad"] == name]) for name in names},
        note_of(table),
        store.summary(),
    )
    return [store.write_bytes(name, content) for name, content in files.items()]


def _sizes(index: pa.Table) -> pa.Table:
    """Return how many events each dyad has."""
    sizes = index.group_by("dyad").aggregate([("n_events", "sum")])
    return sizes.rename_columns({"n_events_sum": "n_events"})


def _between(dyads: Sequence[str]) -> Keep:
    """Return what keeps the events between the two of some dyads, either way."""
    pairs = (name.split("-") for name in dyads)
    either = pa.array([f"{one}>{other}" for pair in pairs for one, other in (pair, pair[::-1])], pa.string())
    return lambda table: table.filter(
        pc.is_in(pc.binary_join_element_wise(table["source"], table["target"], ">"), either)
    )


def _having(name: str, values: Iterable[str]) -> Keep:
    """Return what keeps the rows that have one of some values in a column."""
    wanted = set(values)  # Arrow would hash all of them anew for every partition
    return lambda table: table.filter(pa.array([one in wanted for one in table[name].to_pylist()], pa.bool_()))
