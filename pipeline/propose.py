"""Sentences of an article → candidates: ordered pairs of distinct country actors in one sentence.

Questions are left out: they claim nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import permutations, product

from pipeline.actors import ActorFinder, read_actors
from pipeline.dates import named_before, tells_old_story
from pipeline.records import Actor, Candidate, Sentence

SPANS_PER_COUNTRY = 2
"""Places in a sentence at which one country is tried as an actor."""


def propose(sentences: Sequence[Sentence], finder: ActorFinder, on: date, max_actors: int) -> list[Candidate]:
    """Return the candidates of one article.

    Parameters
    ----------
    sentences
        All sentences of the article; together they tell what "the North" means in it.
    finder
        Finds actors by name.
    on
        The date that decides who is in office.
    max_actors
        Countries considered in one sentence, those named first.
    """
    texts = [sentence.text for sentence in sentences]
    actors = read_actors(finder, texts, on, least=2)
    retold = tells_old_story(texts)
    found: list[Candidate] = []
    for n, sentence in enumerate(sentences):
        if len({actor.code for actor in actors[n]}) > 1 and not sentence.text.endswith("?"):
            before = named_before(texts, n, on, retold)
            found += [Candidate(sentence, *pair, before, retold) for pair in _pairs(actors[n], max_actors)]
    return found


def _pairs(actors: Sequence[Actor], max_actors: int) -> Iterator[tuple[Actor, Actor]]:
    by_country: dict[str, list[Actor]] = defaultdict(list)
    for actor in actors:
        by_country[actor.code].append(actor)
    countries = list(by_country)[:max_actors]
    for one, other in permutations(countries, 2):
        yield from product(by_country[one][:SPANS_PER_COUNTRY], by_country[other][:SPANS_PER_COUNTRY])
