"""Candidates → marked sentences, with actors as whole noun phrases, as the labelled sentences mark them.

The finder knows "Russia" and "Vladimir Putin"; the actor is "President of Russia Vladimir Putin". In "Seoul, Tokyo
and Washington condemned ..." each member of the list acts as the whole list does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipeline.coder.tokens import Marked
from pipeline.records import Actor, Candidate

_TITLES = re.compile(
    r"(?:\b(?:[Tt]he )?(?:[A-Z][\w.-]* )*(?:[A-Z][\w-]*|president|minister|premier|king) of (?:the )?)$"
)
_NAMES = re.compile(
    r"(?:(?:'s|’s)? (?:[Pp]resident|[Pp]rime [Mm]inister|[Ff]oreign [Mm]inister|[Ll]eader|[A-Z][\w'’-]*)\b)+"
)
_LIST = re.compile(r"[\s,]*(?:(?:and|or|along with|as well as|the)?[\s,]*)*")
_Span = tuple[int, int]


def marked_candidates(candidates: Sequence[Candidate]) -> list[Marked]:
    """Return the marked sentences of candidates, in their order."""
    actors: dict[tuple[str, int], set[Actor]] = defaultdict(set)
    for one in candidates:
        actors[one.sentence.article_id, one.sentence.number] |= {one.source, one.target}
    spans = {
        key: _phrases(text, sorted(own, key=lambda actor: (actor.start, actor.end, actor.code)))
        for key, own, text in _with_text(candidates, actors)
    }
    return [_marked(one, spans[one.sentence.article_id, one.sentence.number]) for one in candidates]


def is_list(gap: str) -> bool:
    """Whether nothing but commas and "and" stands between two actors."""
    return _LIST.fullmatch(gap) is not None


def _with_text(
    candidates: Sequence[Candidate], actors: Mapping[tuple[str, int], set[Actor]]
) -> Iterator[tuple[tuple[str, int], set[Actor], str]]:
    texts = {(one.sentence.article_id, one.sentence.number): one.sentence.text for one in candidates}
    for key, text in texts.items():
        yield key, actors[key], text


def _phrases(text: str, actors: Sequence[Actor]) -> dict[_Span, _Span]:
    """Return the noun phrase of every actor's span; members of a list have the whole list."""
    spans = sorted({(actor.start, actor.end) for actor in actors})
    wide: list[_Span] = []
    for n, (start, end) in enumerate(spans):
        least = wide[-1][1] if wide else 0
        most = spans[n + 1][0] if n + 1 < len(spans) else len(text)
        before, after = _TITLES.search(text, min(least, start), start), _NAMES.match(text, end, max(end, most))
        wide.append((before.start() if before else start, max(end, after.end()) if after else end))
    groups: list[list[int]] = []
    for n, (start, _) in enumerate(wide):
        if groups and start >= wide[n - 1][1] and is_list(text[wide[n - 1][1] : start]):
            groups[-1].append(n)
        else:
            groups.append([n])
    return {spans[n]: (wide[group[0]][0], wide[group[-1]][1]) for group in groups for n in group}


def _marked(candidate: Candidate, phrases: Mapping[_Span, _Span]) -> Marked:
    source, target = candidate.source, candidate.target
    return Marked(candidate.sentence.text, phrases[source.start, source.end], phrases[target.start, target.end])
