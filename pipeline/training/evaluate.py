"""A file of labelled sentences → how well a coder does on it.

Event types are compared as PLOVER's root codes with CONCEDE and RETREAT taken together as YIELD, as the
published benchmark does; quad class with those as material cooperation; binary is cooperation or conflict.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sklearn.metrics import f1_score, precision_recall_fscore_support

from pipeline.coder.prediction import Coder
from pipeline.scale import NO_EVENT, load_scale
from pipeline.training.found import with_others
from pipeline.training.labelled import parse_marked, read_table
from pipeline.training.measure import ClassRow, Confusion

_MERGED = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}
_YIELD_QUAD = 2
_EXAMPLES = 3


@dataclass(frozen=True)
class Scores:
    """F1 of event types (root), quad class and binary: macro-averaged, and micro-averaged for types; all 0–1."""

    root_macro_f1: float
    root_micro_f1: float
    quad_macro_f1: float
    binary_macro_f1: float


@dataclass(frozen=True)
class Evaluation:
    """What a coder made of `n` sentences.

    `free` are its own answers, in which "no event" (`no_event` of them) counts as wrong; `unsure` of the others are too
    unsure to become mentions, though counted here as they are. `chosen` are its answers
    when told that there is an event, as coders without that answer are measured.
    """

    n: int
    no_event: int
    unsure: int
    free: Scores
    chosen: Scores
    classes: tuple[ClassRow, ...]
    confusions: tuple[Confusion, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def evaluate_file(path: Path, coder: Coder, least: float) -> Evaluation:
    """Code every sentence of a file with `marked_sentence`, `gold_root` and `gold_penta`.

    Answers of a probability below `least` are counted as too unsure to become mentions.

    Raises
    ------
    SeedError
        If a column is missing.
    """
    rows = [row for _, row in read_table(path, ("marked_sentence", "gold_root", "gold_penta"))]
    sentences = [with_others(parse_marked(row["marked_sentence"])) for row in rows]
    gold = [merged(row["gold_root"]) for row in rows]
    quads = [int(row["gold_penta"]) for row in rows]
    predictions = coder.predict(sentences)
    free = [merged(prediction.event_type) for prediction in predictions]
    chosen = [merged(event_type) for event_type in coder.choose(sentences)]
    labels = sorted(set(gold))
    columns = precision_recall_fscore_support(gold, chosen, labels=labels, zero_division=0)
    return Evaluation(
        n=len(rows),
        no_event=free.count(NO_EVENT),
        unsure=sum(one.event_type != NO_EVENT and one.probability < least for one in predictions),
        free=_scores(gold, quads, free),
        chosen=_scores(gold, quads, chosen),
        classes=tuple(
            ClassRow(label, float(p), float(r), float(f), int(n))
            for label, p, r, f, n in zip(labels, *columns, strict=True)
        ),
        confusions=_confusions(gold, chosen, [row["marked_sentence"] for row in rows]),
    )


def merged(label: str) -> str:
    """Return an event type as the benchmark has it."""
    return _MERGED.get(label, label)


def quad(label: str) -> int:
    """Return the quad class of a benchmark's event type, 0 for no event."""
    if label == NO_EVENT:
        return 0
    return _YIELD_QUAD if label == "YIELD" else load_scale().quad_class(label)


def _scores(gold: Sequence[str], quads: Sequence[int], found: Sequence[str]) -> Scores:
    found_quads = [quad(label) for label in found]
    return Scores(
        root_macro_f1=_macro(gold, found),
        root_micro_f1=sum(a == b for a, b in zip(gold, found, strict=True)) / max(1, len(gold)),
        quad_macro_f1=_macro(quads, found_quads),
        binary_macro_f1=_macro([_side(q) for q in quads], [_side(q) for q in found_quads]),
    )


def _side(quad_class: int) -> int:
    """Return 1 for cooperation, 2 for conflict, 0 for no event."""
    return (quad_class + 1) // 2


def _macro(gold: Sequence[Any], found: Sequence[Any]) -> float:
    return float(f1_score(gold, found, labels=sorted(set(gold)), average="macro", zero_division=0))


def _confusions(gold: Sequence[str], found: Sequence[str], texts: Sequence[str]) -> tuple[Confusion, ...]:
    """Return all pairs of confused types with a few of their sentences, the commonest first."""
    examples: dict[tuple[str, str], list[str]] = defaultdict(list)
    for truth, answer, text in zip(gold, found, texts, strict=True):
        if truth != answer:
            examples[truth, answer].append(text)
    counts = Counter({pair: len(own) for pair, own in examples.items()})
    return tuple(
        Confusion(*pair, count, tuple(examples[pair][:_EXAMPLES]))
        for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
