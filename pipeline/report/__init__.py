"""The index → static plots for papers and one self-contained page for reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.report.compact import compact
from pipeline.report.daily import chart_data
from pipeline.report.page import Section, render_page
from pipeline.report.plot import draw, plot_svg, png_of
from pipeline.report.select import dyad_report, top_events

__all__ = ["draw", "dyad_report", "render_report", "reported"]
MOST_DYADS = 6


def reported(index: pd.DataFrame, dyad: str | None = None) -> list[str]:
    """Return the dyads of a report, in order: `dyad` if it is given, then those with most events."""
    sizes = index.groupby("dyad")["n_events"].sum()
    return sorted(sizes.index, key=lambda name: (name != dyad, -sizes[name], name))[:MOST_DYADS]


def render_report(
    index: pd.DataFrame,
    events: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame,
    regimes: Mapping[str, pd.DataFrame],
    method: Mapping[str, Any],
    summary: Mapping[str, Any],
) -> dict[str, bytes]:
    """Draw everything.

    Parameters
    ----------
    index, events, mentions, articles
        Tables as in `docs/data-dictionary.md`.
    regimes
        The dyads to report, in order, each with its periods between changes.
    method, summary
        What the index file and the run say of themselves.

    Returns
    -------
    dict of str to bytes
        File name → content: `report.html`, and `DYAD.png` and `DYAD.svg` of the first dyad if there is one.
    """
    reports = [dyad_report(name, index[index["dyad"] == name], events, own) for name, own in regimes.items()]
    sections = [
        Section(report, compact(plot_svg(report, method, "none")), top_events(report, mentions, articles))
        for report in reports
    ]
    page = render_page(sections, chart_data(reports, mentions, articles, method), method, summary)
    pictures = {f"{report.dyad}.png": png_of(draw(report, method), 150) for report in reports[:1]}
    drawings = {f"{report.dyad}.svg": plot_svg(report, method).encode() for report in reports[:1]}
    return pictures | drawings | {"report.html": page.encode()}
