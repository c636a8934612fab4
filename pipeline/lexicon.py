"""Event phrases with their type, mode and who acts; found in a tokenised sentence.

`seeds/lexicon/phrases.csv` holds base forms that a domain expert can edit; verbs are inflected and nouns are
given their plural here, with `irregular_verbs.csv` for what the rules of English do not give. `...` in a
phrase stands for up to four words, `halt|stop` for either word, `&relief` for any of that set in `synsets.csv`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.errors import SeedError
from pipeline.inflection import gerund, past_form, third_person
from pipeline.paths import seeds_dir
from pipeline.scale import NO_EVENT, load_scale

MAX_GAP = 4
_STOPS = frozenset(";:")
_PREPOSITIONS = frozenset("of in on by against from to with for over at between into".split())


_Rest = tuple[frozenset[str] | None, ...]
"""The words that may stand at each place after the first; None is a gap."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One lexicon entry; `agent` tells whether the subject is source, target (object) or both."""

    text: str
    pos: Literal["verb", "noun", "phrase"]
    event_type: str
    mode: str
    agent: Literal["subject", "object", "both"]


class Match(NamedTuple):
    """A phrase found in tokens `first` to `last` (inclusive); `participle` where it may be passive."""

    phrase: Phrase
    first: int
    last: int
    participle: bool


class _Form(NamedTuple):
    """A phrase after one form of its first word: what follows it, and whether it may be passive."""

    phrase: Phrase
    rest: _Rest
    participle: bool


class _Head:
    """The phrases that begin with one word form, by the words that may follow it, with what comes after those."""

    def __init__(self) -> None:
        self.alone: _Form | None = None
        self.next: dict[str, list[_Form]] = defaultdict(list)
        self.beyond: dict[str, list[_Form]] = defaultdict(list)

    def add(self, form: _Form) -> None:
        if not form.rest:
            self.alone = self.alone or form
            return
        gap = form.rest[0] is None
        followers, wanted = (self.beyond, form.rest[1]) if gap else (self.next, form.rest[0])
        tail = _Form(form.phrase, form.rest[2:] if gap else form.rest[1:], form.participle)
        for word in wanted or ():
            followers[word].append(tail)

    def longest(self, words: Sequence[str], first: int) -> Match | None:
        """Return the longest phrase that begins at `first`; of equals the one added first."""
        best, last = self.alone, first
        following = words[first + 1 : first + MAX_GAP + 2]
        if following and following[0] in self.next:
            best, last = _longer(best, last, self.next[following[0]], words, first + 1)
        if not self.beyond.keys().isdisjoint(following):  # mostly it is, and that is told at once
            for position, word in enumerate(following, first + 1):
                if word in self.beyond:
                    best, last = _longer(best, last, self.beyond[word], words, position)
                if word in _STOPS:
                    break
        return None if best is None else Match(best.phrase, first, last, best.participle)


class Lexicon:
    """All phrases, indexed by every form of their first word."""

    sees_masks = False
    """What is found is the same whichever masked actors are source and target."""

    def __init__(
        self,
        phrases: Iterable[Phrase],
        irregular: Mapping[str, tuple[str, str]],
        synsets: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.phrases = tuple(phrases)
        self._irregular = irregular
        self._synsets = synsets or {}
        self._inflected: dict[str, list[tuple[str, bool]]] = {}
        self._meant: dict[tuple[str, bool], frozenset[str]] = {}
        self._heads: dict[str, _Head] = defaultdict(_Head)
        for phrase in sorted(self.phrases, key=_vagueness):
            for head, rest, participle in self._forms(phrase):
                self._heads[head].add(_Form(phrase, rest, participle))

    def wordings(self, phrase: Phrase) -> list[str]:
        """Return a phrase as sentences have it: verbs in their forms, gaps filled with "the".

        Every word of every set stands in one wording at least; a phrase without sets has its verb in three forms.
        """
        words = phrase.text.replace("...", "the").split()
        sets = [self._choices(word) for word in words]
        filled = [" ".join(own[n % len(own)] for own in sets) for n in range(max(map(len, sets)))]
        if phrase.pos != "verb":
            return filled
        return [form for text in filled for form in self._tenses(text, len(filled) > 1)]

    def base_form(self, phrase: Phrase) -> str:
        """Return a verb phrase as it stands after "to", with the first word of every set."""
        return " ".join(self._choices(word)[0] for word in phrase.text.replace("...", "the").split())

    def _tenses(self, text: str, only_past: bool) -> list[str]:
        head, _, rest = text.partition(" ")
        past, participle = self._irregular.get(head) or (past_form(head), past_form(head))
        forms = [past] if only_past else [past, f"has {participle}", third_person(head)]
        return [f"{form} {rest}".strip() for form in forms]

    def _verb_forms(self, verb: str) -> list[tuple[str, bool]]:
        """Return every form of a verb in order, and whether it is a past participle."""
        if verb not in self._inflected:
            self._inflected[verb] = sorted(self._inflections(verb).items())
        return self._inflected[verb]

    def _inflections(self, verb: str) -> dict[str, bool]:
        if verb == "be":
            return dict.fromkeys(("be", "am", "is", "are", "was", "were", "been", "being"), False)
        past, participle = self._irregular.get(verb) or (past_form(verb), past_form(verb))
        forms = dict.fromkeys((verb, third_person(verb), gerund(verb), past), False) | {participle: True}
        if verb not in self._irregular and re.search(r"[^aeiou][aeiou]l$", verb):  # British and American spelling
            single, double = verb, verb + "l"
            forms |= {single + "ing": False, double + "ing": False, single + "ed": True, double + "ed": True}
        return forms

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the longest phrase at every position of `words`, left to right, none inside another."""
        found: list[Match] = []
        for first, word in enumerate(words):
            head = self._heads.get(word)
            if head is None:
                continue
            best = head.longest(words, first)
            if best is not None and (not found or best.last > found[-1].last):
                found.append(best)
        return found

    def _forms(self, phrase: Phrase) -> Iterator[tuple[str, _Rest, bool]]:
        """Yield (first word, what may follow, whether it may be passive) for every form of a phrase."""
        head, *tail = phrase.text.split()
        for words in ([*own.split(), *tail] for own in self._choices(head)):
            if phrase.pos == "verb":
                rest = tuple(self._words(word) for word in words[1:])
                for form, participle in self._verb_forms(words[0]):
                    yield form, rest, participle
            elif phrase.pos == "noun":
                yield from self._noun_forms(words)
            else:
                yield words[0], tuple(self._words(word) for word in words[1:]), False

    def _noun_forms(self, words: Sequence[str]) -> Iterator[tuple[str, _Rest, bool]]:
        core = next((n for n, word in enumerate(words[1:]) if word in _PREPOSITIONS), len(words) - 1)
        either = [self._words(word, plural=n == core) for n, word in enumerate(words)]
        for form in sorted(either[0] or ()):
            yield form, tuple(either[1:]), False

    def _words(self, word: str, plural: bool = False) -> frozenset[str] | None:
        """Return the words that stand for one word of a phrase; None for a gap."""
        if word == "...":
            return None
        plural = plural or word.startswith("&")
        if (word, plural) not in self._meant:
            forms = (form for own in self._choices(word) for form in ((own, third_person(own)) if plural else (own,)))
            self._meant[word, plural] = frozenset(forms)
        return self._meant[word, plural]

    def _choices(self, word: str) -> Sequence[str]:
        """Return what one word of a phrase stands for."""
        return self._synsets[word[1:]] if word.startswith("&") else word.split("|")


def _longer(
    best: _Form | None, last: int, forms: Iterable[_Form], words: Sequence[str], position: int
) -> tuple[_Form | None, int]:
    """Return the best form and its last word, when these forms go on after `position`."""
    after = words[position + 1] if position + 1 < len(words) else ""
    for form in forms:
        rest = form.rest
        if rest and rest[0] is not None and after not in rest[0]:
            continue  # nearly always
        end = _end(words, position + 1, rest) if rest else position
        if end is not None and end > last:
            best, last = form, end
    return best, last


def _end(words: Sequence[str], position: int, rest: _Rest) -> int | None:
    """Return the index of the last word when `rest` follows at `position`; None in `rest` is a gap."""
    gap = False
    for wanted in rest:
        if wanted is None:
            gap = True
            continue
        for here in range(position, min(len(words), position + (MAX_GAP if gap else 0) + 1)):
            if words[here] in wanted:
                position, gap = here + 1, False
                break
            if words[here] in _STOPS:
                return None
        else:
            return None
    return position - 1


def _vagueness(phrase: Phrase) -> tuple[int, int]:
    """Return what to sort phrases by, literal and long ones first: of two that end together the first one counts."""
    words = phrase.text.split()
    return phrase.text.count("&"), words.count("...") - len(words)


@cache
def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read `phrases.csv` and `irregular_verbs.csv` of a lexicon folder.

    Raises
    ------
    SeedError
        If a row has an unknown type, mode, part of speech or agent, or stands twice.
    """
    folder = folder or seeds_dir() / "lexicon"
    with (folder / "irregular_verbs.csv").open(encoding="utf-8", newline="") as file:
        irregular = {row["base"]: (row["past"], row["participle"]) for row in csv.DictReader(file)}
    synsets = _read_synsets(folder / "synsets.csv")
    path = folder / "phrases.csv"
    with path.open(encoding="utf-8", newline="") as file:
        phrases = [_phrase(row, synsets, f"{path}:{n}") for n, row in enumerate(csv.DictReader(file), 2)]
    seen: dict[tuple[str, str], int] = {}
    for n, phrase in enumerate(phrases, 2):
        if (phrase.text, phrase.pos) in seen:
            raise SeedError(f"{path}:{n}: {phrase.text!r} stands also in line {seen[phrase.text, phrase.pos]}")
        seen[phrase.text, phrase.pos] = n
    return Lexicon(phrases, irregular, synsets)


def _read_synsets(path: Path) -> dict[str, tuple[str, ...]]:
    """Read word sets; those of verbs may hold particles ("hand over"), those of nouns single words."""
    sets: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for n, row in enumerate(csv.DictReader(file), 2):
            words = tuple(row["words"].split("|"))
            if row["synset"] in sets or len(set(words)) < len(words) or not all(words):
                raise SeedError(f"{path}:{n}: the set {row['synset']!r} or one of its words stands twice or is empty")
            if row["pos"] == "noun" and any(" " in word for word in words):
                raise SeedError(f"{path}:{n}: nouns of {row['synset']!r} must be single words")
            sets[row["synset"]] = words
    return sets


def _phrase(row: dict[str, str], synsets: Mapping[str, Sequence[str]], place: str) -> Phrase:
    event_type, mode, pos, agent = row["event_type"], row["mode"], row["pos"], row["agent"]
    scale = load_scale()
    if event_type != NO_EVENT and (event_type, mode) not in scale.entries:
        raise SeedError(f"{place}: no type and mode {event_type}/{mode} in seeds/scale.csv")
    if pos not in ("verb", "noun", "phrase") or agent not in ("subject", "object", "both"):
        raise SeedError(f"{place}: pos {pos!r} or agent {agent!r} is unknown; see seeds/README.md")
    if not row["phrase"].strip():
        raise SeedError(f"{place}: the phrase is empty")
    unknown = [word for word in row["phrase"].split() if word.startswith("&") and word[1:] not in synsets]
    if unknown:
        raise SeedError(f"{place}: {unknown[0]} is no set of synsets.csv")
    return Phrase(row["phrase"].lower(), pos, event_type, mode, agent)  # type: ignore[arg-type]
