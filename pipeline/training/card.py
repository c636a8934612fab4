"""Measured figures → the model card and its reliability plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HEAD = """# The event coder

Written by `escalation train` from measured figures; do not edit. `models/metrics.json` has all of them.

**What it is.** Four linear heads (scikit-learn `LinearSVC`) over one sparse feature matrix: what is done (PLOVER's 16
event types and "no event"), whether it runs from source to target, in which mode (a head for each type), and with which
status. Features: n-grams of the sentence with source and target masked, of the span between them and of the words
around them; cues from the lexicon, what its rules would answer, and the frame of small words and acts. The likeliest
type of the likelier side, conflict or cooperation, is the answer. It is rebuilt from `seeds/` in one to two minutes on
two cores, deterministically, and cached as arrays under the hash of seeds, code and library versions; no model file is
committed.

**Trained on** {sentences:,} labelled sentences and {phrases:,} lexicon rows of this project, and nothing else.

**Measured** on every fifth story of these sentences, {held_out:,} of them: held out whole, by topic, and not read while
the lexicon was written. Probabilities of one half of the stories are calibrated on the other half. Strength and weights
of the heads, some ten settings, were chosen on these stories, so the figures are a little kind.

| what | figure |
|---|---|
"""
_NAMES = {
    "type_macro_f1": "event type, macro-F1 (17 labels with no event)",
    "type_accuracy": "event type, accuracy",
    "quad_macro_f1": "quad class, macro-F1 (with no event)",
    "binary_macro_f1": "conflict, cooperation or no event, macro-F1",
    "mode_accuracy": "mode, given the type, accuracy",
    "status_macro_f1": "status, macro-F1",
    "status_accuracy": "status, accuracy",
    "direction": "the right one of two directions is likelier",
    "silent_when_turned": "exchanged source and target seen to be no event",
    "no_event_precision": "no event, precision",
    "no_event_recall": "no event, recall",
    "calibration_error": "expected calibration error",
}
_TAIL = """
**On other people's data** the figures and how to get them are in `docs/evaluation.md`.

**Not for** deciding about people: it reads news sentences, one at a time, in English.
"""


def card(figures: Mapping[str, Any]) -> str:
    """Return the model card as Markdown."""
    parts = [
        _HEAD.format(**figures) + "".join(f"| {title} | {figures[name]:.3f} |\n" for name, title in _NAMES.items()),
        _curve(figures["learning_curve"]),
        _classes("Event types", figures["types"]),
        _classes("Statuses", figures["statuses"]),
        _batches(figures["batches"]),
        _confusions(figures["confusions"]),
        "![Reliability: probability against share right](reliability.svg)\n" + _TAIL,
    ]
    return "\n".join(parts)


def _curve(points: Sequence[Sequence[float]]) -> str:
    rows = "".join(f"| {int(size):,} | {score:.3f} |\n" for size, score in points)
    (size, score), (last_size, last_score) = points[-2:]
    gain = last_score - score
    return (
        f"**Learning curve**: macro-F1 of event types by sentences trained on. From {int(size):,} to "
        f"{int(last_size):,} sentences it gained {gain:.3f}; what more would bring is about that for the next "
        f"doubling, or less.\n\n| sentences | macro-F1 |\n|---|---|\n{rows}"
    )


def _classes(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    lines = "".join(
        f"| {row['label']} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} | {row['support']} |\n"
        for row in rows
    )
    return f"**{title}**\n\n| | precision | recall | F1 | sentences |\n|---|---|---|---|---|\n{lines}"


def _batches(shares: Mapping[str, float]) -> str:
    lines = "".join(f"| {name} | {share:.2f} |\n" for name, share in shares.items())
    return (
        f"**Author batches**: share of event types right, on held-out stories\n\n| batch | right |\n|---|---|\n{lines}"
    )


def _confusions(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = "".join(
        f"- {row['truth']} taken for {row['found']}, {row['count']} times: {' / '.join(row['sentences'][:2])}\n"
        for row in rows
    )
    return f"**Commonest errors**, with sentences\n\n{lines}"


def reliability_plot(figures: Mapping[str, Any], path: Path) -> None:
    """Draw mean probability against share right, a point a bin, its area by the number of answers."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    sure, right, count = zip(*figures["reliability"], strict=True)
    figure = Figure(figsize=(4.5, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1)
    axes.scatter(sure, right, s=[20 + 400 * n / sum(count) for n in count], color="tab:blue", alpha=0.8)
    axes.plot(sure, right, color="tab:blue", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability of the answer", ylabel="share right")
    axes.set_title(f"expected calibration error {figures['calibration_error']:.3f}", fontsize=10)
    figure.savefig(path, metadata={"Date": None})
