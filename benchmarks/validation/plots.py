"""Two images: the two Koreas with provocations marked, and the other pairs with known crises shaded."""

import io
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from validation.provocations import TOP
from validation.runs import FIRST, LAST

LINE, BAND, CONFLICT, COOPERATION, SHADE = "#1b3a5c", "#9db8d2", "#b2442e", "#2f7f79", "#f0d9c4"
NAMES = {4: "sinking, nuclear test", 3: "battle, long range", 2: "short range, artillery", 1: "other"}


def korea(index: pd.DataFrame, rows: pd.DataFrame, path: Path) -> None:
    """Draw tension with its interval and the provocations above, conflict and cooperation below."""
    series = cut(index, "KOR-PRK")
    figure = Figure(figsize=(12, 6.2), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    curve(upper, series)
    upper.axhline(series["tension"].quantile(TOP), color="0.4", linewidth=0.8, linestyle="--", label="top decile")
    marks(upper, rows)
    upper.set_title("KOR-PRK, tension and provocations on record, 2003–2012", loc="left", fontweight="bold")
    upper.set_ylabel("tension (0–100)")
    upper.legend(loc="lower right", fontsize=8, frameon=False, ncols=4)
    sums = series[["conflict", "cooperation"]].resample("MS").sum()
    lower.bar(sums.index, sums["conflict"], width=25, color=CONFLICT, label="conflict")
    lower.bar(sums.index, sums["cooperation"], width=25, color=COOPERATION, label="cooperation")
    lower.set_ylabel("score a month")
    lower.legend(loc="lower left", fontsize=8, frameon=False, ncols=2)
    finish(figure, path)


def others(index: pd.DataFrame, known: pd.DataFrame, dyads: tuple[str, ...], path: Path) -> None:
    """Draw a small panel a pair."""
    figure = Figure(figsize=(12, 9), layout="constrained")
    panels = figure.subplots((len(dyads) + 1) // 2, 2, sharex=True).flat
    for panel, dyad in zip(panels, dyads, strict=False):
        for row in known[known["dyad"] == dyad].itertuples():
            panel.axvspan(row.first, row.last, color=SHADE, linewidth=0)
        curve(panel, cut(index, dyad))
        panel.set_title(dyad, loc="left", fontsize=10, fontweight="bold")
        panel.set_ylim(25, 95)
    figure.suptitle("Tension with its interval; shaded: crises that the public record knows", fontsize=11)
    finish(figure, path)


def cut(index: pd.DataFrame, dyad: str) -> pd.DataFrame:
    """Return a pair's rows of the study's years."""
    return index[index["dyad"] == dyad].set_index("date")[FIRST:LAST]


def curve(axes: Axes, series: pd.DataFrame) -> None:
    """Draw tension and its interval."""
    axes.axhline(50, color="0.6", linewidth=0.8)
    axes.fill_between(series.index, series["low"], series["high"], color=BAND, alpha=0.5, linewidth=0, label="interval")
    axes.plot(series.index, series["tension"], color=LINE, linewidth=1.1, label="tension")
    axes.set_xlim(FIRST, LAST)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="0.92", linewidth=0.8)
    axes.set_axisbelow(True)


def marks(axes: Axes, rows: pd.DataFrame) -> None:
    """Mark each provocation in a row of its severity above the curve."""
    low, high = axes.get_ylim()
    step = (high - low) * 0.055
    for severity, some in rows.groupby("severity"):
        height = high + step * severity
        axes.plot(some["date"], [height] * len(some), "|", color=CONFLICT, markersize=9, markeredgewidth=1.6)
        place = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": 7.5}
        axes.text(1.005, height, f"{severity} {NAMES[severity]}", **place)
    axes.set_ylim(low, high + step * 5)


def finish(figure: Figure, path: Path) -> None:
    """Write a small PNG, the same bytes every time."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(buffer).convert("RGB").quantize(96).save(path, optimize=True)
