"""Sentences of an article → the actors of each, with "it", "the regime" and "both sides" resolved along the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.actors.finder import ActorFinder, Hit, context_of, is_reference
from pipeline.actors.references import resolve
from pipeline.records import Actor

MEMORY = 3
"""Sentences before, in which a reference looks for what it means."""


def read_actors(finder: ActorFinder, sentences: Sequence[str], on: date, least: int = 1) -> list[list[Actor]]:
    """Return the actors of every sentence of an article.

    Parameters
    ----------
    finder
        Finds actors by name.
    sentences
        All sentences in order; together they tell what "the North" means.
    on
        The date that decides who is in office.
    least
        An article that names fewer countries is not read.
    """
    scans = [finder.scan(sentence) for sentence in sentences]
    context = {code for hits in scans for code in context_of(hits)}
    if len(context) < least:
        return [[] for _ in sentences]
    found: list[list[Actor]] = []
    for text, hits in zip(sentences, scans, strict=True):
        found.append(_read(finder, text, hits, on, context, found[-MEMORY:]))
    return found


def _read(
    finder: ActorFinder, text: str, hits: Sequence[Hit], on: date, context: set[str], before: Sequence[Sequence[Actor]]
) -> list[Actor]:
    if not (hits or any(before)):
        return []
    named = finder.actors(text, hits, on, context)
    references = [hit for hit in hits if is_reference(hit)]
    return resolve(text, references, named, before, sorted(context_of(hits)))
