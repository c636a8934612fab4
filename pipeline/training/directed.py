"""Files that say who does it to whom → how often a coder finds the right pair and direction.

Two formats are read: sentences with spans, one token a line (`S` source, `T` target, in the tags' last letter),
and JSON lines of sentences with their events between countries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.actors import load_finder
from pipeline.coder.mentions import code_candidates
from pipeline.coder.prediction import Coder, Prediction
from pipeline.coder.tokens import Marked
from pipeline.errors import SeedError
from pipeline.propose import propose
from pipeline.records import Candidate, Mention, Sentence
from pipeline.scale import NO_EVENT, load_scale
from pipeline.scanned import Scanned
from pipeline.settings import Settings
from pipeline.training.evaluate import merged, quad
from pipeline.training.found import with_others

_SCORED = ("happened", "historical", "announced")


@dataclass(frozen=True)
class Directions:
    """Marked pairs, how many were coded in either direction, and the share of those coded in the right one."""

    pairs: int
    coded: int
    right: float


@dataclass(frozen=True)
class EventScores:
    """Precision and recall (0–1) of the events found in sentences, against those that a reader found.

    A found event is right if the reader has the same source, target and event type; `pair_` asks for source and
    target only, `quad_` for the quad class too. Events that readers called debatable are neither demanded nor
    counted against a coder that finds them. `direction` is the share of found pairs, among pairs that do have an
    event, whose direction is right.
    """

    sentences: int
    events: int
    found: int
    precision: float
    recall: float
    quad_precision: float
    quad_recall: float
    pair_precision: float
    pair_recall: float
    direction: float
    silent_share: float
    errors: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Known:
    source: str
    target: str
    types: frozenset[str]
    certain: bool


def evaluate_spans(path: Path, coder: Coder) -> Directions:
    """Code every sentence of a file of tokens with spans, in both directions."""
    sentences = list(_read_spans(path))
    back = coder.predict([one.turned() for one in sentences])
    coded = [
        (_sure(one), _sure(other))
        for one, other in zip(coder.predict(sentences), back, strict=True)
        if (one.event_type, other.event_type) != (NO_EVENT, NO_EVENT)
    ]
    right = sum(one >= other for one, other in coded)
    return Directions(len(sentences), len(coded), right / max(1, len(coded)))


def _sure(answer: Prediction) -> float:
    return 0.0 if answer.event_type == NO_EVENT else answer.probability


def _read_spans(path: Path) -> Iterator[Marked]:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line.split() for line in block.splitlines() if line.strip()]
        text, spans = "", dict[str, tuple[int, int]]()
        for line in lines:
            start = len(text) + bool(text)
            text = f"{text} {line[0]}".strip()
            tag = line[-1][-1]
            if tag in "ST" and line[-1] != "O":
                spans[tag] = (spans.get(tag, (start, 0))[0], len(text))
        if len(spans) == 2:
            yield with_others(Marked(text, spans["S"], spans["T"]))


def evaluate_events(path: Path, coder: Coder, settings: Settings) -> EventScores:
    """Code every sentence of JSON lines `{"text", "published_at", "events": [...]}` and compare the events.

    An event has `source`, `target` (country codes), `types` (all that a reader would accept) and `certain`.

    Raises
    ------
    SeedError
        If a line lacks a field.
    """
    rows = list(_read_events(path))
    found = _coded(rows, coder, settings)
    counts = {"right": 0, "quad": 0, "pair": 0, "wrong": 0, "turned": 0}
    recalled = {"right": 0, "quad": 0, "pair": 0}
    errors: list[str] = []
    demanded = silent = 0
    for n, (text, _, known) in enumerate(rows):
        silent += not known and not found[n]
        _judge(text, known, found[n], counts, errors)
        for event in known:
            if event.certain:
                demanded += 1
                hit = _recalled(event, found[n])
                recalled["right"] += hit == "right"
                recalled["quad"] += hit in ("right", "quad")
                recalled["pair"] += hit in ("right", "quad", "pair")
                if hit != "right":
                    errors.append(f"missed {event.source}>{event.target} {'/'.join(sorted(event.types))}: {text}")
    total = counts["pair"] + counts["wrong"]
    return EventScores(
        sentences=len(rows),
        events=demanded,
        found=total,
        precision=counts["right"] / max(1, total),
        recall=recalled["right"] / max(1, demanded),
        quad_precision=counts["quad"] / max(1, total),
        quad_recall=recalled["quad"] / max(1, demanded),
        pair_precision=counts["pair"] / max(1, total),
        pair_recall=recalled["pair"] / max(1, demanded),
        direction=counts["pair"] / max(1, counts["pair"] + counts["turned"]),
        silent_share=silent / max(1, sum(not known for _, _, known in rows)),
        errors=tuple(errors),
    )


def _judge(
    text: str, known: Sequence[_Known], found: Sequence[Mention], counts: dict[str, int], errors: list[str]
) -> None:
    for mention in found:
        same = [event for event in known if (event.source, event.target) == (mention.source, mention.target)]
        kind = _match(same, mention)
        if kind == "pair" and not any(event.certain for event in same):
            continue
        counts["right"] += kind == "right"
        counts["quad"] += kind in ("right", "quad")
        counts["pair"] += kind != "wrong"
        counts["wrong"] += kind == "wrong"
        counts["turned"] += kind == "wrong" and any(
            (event.source, event.target) == (mention.target, mention.source) for event in known
        )
        if kind != "right":
            errors.append(f"{kind} {mention.source}>{mention.target} {mention.event_type} [{mention.evidence}]: {text}")


def _match(same: Sequence[_Known], mention: Mention) -> str:
    """Return "right", "quad" (another type of that class), "pair" (another type), or "wrong"."""
    types = {merged(name) for event in same for name in event.types}
    if merged(mention.event_type) in types:
        return "right"
    if quad(merged(mention.event_type)) in {quad(name) for name in types}:
        return "quad"
    return "pair" if same else "wrong"


def _recalled(event: _Known, found: Sequence[Mention]) -> str:
    kinds = {_match([event], one) for one in found if (one.source, one.target) == (event.source, event.target)}
    return next((kind for kind in ("right", "quad", "pair") if kind in kinds), "wrong")


def _coded(rows: Sequence[tuple[str, date, Any]], coder: Coder, settings: Settings) -> list[list[Mention]]:
    """Return the mentions of every sentence that would count in the index."""
    finder = load_finder()
    candidates: list[Candidate] = []
    for n, (text, day, _) in enumerate(rows):
        sentence = Sentence(str(n), 0, 0, len(text), text)
        candidates += propose(Scanned([sentence], finder, day), settings.coder.max_actors)
    published = {str(n): day for n, (_, day, _) in enumerate(rows)}
    found: list[list[Mention]] = [[] for _ in rows]
    for mention in code_candidates(candidates, published, coder, load_scale(), settings):
        if mention.status in _SCORED and mention.probability >= settings.index.min_confidence:
            found[int(mention.article_id)].append(mention)
    return found


def _read_events(path: Path) -> Iterator[tuple[str, date, tuple[_Known, ...]]]:
    with path.open(encoding="utf-8") as file:
        for n, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                known = tuple(
                    _Known(event["source"], event["target"], frozenset(event["types"]), event.get("certain", True))
                    for event in row["events"]
                )
                yield row["text"], date.fromisoformat(row["published_at"]), known
            except (KeyError, ValueError, TypeError) as error:
                raise SeedError(f"{path}:{n}: {error!r}; see docs/evaluation.md for the format") from error
