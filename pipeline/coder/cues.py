"""Tokens and lexicon phrases → cues: which acts stand where, in which voice, negated or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
    if match.last < first:
        return first - match.last
    return match.first - second if match.first > second else 0


def is_passive(tokens: Sequence[str], match: Match) -> bool:
    """Whether a verb phrase stands in the passive: a form of "be" before it, or "by" after it."""
    if not match.participle:
        return False
    before = tokens[max(0, match.first - 3) : match.first]
    after = tokens[match.last + 1 : match.last + 4]
    return "by" in after or not _BE.isdisjoint(before)


def is_negated(tokens: Sequence[str], match: Match) -> bool:
    """Whether a negation stands within three words before a phrase."""
    return any(map(is_negation, tokens[max(0, match.first - 3) : match.first]))


def is_aside(tokens: Sequence[str], match: Match) -> bool:
    """Whether a phrase is the verb of a clause of its own: "the office *it shared with* the South"."""
    return not _PRONOUNS.isdisjoint(tokens[max(0, match.first - 2) : match.first])


class Act(NamedTuple):
    """A phrase in its sentence, with all that does not depend on the pair that is asked about.

    `manner` is its type with voice and agent; `left` and `right` are the places of the nearest actors, -1 where there
    is none within reach.
    """

    match: Match
    manner: str
    passive: bool
    negated: bool
    aside: bool
    left: int
    right: int
    own_cues: tuple[str, ...]


def act_of(tokens: Sequence[str], match: Match) -> Act:
    """Return the act that a phrase tells of, in lower-case tokens with masks."""
    event_type, passive = match.phrase.event_type, is_passive(tokens, match)
    negated, aside = is_negated(tokens, match), is_aside(tokens, match)
    own = [f"type {event_type}", f"mode {event_type} {match.phrase.mode}"]
    own += [f"negated {event_type}"] * negated + [f"aside {event_type}"] * aside
    manner = f"{event_type} {'passive' if passive else match.phrase.pos} {match.phrase.agent}"
    left, right = _neighbour(tokens, match.first, -1), _neighbour(tokens, match.last, 1)
    return Act(match, manner, passive, negated, aside, left, right, tuple(own))


def signals(tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the places of negations, modals and question marks."""
    for n, token in enumerate(tokens):
        if token in _MODALS:
            yield n, f"modal {token}"
        elif is_negation(token):
            yield n, "negation"
        elif token == "?":  # noqa: S105
            yield n, token


def cues(
    tokens: Sequence[str], acts: Sequence[Act], signs: Sequence[tuple[int, str]], source: int, target: int
) -> list[str]:
    """Return the cues of lower-case tokens whose masks stand at `source` and `target`, with their acts and signals."""
    first, second = min(source, target), max(source, target)
    order = "ST" if source < target else "TS"
    found = [order, f"gap {min(second - first, 12) // 3} {order}"]
    for name, position in ((SOURCE, source), (TARGET, target)):
        found.append(f"{name} left {tokens[position - 1] if position else '^'}")
        found.append(f"{name} right {tokens[position + 1] if position + 1 < len(tokens) else '$'}")
    for act in acts:
        found += act.own_cues
        found += _act_cues(tokens, act, _region(act.match.first, first, second), order)
    found += _nearest_cues([act.match for act in acts], first, second, order)
    found += ["question" if sign == "?" else f"{sign} {_region(n, first, second)}" for n, sign in signs]
    return found


def _act_cues(tokens: Sequence[str], act: Act, region: str, order: str) -> tuple[str, ...]:
    event_type, manner = act.match.phrase.event_type, act.manner
    left = tokens[act.left] if act.left >= 0 else "none"
    right = tokens[act.right] if act.right >= 0 else "none"
    return (
        f"type {event_type} {region}",
        f"type {region} {order} {manner}",
        f"left {left} {manner}",
        f"right {right} {manner}",
        f"ends {left} {right} {manner}",
        f"ends {left} {right} {event_type}",
    )


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


def _neighbour(tokens: Sequence[str], position: int, step: int) -> int:
    """Return where an actor stands within a few words of a phrase, on its left (step -1) or right (step 1); else -1."""
    for n in range(position + step, position + step * (_REACH + 1), step):
        if not 0 <= n < len(tokens):
            return -1
        if tokens[n] in _ACTORS:
            return n
    return -1
