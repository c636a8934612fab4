"""The lexicon as training data: bare sentences of every phrase, and of what operators make of it.

An operator changes what an act is: "will lift the ban" is a promise, "refused to lift the ban" a rejection.
`seeds/lexicon/operators.csv` says which; each phrase is put into one frame of every operator that fits.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from pipeline.coder.tokens import Marked
from pipeline.errors import SeedError
from pipeline.lexicon import Lexicon, Phrase
from pipeline.paths import seeds_dir
from pipeline.scale import NO_EVENT, load_scale
from pipeline.training.labelled import Labelled

BARE, COMPOSED = "lexicon", "operators"
"""Batches of these rows."""
_SOURCE_NAME, _TARGET_NAME = "Aland", "Boria"
_WORDINGS = 2  # of each phrase
_SPOKEN = frozenset(["AGREE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"])  # what is said of saying stays what it is


@dataclass(frozen=True, slots=True)
class Operator:
    """A frame with {source}, {target} and {act}, and the event type that it makes of an act of `kind`."""

    frame: str
    kind: str
    event_type: str
    status: str


def bare_rows(lexicon: Lexicon) -> list[Labelled]:
    """Return bare sentences of every phrase, such as "Aland blew up the liaison office Boria"."""
    return [_bare(phrase, words) for phrase in lexicon.phrases for words in _some_wordings(phrase, lexicon)]


def composed_rows(lexicon: Lexicon) -> list[Labelled]:
    """Return one sentence of every active verb phrase under each kind of operator that fits it."""
    return [row for phrase in lexicon.phrases for row in _composed(phrase, lexicon)]


def _some_wordings(phrase: Phrase, lexicon: Lexicon) -> list[str]:
    """Return some of a phrase's wordings, each phrase's as if by lot: all teach no more, and take twice the time."""
    return sorted(lexicon.wordings(phrase), key=_number)[:_WORDINGS]


def _bare(phrase: Phrase, words: str) -> Labelled:
    marked = _marked(f"{_SOURCE_NAME} {words} {_TARGET_NAME}")
    if phrase.agent == "object":
        marked = Marked(marked.text, marked.target, marked.source)
    return Labelled(marked, phrase.event_type, phrase.mode, "happened", False, "", BARE)


def _composed(phrase: Phrase, lexicon: Lexicon) -> Iterator[Labelled]:
    if phrase.pos != "verb" or phrase.agent != "subject" or phrase.event_type in _SPOKEN | {NO_EVENT}:
        return
    kind = "cooperation" if load_scale().score(phrase.event_type) > 0 else "conflict"
    for event_type, operators in load_operators()[kind].items():
        own = _choice(operators, f"{phrase.text} {event_type}")
        text = own.frame.format(source=_SOURCE_NAME, target=_TARGET_NAME, act=lexicon.base_form(phrase))
        yield Labelled(_marked(text), event_type, "", own.status, False, "", COMPOSED)


def _choice(operators: list[Operator], key: str) -> Operator:
    return operators[_number(key) % len(operators)]


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")


def _marked(text: str) -> Marked:
    source, target = text.index(_SOURCE_NAME), text.index(_TARGET_NAME)
    return Marked(text, (source, source + len(_SOURCE_NAME)), (target, target + len(_TARGET_NAME)))


@cache
def load_operators() -> dict[str, dict[str, list[Operator]]]:
    """Read the operators, by kind of act and resulting event type.

    Raises
    ------
    SeedError
        If a frame lacks a place or a type is not in the scale.
    """
    path = seeds_dir() / "lexicon" / "operators.csv"
    found: dict[str, dict[str, list[Operator]]] = defaultdict(lambda: defaultdict(list))
    with path.open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file), 2):
            own = Operator(row["frame"], row["kind"], row["event_type"], row["status"])
            if not all(place in own.frame for place in ("{source}", "{target}", "{act}")):
                raise SeedError(f"{path}:{n}: the frame {own.frame!r} needs {{source}}, {{act}} and {{target}}")
            if own.kind not in ("cooperation", "conflict") or (own.event_type, "") not in load_scale().entries:
                raise SeedError(f"{path}:{n}: kind {own.kind!r} or type {own.event_type!r} is unknown")
            found[own.kind][own.event_type].append(own)
    return found
