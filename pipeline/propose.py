"""Sentences of an article → candidates: ordered pairs of distinct country actors in one sentence.

Questions are left out: they claim nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations, product

from pipeline.actors.capitals import HOST, VISITED
from pipeline.records import Actor, Candidate
from pipeline.scanned import Scanned

SPANS_PER_COUNTRY = 2
"""Places in a sentence at which one country is tried as an actor."""


def propose(article: Scanned, max_actors: int) -> list[Candidate]:
    """Return the candidates of one article.

    Parameters
    ----------
    article
        Its sentences, scanned.
    max_actors
        Countries considered in one sentence, those named first.
    """
    if len(article.named) < 2:
        return []
    found: list[Candidate] = []
    for n, sentence in enumerate(article.sentences):
        if sentence.text.endswith("?") or not article.may_have_pair(n):
            continue
        pairs = list(_pairs(article.actors(n), max_actors))
        if pairs:
            told = article.told(n)
            found += [Candidate(sentence, *pair, told) for pair in pairs]
    return found


def _pairs(actors: Sequence[Actor], max_actors: int) -> Iterator[tuple[Actor, Actor]]:
    by_country: dict[str, list[Actor]] = defaultdict(list)
    for actor in sorted(actors, key=_is_added):
        by_country[actor.code].append(actor)
    countries = list(by_country)[:max_actors]
    for one, other in permutations(countries, 2):
        yield from product(by_country[one][:SPANS_PER_COUNTRY], by_country[other][:SPANS_PER_COUNTRY])


def _is_added(actor: Actor) -> bool:
    """Whether it is a capital that is an actor only for want of another."""
    return actor.rule in (HOST, VISITED)
