"""The regimes of a dyad → bands behind a figure: a tint, a line at each change, the mean level in words.

A tint alone would say nothing to a printer or to eyes that do not tell its colours apart; line and words do.
"""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.report.colours import CONFLICT, COOPERATION, LINE
from pipeline.report.periods import signed

_WORDS, _NUMBER = 0.08, 0.013  # shares of the width that a period's words, and its mean alone (upright), need
_FAINT, _STRONG = 0.05, 0.15
_MEAN: dict[str, Any] = {"color": "0.25", "linewidth": 0.9, "linestyle": (0, (5, 3))}


def shade(upper: Axes, lower: Axes, regimes: pd.DataFrame) -> None:
    """Draw the regimes in view behind both parts of a figure."""
    for n, row in enumerate(regimes.to_dict("records")):
        start, end = _day(row["first"]), _day(row["last"]) + 1
        tint = {"color": colour(row["flow"]), "alpha": _FAINT + (_STRONG - _FAINT) * row["strength"]}
        for axes in (upper, lower):
            axes.axvspan(start, end, linewidth=0, zorder=0, **tint)
            if n:
                axes.axvline(start, color="0.35", linewidth=0.7, linestyle=(0, (1, 2)))
        upper.plot([start, end], [row["tension"]] * 2, **_MEAN)
        _words(upper, row, start, end)


def keys(regimes: pd.DataFrame) -> list[Artist]:
    """Return what the legend says of the tints that are there."""
    names = {CONFLICT: "period of conflict", COOPERATION: "period of cooperation"}
    seen = {colour(flow) for flow in regimes["flow"]}
    tints = [Patch(color=one, alpha=_STRONG, linewidth=0, label=name) for one, name in names.items() if one in seen]
    return [*tints, Line2D([], [], **_MEAN, label="mean of a period")] if seen else []


def colour(flow: float) -> str:
    """Return the colour of a mean flow: negative is conflict."""
    return CONFLICT if flow < 0 else COOPERATION if flow > 0 else LINE


def _words(axes: Axes, row: dict[Any, Any], start: float, end: float) -> None:
    """Write the mean of a period at its foot, as much as there is room for."""
    left, right = axes.get_xlim()
    share = (end - start) / (right - left)
    mean, flow = f"{row['tension']:.1f}", signed(row["flow"])
    if share > _NUMBER:
        axes.text(
            (start + end) / 2,
            0.015,
            f"mean {mean}\nflow {flow}" if share > _WORDS else mean,
            transform=axes.get_xaxis_transform(),
            rotation=0 if share > _WORDS else 90,
            fontsize=8,
            ha="center",
            va="bottom",
            color="0.2",
        )


def _day(value: Any) -> float:
    return float(mdates.date2num(value))  # type: ignore[no-untyped-call]
