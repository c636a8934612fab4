"""Sentences of an article → candidates: ordered pairs of distinct country actors in one sentence.

Questions are left out: they claim nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import permutations

from pipeline.actors.finder import ActorFinder, context_of
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
    scans = [(sentence, finder.scan(sentence.text)) for sentence in sentences]
    context = {code for _, hits in scans for code in context_of(hits)}
    return [
        candidate
        for sentence, hits in scans
        if len(hits) > 1 or any(len(entry.codes) > 1 for hit in hits for entry in hit.entries)
        if not sentence.text.endswith("?")
        for candidate in _pairs(sentence, finder.actors(sentence.text, hits, on, context), max_actors)
    ]


def _pairs(sentence: Sentence, actors: Sequence[Actor], max_actors: int) -> list[Candidate]:
    by_country: dict[str, list[Actor]] = defaultdict(list)
    for actor in actors:
        by_country[actor.code].append(actor)
    countries = list(by_country)[:max_actors]
    return [
        Candidate(sentence, source, target)
        for one, other in permutations(countries, 2)
        for source in by_country[one][:SPANS_PER_COUNTRY]
        for target in by_country[other][:SPANS_PER_COUNTRY]
    ]
