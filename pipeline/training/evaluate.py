"""A file of labelled sentences → how well the estimator does on it.

Event types are compared as PLOVER's root codes with CONCEDE and RETREAT taken together as YIELD, as the
published benchmark does; quad class with those as material cooperation; binary is cooperation or conflict.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sklearn.metrics import f1_score, precision_recall_fscore_support

from pipeline.coder.estimator import EventEstimator
from pipeline.scale import NO_EVENT, load_scale
from pipeline.training.labelled import parse_marked, read_table

_MERGED = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}
_YIELD_QUAD = 2


@dataclass(frozen=True)
class ClassRow:
    """Precision, recall and F1 (0–1) of one event type, and how many sentences bear it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Macro- and micro-averaged F1, all 0–1. A chosen "no event" counts as wrong."""

    n: int
    root_macro_f1: float
    root_micro_f1: float
    quad_macro_f1: float
    binary_macro_f1: float
    no_event: int
    classes: tuple[ClassRow, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def evaluate_file(path: Path, estimator: EventEstimator) -> Evaluation:
    """Code every sentence of a file with `marked_sentence`, `gold_root` and `gold_penta`.

    Raises
    ------
    SeedError
        If a column is missing.
    """
    rows = list(read_table(path, ("marked_sentence", "gold_root", "gold_penta")))
    predictions = estimator.predict(parse_marked(row["marked_sentence"]) for _, row in rows)
    gold = [_MERGED.get(row["gold_root"], row["gold_root"]) for _, row in rows]
    found = [_MERGED.get(prediction.event_type, prediction.event_type) for prediction in predictions]
    quads = [int(row["gold_penta"]) for _, row in rows]
    found_quads = [_quad(label) for label in found]
    labels = sorted(set(gold))
    precision, recall, f1, support = precision_recall_fscore_support(gold, found, labels=labels, zero_division=0)
    return Evaluation(
        n=len(rows),
        root_macro_f1=float(f1.mean()),
        root_micro_f1=sum(a == b for a, b in zip(gold, found, strict=True)) / max(1, len(rows)),
        quad_macro_f1=_macro(quads, found_quads),
        binary_macro_f1=_macro([_side(q) for q in quads], [_side(q) for q in found_quads]),
        no_event=found.count(NO_EVENT),
        classes=tuple(
            ClassRow(label, float(precision[n]), float(recall[n]), float(f1[n]), int(support[n]))
            for n, label in enumerate(labels)
        ),
    )


def _quad(label: str) -> int:
    if label == NO_EVENT:
        return 0
    return _YIELD_QUAD if label == "YIELD" else load_scale().quad_class(label)


def _side(quad: int) -> int:
    """Return 1 for cooperation, 2 for conflict, 0 for no event."""
    return (quad + 1) // 2


def _macro(gold: list[int], found: list[int]) -> float:
    return float(f1_score(gold, found, labels=sorted(set(gold)), average="macro", zero_division=0))
