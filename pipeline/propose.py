"""Sentences of an article → candidates: ordered pairs of distinct country actors in one sentence.

Questions are left out: they claim nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import permutations, product

from pipeline.actors import ActorFinder, read_actors
from pipeline.dates import counts_from_another, find_dates
from pipeline.records import Actor, Candidate, ResolvedDate, Sentence

SPANS_PER_COUNTRY = 2
"""Places in a sentence at which one country is tried as an actor."""
REACH = 4
"""Sentences before, in which "two days later" looks for the date that it counts from."""
_OPENING = 3  # sentences that tell whether an article tells an old story
_OLD_STORY = re.compile(
    r"\banniversar|\b(?:years?|decades?) (?:on|after|later|ago)\b|\bchronology\b|\btimeline\b|\bremember|\bcommemorat"
    r"|\blook(?:s|ed|ing)? back\b|\bin retrospect\b|\bthis day in\b|\bmain dates\b|\bmourn",
    re.IGNORECASE,
)


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
    actors = read_actors(finder, [sentence.text for sentence in sentences], on, least=2)
    retold = any(_OLD_STORY.search(sentence.text) for sentence in sentences[:_OPENING])
    found: list[Candidate] = []
    for n, sentence in enumerate(sentences):
        if len({actor.code for actor in actors[n]}) > 1 and not sentence.text.endswith("?"):
            counts = retold or counts_from_another(sentence.text)
            before = _named_before(sentences[max(0, n - REACH) : n], on, retold) if counts else None
            found += [Candidate(sentence, *pair, before, retold) for pair in _pairs(actors[n], max_actors)]
    return found


def _named_before(sentences: Sequence[Sentence], on: date, retold: bool) -> ResolvedDate | None:
    """Return the last date named in some sentences; in news only one that names a day."""
    for sentence in reversed(sentences):
        dates = [found for found in find_dates(sentence.text, on) if retold or found.precision == "day"]
        if dates:
            return dates[-1]
    return None


def _pairs(actors: Sequence[Actor], max_actors: int) -> Iterator[tuple[Actor, Actor]]:
    by_country: dict[str, list[Actor]] = defaultdict(list)
    for actor in actors:
        by_country[actor.code].append(actor)
    countries = list(by_country)[:max_actors]
    for one, other in permutations(countries, 2):
        yield from product(by_country[one][:SPANS_PER_COUNTRY], by_country[other][:SPANS_PER_COUNTRY])
