"""Tokens and lexicon phrases → cues: which acts stand where, in which voice, negated or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.coder.tokens import OTHER, SOURCE, TARGET, is_negation
from pipeline.lexicon import Match

_BE = frozenset("is are was were be been being gets got".split())
_MODALS = frozenset(
    "will would could should may might must can shall if whether possible potential likely unless plans plan "
    "planned set expected scheduled considering".split()
)
_PRONOUNS = frozenset("which who that it they he she".split())
_REACH = 5  # words between a phrase and the actor that may be its subject or object
_ACTORS = frozenset([SOURCE, TARGET, OTHER])
_BEFORE, _BETWEEN, _AFTER = "before", "between", "after"


def distance(match: Match, first: int, second: int) -> int:
    """Return how far a phrase lies from the pair: 0 between them, else in words."""
    return max(0, first - match.last, match.first - second)


def is_passive(tokens: Sequence[str], match: Match) -> bool:
    """Whether a verb phrase stands in the passive: a form of "be" before it, or "by" after it."""
    if not match.participle:
        return False
    before = tokens[max(0, match.first - 3) : match.first]
    after = tokens[match.last + 1 : match.last + 4]
    return "by" in after or not _BE.isdisjoint(before)


def is_negated(tokens: Sequence[str], match: Match) -> bool:
    """Whether a negation stands within three words before a phrase."""
    return any(is_negation(token) for token in tokens[max(0, match.first - 3) : match.first])


def is_aside(tokens: Sequence[str], match: Match) -> bool:
    """Whether a phrase is the verb of a clause of its own: "the office *it shared with* the South"."""
    return any(token in _PRONOUNS for token in tokens[max(0, match.first - 2) : match.first])


def cues(tokens: Sequence[str], matches: Sequence[Match], source: int, target: int) -> Iterator[str]:
    """Yield the cues of lower-case tokens whose masks stand at `source` and `target`."""
    first, second = min(source, target), max(source, target)
    order = "ST" if source < target else "TS"
    yield order
    yield f"gap {min(second - first, 12) // 3} {order}"
    for name, position in ((SOURCE, source), (TARGET, target)):
        yield f"{name} left {tokens[position - 1] if position else '^'}"
        yield f"{name} right {tokens[position + 1] if position + 1 < len(tokens) else '$'}"
    for match in matches:
        yield from _match_cues(tokens, match, first, second, order)
    yield from _nearest_cues(matches, first, second, order)
    for n, token in enumerate(tokens):
        if is_negation(token):
            yield f"negation {_region(n, first, second)}"
        elif token in _MODALS:
            yield f"modal {token} {_region(n, first, second)}"
        elif token == "?":  # noqa: S105
            yield "question"


def _match_cues(tokens: Sequence[str], match: Match, first: int, second: int, order: str) -> Iterator[str]:
    phrase, region = match.phrase, _region(match.first, first, second)
    voice = "passive" if is_passive(tokens, match) else phrase.pos
    yield f"type {phrase.event_type}"
    yield f"type {phrase.event_type} {region}"
    yield f"type {phrase.event_type} {region} {order} {voice} {phrase.agent}"
    yield f"mode {phrase.event_type} {phrase.mode}"
    left, right = _neighbour(tokens, match.first, -1), _neighbour(tokens, match.last, 1)
    yield f"left {left} {phrase.event_type} {voice} {phrase.agent}"
    yield f"right {right} {phrase.event_type} {voice} {phrase.agent}"
    if is_negated(tokens, match):
        yield f"negated {phrase.event_type}"
    if is_aside(tokens, match):
        yield f"aside {phrase.event_type}"


def _nearest_cues(matches: Sequence[Match], first: int, second: int, order: str) -> Iterator[str]:
    if not matches:
        yield "no phrase"
    inside = [match for match in matches if first < match.first < second]
    if inside:
        yield f"first between {inside[0].phrase.event_type} {order}"
        yield f"last between {inside[-1].phrase.event_type} {order}"
    else:
        yield f"none between {order}"
    nearest = min(matches, key=lambda match: (distance(match, first, second), match.first), default=None)
    if nearest is not None:
        yield f"nearest {nearest.phrase.event_type} {order}"


def _region(position: int, first: int, second: int) -> str:
    return _BEFORE if position < first else _BETWEEN if position < second else _AFTER


def _neighbour(tokens: Sequence[str], position: int, step: int) -> str:
    """Return which actor stands within a few words of a phrase, on its left (step -1) or right (step 1)."""
    for n in range(position + step, position + step * (_REACH + 1), step):
        if not 0 <= n < len(tokens):
            return "none"
        if tokens[n] in _ACTORS:
            return tokens[n]
    return "none"
