"""A dyad's index as a static figure: tension with its interval above, conflict and cooperation below."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.mapping import tension
from pipeline.report.colours import BAND, CONFLICT, COOPERATION, LINE
from pipeline.report.method import settings_of
from pipeline.report.periods import in_view
from pipeline.report.select import DyadReport, Mark
from pipeline.report.shading import keys, shade
from pipeline.settings import IndexSettings

_DENSE = 400
_LONG_DAYS = 730
_WIDTH_POINTS = 780  # of the axes
_MARGINS = {"left": 0.06, "right": 0.99, "top": 0.945, "bottom": 0.055, "hspace": 0.14}
"""Room for titles, labels and the legend between the axes: a layout that looks for it draws everything twice."""
_LEGEND: dict[str, Any] = {"fontsize": 8, "frameon": False, "ncols": 8, "loc": "upper left", "bbox_to_anchor": (0, 0)}


class IndexFigure(Figure):
    """A figure that a notebook shows by itself, without `%matplotlib`."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


def draw(report: DyadReport, method: Mapping[str, Any], *, events: bool = True, regimes: bool = True) -> Figure:
    """Draw a figure; days without coverage show the decayed level as a thin line, covered days as points.

    Parameters
    ----------
    report, method
        What to show, and what the index file says of itself.
    events
        Whether to name the marked events above the curve.
    regimes
        Whether to shade the periods between changes.
    """
    figure = IndexFigure(figsize=(12, 6.4))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1], gridspec_kw=_MARGINS)
    periods = in_view(report.regimes if regimes else report.regimes.head(0), report.series.index)
    _frame(upper, lower, report, method)
    _tension(upper, report.series, settings_of(method), periods)
    shade(upper, lower, periods)
    _marks(upper, report.series, report.marked if events else [])
    _bars(lower, report.series)
    drawn = [handle for axes in (upper, lower) for handle in axes.get_legend_handles_labels()[0]]
    upper.legend(handles=[*drawn, *keys(periods)], **_LEGEND)
    return figure


def _frame(upper: Axes, lower: Axes, report: DyadReport, method: Mapping[str, Any]) -> None:
    """Set titles, grid and the days from the first to the last."""
    upper.set_title(f"Tension index, {report.title}", loc="left", fontsize=13, fontweight="bold")
    upper.set_title(f"as of {str(method.get('as_of', ''))[:10]}", loc="right", fontsize=9, color="0.4")
    first, last = report.series.index.min(), report.series.index.max()
    spare = pd.Timedelta(days=1) + (last - first) / 100
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="0.92", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.set_xlim(first - spare, last + spare)


def _tension(axes: Axes, series: pd.DataFrame, settings: IndexSettings, periods: pd.DataFrame) -> None:
    """Draw the level, its interval and the covered days, with room above for names and below for words."""
    covered = series[series["tension"].notna()]
    dense = len(covered) >= _DENSE
    axes.axhline(50, color="0.6", linewidth=0.8)
    everywhere = tension(series["level"].to_numpy(), settings)
    axes.plot(series.index, everywhere, color=LINE, linewidth=1.1 if dense else 0.9, label="tension")
    _interval(axes, series if dense else covered, dense, f"{settings.interval:.0%} interval")
    if not dense:
        axes.plot(covered.index, covered["tension"], "o", color=LINE, markersize=3.2, label="day with coverage")
    axes.set_ylabel("tension (0–100)")
    low, high = np.nanmin(covered["low"], initial=45), np.nanmax(covered["high"], initial=55)
    axes.set_ylim(low - (0.14 if len(periods) else 0.05) * (high - low), high + 0.45 * (high - low))
    axes.set_yticks([tick for tick in axes.get_yticks() if low - 4 <= tick <= 100])


def _interval(axes: Axes, series: pd.DataFrame, dense: bool, label: str) -> None:
    """Draw the interval of the covered days: as a band where they lie dense, else as bars."""
    look: dict[str, Any] = {"color": BAND, "label": label}
    if dense:
        axes.fill_between(series.index, series["low"], series["high"], alpha=0.6, linewidth=0.8, **look)
    else:
        axes.vlines(series.index, series["low"], series["high"], linewidth=2.2, **look)


def _marks(axes: Axes, series: pd.DataFrame, marked: list[Mark]) -> None:
    """Name the events above the curve, in three rows so that the words do not meet."""
    bottom, top = axes.get_ylim()
    left, right = axes.get_xlim()
    for n, line in enumerate(marked):
        day = pd.Timestamp(line.date)
        value = series["high"].get(day)
        start = float(value) if value is not None and not pd.isna(value) else 50.0
        height = top - (0.02 + 0.095 * (n % 3)) * (top - bottom)
        colour = CONFLICT if line.score < 0 else COOPERATION
        place = float(mdates.date2num(day))  # type: ignore[no-untyped-call]
        axes.plot([place, place], [start, height - 0.02 * (top - bottom)], color=colour, linewidth=0.6, alpha=0.7)
        axes.text(
            place,
            height,
            f"{line.date[:7]} {line.who}\n{line.what}".replace("$", r"\$"),
            fontsize=8,
            ha=_side((place - left) / (right - left)),
            va="top",
            color=colour,
            linespacing=1.0,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )


def _side(share: float) -> str:
    """Return how a name at this share of the width lies at its place, so that it stays inside."""
    return "left" if share < 0.06 else "right" if share > 0.94 else "center"


def _bars(axes: Axes, series: pd.DataFrame) -> None:
    long = (series.index.max() - series.index.min()).days > _LONG_DAYS
    sums = series[["conflict", "cooperation"]].resample("MS" if long else "D").sum()
    width = max(0.8, 0.8 * _WIDTH_POINTS / len(sums))
    for name, colour in (("conflict", CONFLICT), ("cooperation", COOPERATION)):
        own = sums.loc[sums[name] != 0, name]  # one artist for all, since one for each takes a second
        axes.vlines(own.index, 0, own, color=colour, linewidth=width, label=name)
    axes.axhline(0, color="0.4", linewidth=0.7)
    axes.set_ylabel("score a month" if long else "score a day")


def png_of(figure: Figure, dots: int = 100) -> bytes:
    """Return a figure as PNG of so many dots an inch, the same bytes every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots, metadata={"Software": None})
    return buffer.getvalue()


def plot_svg(report: DyadReport, method: Mapping[str, Any], letters: str = "path") -> str:
    """Return the figure as an `<svg>` element without outside references.

    `letters` is "path" to draw them, so that they look the same everywhere, or "none" to leave them text, smaller.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": report.dyad, "svg.fonttype": letters}):
        draw(report, method).savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = buffer.getvalue()
    return text[text.index("<svg") :]
