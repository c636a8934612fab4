"""The sentences of an article → what more than one stage asks of them: who acts in each, and of which day it tells.

An article is scanned once; its actors are worked out sentence by sentence, and only where somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.actors import ActorFinder, ActorReader
from pipeline.dates import Story
from pipeline.records import Actor, Sentence, Told


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
        self._story = Story(self.texts, published)

    @property
    def named(self) -> frozenset[str]:
        """Codes of all countries named."""
        return self._reader.named

    def may_have_pair(self, n: int) -> bool:
        """Whether sentence `n` may have two actors; cheap, and never wrong with no."""
        return self._reader.may_have_pair(n)

    def actors(self, n: int) -> list[Actor]:
        """Return the actors of sentence `n`, in order."""
        return self._reader.actors(n)

    def told(self, n: int) -> Told:
        """Return what the sentences before sentence `n` tell of its day."""
        return self._story.told(n)
