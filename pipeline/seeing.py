"""A text → what the rooms of actors and dates see in it, span by span, for people who wonder why."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from pipeline.actors import load_finder, read_actors
from pipeline.dates import Story, find_dates
from pipeline.records import Article
from pipeline.sentences import split_sentences


def dates_in(text: str, published: date) -> list[dict[str, Any]]:
    """Return the dates that a text names.

    Parameters
    ----------
    text
        Sentences of an article.
    published
        Its local day of publication.

    Returns
    -------
    list of dict
        `words`, `first` and `last` day (ISO), `precision` and `rule`, in order of the text.
    """
    sentences = _sentences(text, published)
    story = Story(sentences, published)
    found: list[dict[str, Any]] = []
    for n, sentence in enumerate(sentences):
        told = story.told(n)
        last = () if told.named_before is None else (told.named_before,)
        for one in find_dates(sentence, published, last, told.is_old):
            days = {"first": one.value.isoformat(), "last": one.last.isoformat()}
            found.append({"words": sentence[one.start : one.end], **days, "precision": one.precision, "rule": one.rule})
    return found


def actors_in(text: str, published: date) -> list[dict[str, Any]]:
    """Return the country actors of a text.

    Parameters
    ----------
    text
        Sentences of an article; they tell what "the North" and "it" mean.
    published
        The day that decides who is in office.

    Returns
    -------
    list of dict
        `words`, `code` (ISO 3166-1 alpha-3), `role`, `certainty` (0–1) and `rule`, in order of the text.
    """
    return [
        {"words": one.alias, "code": one.code, "role": one.role, "certainty": one.certainty, "rule": one.rule}
        for actors in read_actors(load_finder(), _sentences(text, published), published)
        for one in actors
    ]


def _sentences(text: str, published: date) -> list[str]:
    moment = datetime.combine(published, time(), UTC)
    return [one.text for one in split_sentences(Article("", "", "", "", text, "en", moment, None, ""))]
