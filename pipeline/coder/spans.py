"""Candidates → marked sentences, with actors as whole noun phrases, as the labelled sentences mark them.

The finder knows "Russia" and "Vladimir Putin"; the actor is "President of Russia Vladimir Putin". In "Seoul, Tokyo
and Washington condemned ..." each member of the list acts as the whole list does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set

from pipeline.coder.tokens import Marked, Span
from pipeline.records import Actor, Candidate

_TITLES = re.compile(
    r"(?:\b(?:[Tt]he )?(?:[A-Z][\w.-]* )*(?:[A-Z][\w-]*|president|minister|premier|king) of (?:the )?)$"
)
_NAMES = re.compile(
    r"(?:(?:'s|’s)? (?:[Pp]resident|[Pp]rime [Mm]inister|[Ff]oreign [Mm]inister|[Ll]eader|[A-Z][\w'’-]*)\b)+"
)
_Place = tuple[str, int]
_LIST = re.compile(r"[\s,]*(?:(?:and|or|along with|as well as|the)?[\s,]*)*")


def marked_candidates(candidates: Sequence[Candidate]) -> list[Marked]:
    """Return the marked sentences of candidates, in their order."""
    codes: dict[_Place, dict[Span, set[str]]] = defaultdict(lambda: defaultdict(set))
    texts: dict[_Place, str] = {}
    referring: set[tuple[_Place, Span]] = set()
    for one in candidates:
        place = _place(one)
        texts[place] = one.sentence.text
        for actor in (one.source, one.target):
            codes[place][_span(actor)].add(actor.code)
            if actor.certainty < 1:
                referring.add((place, _span(actor)))
    phrases = {
        place: noun_phrases(texts[place], sorted(spans), _alone(spans) | {s for s in spans if (place, s) in referring})
        for place, spans in codes.items()
    }
    return [_marked(one, phrases[_place(one)], codes[_place(one)]) for one in candidates]


def _alone(codes: Mapping[Span, set[str]]) -> set[Span]:
    """Return the spans of countries that a sentence has named before: a list names nobody twice."""
    alone: set[Span] = set()
    seen: set[str] = set()
    for span in sorted(codes):
        if not seen.isdisjoint(codes[span]):
            alone.add(span)
        seen |= codes[span]
    return alone


def _marked(one: Candidate, phrases: Mapping[Span, Span], codes: Mapping[Span, set[str]]) -> Marked:
    own = {one.source.code, one.target.code}
    others = {phrases[span] for span, named in codes.items() if own.isdisjoint(named)}
    return Marked(one.sentence.text, phrases[_span(one.source)], phrases[_span(one.target)], tuple(sorted(others)))


def is_list(gap: str) -> bool:
    """Whether nothing but commas and "and" stands between two actors."""
    return _LIST.fullmatch(gap) is not None


def _place(candidate: Candidate) -> _Place:
    return candidate.sentence.article_id, candidate.sentence.number


def _span(actor: Actor) -> Span:
    return actor.start, actor.end


def noun_phrases(text: str, spans: Sequence[Span], alone: Set[Span] = frozenset()) -> dict[Span, Span]:
    """Return the noun phrase of every actor's span, in order; members of a list have the whole list.

    Words of `alone` only refer to an actor ("rebels", "they"): they are no members of lists.
    """
    wide: list[Span] = []
    for n, (start, end) in enumerate(spans):
        least = wide[-1][1] if wide else 0
        most = spans[n + 1][0] if n + 1 < len(spans) else len(text)
        before, after = _TITLES.search(text, min(least, start), start), _NAMES.match(text, end, max(end, most))
        wide.append((before.start() if before else start, max(end, after.end()) if after else end))
    groups: list[list[int]] = []
    for n, (start, _) in enumerate(wide):
        named = alone.isdisjoint(spans[max(0, n - 1) : n + 1])
        if groups and named and start >= wide[n - 1][1] and is_list(text[wide[n - 1][1] : start]):
            groups[-1].append(n)
        else:
            groups.append([n])
    return {spans[n]: (wide[group[0]][0], wide[group[-1]][1]) for group in groups for n in group}
