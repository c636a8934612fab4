"""Labelled sentences as the chain would mark them: its finder knows names, not what an author called the actor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from pipeline.actors import load_finder
from pipeline.actors.finder import context_of
from pipeline.coder.spans import noun_phrases
from pipeline.coder.tokens import Marked, Span

_ON = date(2015, 1, 1)
"""Labelled sentences are undated; who was in office on this day is known in them by name alone."""


def with_others(marked: Marked) -> Marked:
    """Mark every country that the finder sees and that is neither source nor target."""
    own = (marked.source, marked.target)
    found, phrases = _found(marked.text)
    codes = {code for span, code in found.items() if any(_overlap(span, one) for one in own)}
    others = {phrases[span] for span, code in found.items() if not code & codes}
    return replace(marked, others=tuple(sorted(one for one in others if not any(_overlap(one, two) for two in own))))


def as_found(marked: Marked) -> Marked:
    """Narrow source and target to what the finder knows of them, where it knows anything."""
    _, phrases = _found(marked.text)
    source, target = (_narrowed(span, phrases) for span in (marked.source, marked.target))
    return replace(marked, source=source, target=target)


def _narrowed(span: Span, phrases: dict[Span, Span]) -> Span:
    inside = [phrases[one] for one in phrases if span[0] <= one[0] and one[1] <= span[1]]
    if not inside:
        return span
    return max(span[0], min(start for start, _ in inside)), min(span[1], max(end for _, end in inside))


@lru_cache(maxsize=1)
def _found(text: str) -> tuple[dict[Span, frozenset[str]], dict[Span, Span]]:
    """Return the places of actors, with their countries and with their noun phrases."""
    finder = load_finder()
    hits = finder.scan(text)
    found: dict[Span, frozenset[str]] = {}
    for one in finder.actors(text, hits, _ON, context_of(hits)):
        span = (one.start, one.end)
        found[span] = found.get(span, frozenset()) | {one.code}
    return found, noun_phrases(text, sorted(found))


def _overlap(one: Span, two: Span) -> bool:
    return one[0] < two[1] and two[0] < one[1]
