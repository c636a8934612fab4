"""A sentence with source and target marked → named features, in four groups.

`words`: words, word pairs and word stems of the masked sentence. `between`: word and character n-grams of the
span between the two actors. `around`: the words that follow the source and those before the target. `cues`:
what the lexicon finds and where, voice, negation, modality, prepositions and order. Names are masked, so that
the classifier learns what was done and not who usually does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.lexicon import Lexicon, Match, Phrase

SOURCE, TARGET = "SRC", "TGT"
_TOKEN = re.compile(r"SRC|TGT|[A-Za-zÀ-ÿ0-9]+(?:[’'.-][A-Za-zÀ-ÿ0-9]+)*|[,;:?\"“”]")
_BE = frozenset("is are was were be been being gets got".split())
_NEGATIONS = frozenset("not never no n't cannot without neither nor denied denies deny unlikely".split())
_MODALS = frozenset(
    "will would could should may might must can shall if whether possible potential likely unless plans plan "
    "planned set expected scheduled considering".split()
)
_STEM = 5
_AFTER_SOURCE = 6  # words after the source, where its verb mostly stands
_BEFORE_TARGET = 4  # words before the target: "condemned", "an attack on", "handed over to"
_REACH = 5  # words between a phrase and the actor that may be its subject or object
_SPAN = 12  # words nearest the second actor that count as the span between
_BEFORE, _BETWEEN, _AFTER = "before", "between", "after"


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with the character spans of its source and its target."""

    text: str
    source: tuple[int, int]
    target: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Features:
    """The feature names of one marked sentence, and its lexicon phrases with their distance from the pair."""

    words: list[str]
    between: list[str]
    around: list[str]
    cues: list[str]
    phrases: tuple[tuple[Phrase, int], ...]


def extract_features(marked: Marked, lexicon: Lexicon) -> Features:
    """Return all features of a marked sentence."""
    tokens = _masked_tokens(marked)
    source, target = _position(tokens, SOURCE), _position(tokens, TARGET)
    first, second = min(source, target), max(source, target)
    lower = [token if token in (SOURCE, TARGET) else token.lower() for token in tokens]
    matches = lexicon.find(lower)
    plain = [_shape(token, n) for n, token in enumerate(tokens)]
    return Features(
        words=[*_ngrams(plain, 2), *_stems(plain)],
        between=list(_span_features(plain[first : second + 1])),
        around=list(_around(plain, source, target)),
        cues=list(_cues(lower, matches, source, target)),
        phrases=tuple((match.phrase, _distance(match, first, second)) for match in matches),
    )


def _masked_tokens(marked: Marked) -> list[str]:
    spans = sorted([(marked.source, SOURCE), (marked.target, TARGET)])
    (one, first_mask), (two, second_mask) = spans
    text = marked.text
    if two[0] < one[1]:  # "the two Koreas" are both
        return _TOKEN.findall(f"{text[: one[0]]} {first_mask} and {second_mask} {text[max(one[1], two[1]) :]}")
    return _TOKEN.findall(f"{text[: one[0]]} {first_mask} {text[one[1] : two[0]]} {second_mask} {text[two[1] :]}")


def _position(tokens: Sequence[str], mask: str) -> int:
    return tokens.index(mask)


def _shape(token: str, position: int) -> str:
    """Mask names and numbers; keep words in lower case."""
    if token in (SOURCE, TARGET):
        return token
    if token[0].isdigit():
        return "0"
    if position and token[0].isupper():
        return "Xx"
    return token.lower()


def _ngrams(tokens: Sequence[str], longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for n in range(len(tokens) - size + 1):
            yield " ".join(tokens[n : n + size])


def _stems(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the first five letters of longer words: "withd~" for withdraw, withdrew and withdrawal."""
    for token in tokens:
        if len(token) > _STEM:
            yield token[:_STEM] + "~"


def _span_features(tokens: Sequence[str]) -> Iterator[str]:
    yield from _ngrams(tokens[-_SPAN:], 2)
    yield "end " + " ".join(tokens[-3:])
    yield "start " + " ".join(tokens[:3])
    for token in tokens[1:-1]:
        if len(token) > 3 and token != "Xx":  # noqa: S105
            padded = f"<{token}>"
            for size in (4, 5):
                for n in range(len(padded) - size + 1):
                    yield "#" + padded[n : n + size]


def _around(tokens: Sequence[str], source: int, target: int) -> Iterator[str]:
    for gram in _ngrams(tokens[source : source + _AFTER_SOURCE + 1], 2):
        yield "s> " + gram
    for gram in _ngrams(tokens[max(0, target - _BEFORE_TARGET) : target + 1], 2):
        yield "<t " + gram


def _region(position: int, first: int, second: int) -> str:
    return _BEFORE if position < first else _BETWEEN if position < second else _AFTER


def _distance(match: Match, first: int, second: int) -> int:
    """Return how far a phrase lies from the pair: 0 between them, else in words."""
    return max(0, first - match.last, match.first - second)


def _cues(tokens: Sequence[str], matches: Sequence[Match], source: int, target: int) -> Iterator[str]:
    first, second = min(source, target), max(source, target)
    order = "ST" if source < target else "TS"
    yield order
    yield f"gap {min(second - first, 12) // 3} {order}"
    for name, position in ((SOURCE, source), (TARGET, target)):
        yield f"{name} left {tokens[position - 1] if position else '^'}"
        yield f"{name} right {tokens[position + 1] if position + 1 < len(tokens) else '$'}"
    yield from _match_cues(tokens, matches, first, second, order)
    for n, token in enumerate(tokens):
        if token in _NEGATIONS or token.endswith("n't"):
            yield f"negation {_region(n, first, second)}"
        elif token in _MODALS:
            yield f"modal {token} {_region(n, first, second)}"
        elif token == "?":  # noqa: S105
            yield "question"


def _match_cues(tokens: Sequence[str], matches: Sequence[Match], first: int, second: int, order: str) -> Iterator[str]:
    if not matches:
        yield "no phrase"
    for match in matches:
        phrase, region = match.phrase, _region(match.first, first, second)
        passive = match.participle and _is_passive(tokens, match)
        voice = "passive" if passive else phrase.pos
        yield f"type {phrase.event_type}"
        yield f"type {phrase.event_type} {region}"
        yield f"type {phrase.event_type} {region} {order} {voice} {phrase.agent}"
        yield f"mode {phrase.event_type} {phrase.mode}"
        left, right = _neighbour(tokens, match.first, -1), _neighbour(tokens, match.last, 1)
        yield f"left {left} {phrase.event_type} {voice} {phrase.agent}"
        yield f"right {right} {phrase.event_type} {voice} {phrase.agent}"
        if any(token in _NEGATIONS or token.endswith("n't") for token in tokens[max(0, match.first - 3) : match.first]):
            yield f"negated {phrase.event_type}"
    inside = [match for match in matches if first < match.first < second]
    if inside:
        yield f"first between {inside[0].phrase.event_type} {order}"
        yield f"last between {inside[-1].phrase.event_type} {order}"
    else:
        yield f"none between {order}"
    nearest = min(matches, key=lambda match: (_distance(match, first, second), match.first), default=None)
    if nearest is not None:
        yield f"nearest {nearest.phrase.event_type} {order}"


def _neighbour(tokens: Sequence[str], position: int, step: int) -> str:
    """Return which actor stands within a few words of a phrase, on its left (step -1) or right (step 1)."""
    for n in range(position + step, position + step * (_REACH + 1), step):
        if not 0 <= n < len(tokens):
            return "none"
        if tokens[n] in (SOURCE, TARGET):
            return tokens[n]
    return "none"


def _is_passive(tokens: Sequence[str], match: Match) -> bool:
    before = tokens[max(0, match.first - 3) : match.first]
    after = tokens[match.last + 1 : match.last + 4]
    return any(token in _BE for token in before) or "by" in after
