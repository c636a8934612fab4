"""Sentences of an article → the actors of each, with "it", "the regime" and "both sides" resolved along the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from pipeline.actors.capitals import capitals
from pipeline.actors.dictionary import BLOCKED
from pipeline.actors.finder import ActorFinder, context_of, is_reference, meaning
from pipeline.actors.people import Person, introduced, people_in, surnames_in
from pipeline.actors.references import has_pronoun, has_we, resolve
from pipeline.actors.several import Around, mainly
from pipeline.records import Actor

MEMORY = 3
"""Sentences before, in which a reference looks for what it means."""
DATELINE = 3
"""Sentences from the first, headline and all, among which the dateline stands."""


class ActorReader:
    """Reads the actors of an article's sentences, those that somebody asks for.

    Parameters
    ----------
    finder
        Finds actors by name.
    sentences
        All sentences in order; together they tell what "the North" means.
    on
        The date that decides who is in office.
    """

    def __init__(self, finder: ActorFinder, sentences: Sequence[str], on: date) -> None:
        self._finder, self._sentences, self._on = finder, sentences, on
        self._scans = finder.scan_all(sentences)
        self._places = [context_of(hits) - {BLOCKED} for hits in self._scans]
        self.context = frozenset().union(*self._places)
        self._voice = self._own_agency()
        self._refers = [
            has_pronoun(text) or any(map(is_reference, hits)) or (self._voice is not None and has_we(text))
            for text, hits in zip(sentences, self._scans, strict=True)
        ]
        self._found: dict[int, list[Actor]] = {}

    @cached_property
    def named(self) -> frozenset[str]:
        """Codes of all countries named, also by what needs the others to be understood."""
        unclear = (hit for hits in self._scans for hit in hits if any(entry.context for entry in hit.entries))
        meant = (meaning(hit, self._on, self.context) for hit in unclear)
        return self.context | {code for entry in meant if entry is not None for code in entry.codes}

    @cached_property
    def _main(self) -> list[str]:
        """The two countries that the article is about, if there are such."""
        return mainly(self._places)

    @cached_property
    def _people(self) -> dict[str, Person]:
        """Who may be meant by a surname alone."""
        return introduced(self._sentences, self._scans, self._on, self.context)

    def may_have_pair(self, n: int) -> bool:
        """Whether a sentence may have two actors; cheap, and never wrong with no."""
        if self._refers[n]:
            return True
        codes = {code for hit in self._scans[n] for entry in hit.entries for code in entry.codes}
        if len(codes) < 2:
            codes |= {self._people[match[0]].code for match in surnames_in(self._sentences[n], self._people)}
        return len(codes) > 1

    def actors(self, n: int) -> list[Actor]:
        """Return the actors of sentence `n`."""
        wanted = [n]
        while wanted:  # no recursion: in a long article every sentence may refer to the one before
            last = wanted[-1]
            missing = [k for k in self._before(last) if k not in self._found]
            if missing:
                wanted += reversed(missing)
            else:
                self._found[last] = self._read(last)
                wanted.pop()
        return self._found[n]

    def _before(self, n: int) -> range:
        """Return the sentences that sentence `n` may refer to."""
        return range(max(0, n - MEMORY), n) if self._refers[n] else range(0)

    def _read(self, n: int) -> list[Actor]:
        text, hits = self._sentences[n], self._scans[n]
        named = self._finder.actors(text, hits, self._on, self.context)
        people = list(people_in(text, hits, named, self._people))
        if people:
            named = sorted([*named, *people], key=lambda one: (one.start, one.end))
        actors = self._resolved(n, named) if self._refers[n] else named
        more = list(capitals(text, hits, actors, self._on, self.context))
        return sorted([*actors, *more], key=lambda one: (one.start, one.end)) if more else actors

    def _resolved(self, n: int, named: list[Actor]) -> list[Actor]:
        """Return the actors of a sentence with those that it only refers to."""
        before = [self._found[k] for k in self._before(n)]
        only = next(iter(self._places[n])) if len(self._places[n]) == 1 else None
        around = Around(before, self._main, only, self._voice)
        return resolve(self._sentences[n], [hit for hit in self._scans[n] if is_reference(hit)], named, around)

    def _own_agency(self) -> str | None:
        """Return the country whose state agency signs the article's dateline: "Pyongyang, July 28 (KCNA) -- …"."""
        for text, hits in zip(self._sentences[:DATELINE], self._scans, strict=False):
            for hit in hits:
                signs = text[hit.start - 1 : hit.start] + text[hit.end : hit.end + 1] == "()"
                if signs and hit.entries[0].role == "MED":
                    return hit.entries[0].codes[0]
        return None


def read_actors(finder: ActorFinder, sentences: Sequence[str], on: date) -> list[list[Actor]]:
    """Return the actors of every sentence of an article; the parameters are those of `ActorReader`."""
    reader = ActorReader(finder, sentences, on)
    return [reader.actors(n) for n in range(len(sentences))]
