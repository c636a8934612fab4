"""The sentences of an article → what more than one stage asks of them: who acts in each, and of which day it tells.

An article is scanned once; its actors are worked out sentence by sentence, and only where somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from pipeline.actors import ActorFinder, ActorReader
from pipeline.dates import named_before, tells_old_story
from pipeline.records import Actor, ResolvedDate, Sentence


class Scanned:
    """An article whose names were looked for.

    Parameters
    ----------
    sentences
        All sentences of the article; together they tell what "the North" means in it.
    finder
        Finds actors by name.
    published
        The article's local day of publication; it decides who is in office.
    """

    def __init__(self, sentences: Sequence[Sentence], finder: ActorFinder, published: date) -> None:
        self.sentences = sentences
        self.texts = [sentence.text for sentence in sentences]
        self.published = published
        self._reader = ActorReader(finder, self.texts, published)

    @property
    def named(self) -> frozenset[str]:
        """Codes of all countries named."""
        return self._reader.context

    @cached_property
    def retold(self) -> bool:
        """Whether the article tells an old story."""
        return tells_old_story(self.texts)

    def may_have_pair(self, n: int) -> bool:
        """Whether sentence `n` may have two actors; cheap, and never wrong with no."""
        return self._reader.may_have_pair(n)

    def actors(self, n: int) -> list[Actor]:
        """Return the actors of sentence `n`, in order."""
        return self._reader.actors(n)

    def named_before(self, n: int) -> ResolvedDate | None:
        """Return the last date named before sentence `n`, where it needs one."""
        return named_before(self.texts, n, self.published, self.retold)
