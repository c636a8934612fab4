"""The index → static plots for papers and one self-contained page for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.report.daily import chart_data
from pipeline.report.page import render_page
from pipeline.report.plot import compact, plot_index, plot_png, plot_svg
from pipeline.report.select import DyadReport, dyad_report

__all__ = ["plot_index", "render_report"]
MOST_DYADS = 6


def render_report(
    index: pd.DataFrame,
    events: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame,
    method: Mapping[str, Any],
    summary: Mapping[str, Any],
    dyad: str | None = None,
) -> dict[str, bytes]:
    """Draw everything.

    Parameters
    ----------
    index, events, mentions, articles
        Tables as in `docs/data-dictionary.md`.
    method, summary
        What the index file and the run say of themselves.
    dyad
        The dyad to begin with; by default the one with most events.

    Returns
    -------
    dict of str to bytes
        File name → content: `report.html`, and `DYAD.png` and `DYAD.svg` of the first dyad if there is one.
    """
    sizes = index.groupby("dyad")["n_events"].sum()
    order = sorted(sizes.index, key=lambda name: (name != dyad, -sizes[name], name))[:MOST_DYADS]
    reports = [dyad_report(name, index[index["dyad"] == name], events, mentions, articles) for name in order]
    pages = [(report, compact(plot_svg(report, method, "none"))) for report in reports]
    data = chart_data(reports, mentions, articles, method)
    return _figures(reports[:1], method) | {"report.html": render_page(pages, data, method, summary).encode()}


def _figures(reports: Sequence[DyadReport], method: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the static plots of dyads, for papers."""
    drawings = {f"{report.dyad}.svg": plot_svg(report, method).encode() for report in reports}
    return {f"{report.dyad}.png": plot_png(report, method) for report in reports} | drawings
