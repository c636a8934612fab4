"""A sentence with source and target marked → named features, in five groups.

`words`: words, word pairs and word stems of the masked sentence. `between`: word and character n-grams of the
span between the two actors. `around`: the words that follow the source and those before the target. `cues`:
what the lexicon finds and where, voice, negation, modality and order. `frame`: the sentence with its acts named
by kind. Names are masked, so that the classifier learns what was done and not who usually does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from pipeline.coder.cues import cues, distance
from pipeline.coder.frame import frame_features
from pipeline.coder.rules import readings
from pipeline.coder.tokens import OTHER, SOURCE, TARGET, Marked, lowered, masked_tokens
from pipeline.lexicon import Match, Phrase

_STEM = 5
_AFTER_SOURCE = 6  # words after the source, where its verb mostly stands
_BEFORE_TARGET = 4  # words before the target: "condemned", "an attack on", "handed over to"
_SPAN = 12  # words nearest the second actor that count as the span between
_NAME = "Xx"
_MASKS = frozenset([SOURCE, TARGET, OTHER])


@dataclass(frozen=True, slots=True)
class Features:
    """The feature names of one marked sentence, and its lexicon phrases with their distance from the pair."""

    words: list[str]
    between: list[str]
    around: list[str]
    cues: list[str]
    frame: list[str]
    phrases: tuple[tuple[Phrase, int], ...]


class PhraseFinder(Protocol):
    """Finds event phrases in lower-case tokens; the same ones every time."""

    def __hash__(self) -> int:
        """Return what tells finders apart."""

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the phrases, left to right."""


def extract_features(marked: Marked, lexicon: PhraseFinder) -> Features:
    """Return all features of a marked sentence."""
    forward = marked.source <= marked.target
    first, second = (marked.source, marked.target) if forward else (marked.target, marked.source)
    words, matches = _read(Marked(marked.text, first, second, marked.others), lexicon)
    source, target = words.index(SOURCE), words.index(TARGET)
    tokens = list(words)
    if not forward:
        tokens[source], tokens[target] = TARGET, SOURCE
        source, target = target, source
    left, right = min(source, target), max(source, target)
    lower = lowered(tokens)
    plain = [_shape(token, n) for n, token in enumerate(tokens)]
    return Features(
        words=[*plain, *_pairs(plain), *_stems(plain)],
        between=list(_span_features(plain[left : right + 1])),
        around=list(_around(plain, source, target)),
        cues=[*cues(lower, matches, source, target), *_ruled(lower, matches, source, target)],
        frame=list(frame_features(lower, matches, source, target)),
        phrases=tuple((match.phrase, distance(match, left, right)) for match in matches),
    )


@lru_cache(maxsize=64)
def _read(marked: Marked, lexicon: PhraseFinder) -> tuple[list[str], list[Match]]:
    """Return the tokens and phrases of a sentence; both are the same in the other direction, which is read next."""
    tokens = masked_tokens(marked)
    return tokens, lexicon.find(lowered(tokens))


def _shape(token: str, position: int) -> str:
    """Mask names and numbers; keep words in lower case."""
    if token in _MASKS:
        return token
    if token[0].isdigit():
        return "0"
    if position and token[0].isupper():
        return _NAME
    return token.lower()


def _pairs(tokens: Sequence[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(tokens)]


def _stems(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the first five letters of longer words: "withd~" for withdraw, withdrew and withdrawal."""
    for token in tokens:
        if len(token) > _STEM:
            yield token[:_STEM] + "~"


def _span_features(tokens: Sequence[str]) -> Iterator[str]:
    near = tokens[-_SPAN:]
    yield from near
    yield from _pairs(near)
    yield "end " + " ".join(tokens[-3:])
    yield "start " + " ".join(tokens[:3])
    for token in near[:-1]:
        if len(token) > 3 and token not in (_NAME, OTHER):
            yield from _letters(token)


@lru_cache(maxsize=1 << 16)
def _letters(token: str) -> tuple[str, ...]:
    """Return the runs of four and five letters of a word."""
    padded = f"<{token}>"
    return tuple("#" + padded[n : n + size] for size in (4, 5) for n in range(len(padded) - size + 1))


def _ruled(tokens: Sequence[str], matches: Sequence[Match], source: int, target: int) -> Iterator[str]:
    """Yield what the lexicon's rules would answer, and in the other direction."""
    for name, ends in (("rule", (source, target)), ("turned rule", (target, source))):
        reading = next(readings(tokens, matches, *ends), None)
        yield f"{name} {reading.event_type} {reading.status}" if reading else f"{name} NONE"
        if reading:
            yield f"{name} {reading.event_type}"


def _around(tokens: Sequence[str], source: int, target: int) -> Iterator[str]:
    for prefix, near in (
        ("s> ", tokens[source : source + _AFTER_SOURCE + 1]),
        ("<t ", tokens[max(0, target - _BEFORE_TARGET) : target + 1]),
    ):
        for gram in (*near, *_pairs(near)):
            yield prefix + gram
