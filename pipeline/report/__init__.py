"""The index → a static plot for papers and one self-contained page for reading."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.report.page import render_page
from pipeline.report.plot import plot_index, plot_png, plot_svg
from pipeline.report.select import DyadReport, dyad_report
from pipeline.store import INDEX_FILE, Store, note_of
from pipeline.tables import ARTICLES, EVENTS, MENTIONS

__all__ = ["plot_index", "write_report"]
MOST_DYADS = 6


def write_report(store: Store, dyad: str | None = None) -> list[Path]:
    """Write `report.html`, and `DYAD.png` of its first dyad.

    Parameters
    ----------
    store
        The outputs of a run.
    dyad
        The dyad to begin with; by default the one with most events.

    Returns
    -------
    list of Path
        What was written.
    """
    table = store.read_file(INDEX_FILE)
    index, method = table.to_pandas(), note_of(table)
    reports = _reports(store, index, dyad)
    pages = [(report, plot_svg(report, method)) for report in reports]
    html = render_page(pages, method, store.summary())
    written = [store.write_bytes("report.html", html.encode())]
    if reports:
        written.insert(0, store.write_bytes(f"{reports[0].dyad}.png", plot_png(reports[0], method)))
    return written


def _reports(store: Store, index: pd.DataFrame, dyad: str | None) -> list[DyadReport]:
    events = store.read("events", EVENTS).to_pandas()
    mentions = store.read("mentions", MENTIONS).to_pandas().set_index("mention_id")
    articles = store.read("articles", ARTICLES, ["article_id", "url", "outlet"]).to_pandas().set_index("article_id")
    sizes = index.groupby("dyad")["n_events"].sum()
    order = sorted(sizes.index, key=lambda name: (name != dyad, -sizes[name], name))
    return [
        dyad_report(name, index[index["dyad"] == name], events, mentions, articles) for name in order[:MOST_DYADS]
    ]
