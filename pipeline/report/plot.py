"""A dyad's index as a static figure: tension with its interval above, conflict and cooperation below."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.mapping import tension
from pipeline.report.method import settings_of
from pipeline.report.select import DyadReport, EventLine
from pipeline.settings import IndexSettings

_LINE, _BAND = "#1b3a5c", "#9db8d2"
_CONFLICT, _COOPERATION = "#b2442e", "#2f7f79"
_DENSE = 400
_LONG_DAYS = 730
_LINES = re.compile(r' d="((?:\s*[ML] \S+ \S+)+\s*z?\s*)"')  # after z the place would be another: only at the end


def plot_index(report: DyadReport, method: Mapping[str, Any]) -> Figure:
    """Draw a figure; days without coverage show the decayed level as a thin line, covered days as points."""
    figure = Figure(figsize=(12, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    settings = settings_of(method)
    _tension(upper, report.series, settings)
    _marks(upper, report.series, report.marked)
    _bars(lower, report.series)
    upper.set_title(f"Tension index, {report.title}", loc="left", fontsize=13, fontweight="bold")
    upper.set_title(f"as of {str(method.get('as_of', ''))[:10]}", loc="right", fontsize=9, color="0.4")
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="0.92", linewidth=0.8)
        axes.set_axisbelow(True)
    return figure


def _tension(axes: Axes, series: pd.DataFrame, settings: IndexSettings) -> None:
    covered = series[series["tension"].notna()]
    everywhere = tension(series["level"].to_numpy(), settings)
    axes.axhline(50, color="0.6", linewidth=0.8)
    axes.plot(
        series.index,
        everywhere,
        color=_LINE,
        linewidth=0.9 if len(covered) < _DENSE else 1.1,
        label="tension",
    )
    if len(covered) < _DENSE:
        axes.vlines(
            covered.index,
            covered["low"],
            covered["high"],
            color=_BAND,
            linewidth=2.2,
            label=_interval(settings),
        )
        axes.plot(covered.index, covered["tension"], "o", color=_LINE, markersize=3.2, label="day with coverage")
    else:
        axes.fill_between(
            covered.index,
            covered["low"],
            covered["high"],
            color=_BAND,
            alpha=0.6,
            linewidth=0,
            label=_interval(settings),
        )
    axes.set_ylabel("tension (0–100)")
    low, high = np.nanmin(covered["low"], initial=45), np.nanmax(covered["high"], initial=55)
    axes.set_ylim(low - 4, high + 0.45 * (high - low))
    axes.legend(loc="lower left", fontsize=8, frameon=False, ncols=3)


def _interval(settings: IndexSettings) -> str:
    return f"{settings.interval:.0%} interval"


def _marks(axes: Axes, series: pd.DataFrame, marked: list[EventLine]) -> None:
    """Name the events above the curve, in three rows so that the words do not meet."""
    bottom, top = axes.get_ylim()
    for n, line in enumerate(marked):
        day = pd.Timestamp(line.date)
        value = series["high"].get(day)
        start = float(value) if value is not None and not pd.isna(value) else 50.0
        height = top - (0.03 + 0.085 * (n % 3)) * (top - bottom)
        colour = _CONFLICT if line.score < 0 else _COOPERATION
        place = float(mdates.date2num(day))  # type: ignore[no-untyped-call]
        axes.plot([place, place], [start, height - 0.02 * (top - bottom)], color=colour, linewidth=0.6, alpha=0.7)
        axes.text(
            place,
            height,
            f"{line.date[:7]} {line.who}\n{line.what}".replace("$", r"\$"),
            fontsize=6.8,
            ha="center",
            va="top",
            color=colour,
            linespacing=1.0,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )


def _bars(axes: Axes, series: pd.DataFrame) -> None:
    long = (series.index.max() - series.index.min()).days > _LONG_DAYS
    sums = series[["conflict", "cooperation"]].resample("MS" if long else "D").sum()
    width = 25 if long else 0.9
    axes.bar(sums.index, sums["conflict"], width=width, color=_CONFLICT, label="conflict")
    axes.bar(sums.index, sums["cooperation"], width=width, color=_COOPERATION, label="cooperation")
    axes.axhline(0, color="0.4", linewidth=0.7)
    axes.set_ylabel("score a month" if long else "score a day")
    axes.legend(loc="lower left", fontsize=8, frameon=False, ncols=2)


def plot_png(report: DyadReport, method: Mapping[str, Any]) -> bytes:
    """Return the figure as PNG, 150 dots an inch, the same bytes every time."""
    buffer = io.BytesIO()
    plot_index(report, method).savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def plot_svg(report: DyadReport, method: Mapping[str, Any], letters: str = "path") -> str:
    """Return the figure as an `<svg>` element without outside references.

    `letters` is "path" to draw them, so that they look the same everywhere, or "none" to leave them text, smaller.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": report.dyad, "svg.fonttype": letters}):
        plot_index(report, method).savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def compact(svg: str) -> str:
    """Return a drawing with its points rounded to a tenth of a point and its lines by steps, for a small page."""
    return _LINES.sub(lambda found: f' d="{_steps(found[1].split())}"', re.sub(r"(\d\.\d)\d+", r"\1", svg))


def _steps(words: list[str]) -> str:
    """Return a path of absolute M and L (and z) by relative steps; from rounded places, so that no error adds up."""
    made, here, letter = "", (0, 0), ""
    for word, x, y in zip(words, words[1:], words[2:], strict=False):
        if word in ("M", "L"):
            place = round(10 * float(x)), round(10 * float(y))
            made += " " if word == "L" and letter == "L" else word.lower()
            made += f"{_tenths(place[0] - here[0])} {_tenths(place[1] - here[1])}"
            here, letter = place, word
    return made.replace(" -", "-") + ("z" if words[-1] == "z" else "")


def _tenths(value: int) -> str:
    return f"{value / 10:g}".replace("0.", ".", 1) if abs(value) < 10 else f"{value / 10:.1f}".removesuffix(".0")
