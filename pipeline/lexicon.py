"""Event phrases with their type, mode and who acts; found in a tokenised sentence.

`seeds/lexicon/phrases.csv` holds base forms that a domain expert can edit; verbs are inflected and nouns are
given their plural here, with `irregular_verbs.csv` for what the rules of English do not give. `...` in a
phrase stands for up to four words.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.errors import SeedError
from pipeline.paths import seeds_dir
from pipeline.scale import NO_EVENT, load_scale

MAX_GAP = 4
_DOUBLES = frozenset(
    "admit commit permit transmit remit submit refer defer deter infer occur recur expel repel compel propel "
    "rebel control patrol cancel equip transfer quarrel abet abut regret".split()
)
_PREPOSITIONS = frozenset("of in on by against from to with for over at between into".split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """One lexicon entry; `agent` tells whether the subject is source, target (object) or both."""

    text: str
    pos: Literal["verb", "noun", "phrase"]
    event_type: str
    mode: str
    agent: Literal["subject", "object", "both"]


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in tokens `first` to `last` (inclusive); `participle` where it may be passive."""

    phrase: Phrase
    first: int
    last: int
    participle: bool


class Lexicon:
    """All phrases, indexed by every form of their first word."""

    def __init__(self, phrases: Iterable[Phrase], irregular: dict[str, tuple[str, str]]) -> None:
        self.phrases = tuple(phrases)
        self._irregular = irregular
        self._by_head: dict[str, list[tuple[Phrase, tuple[frozenset[str] | None, ...], bool]]] = defaultdict(list)
        for phrase in self.phrases:
            for head, rest, participle in _forms(phrase, irregular):
                self._by_head[head].append((phrase, rest, participle))

    def wordings(self, phrase: Phrase) -> list[str]:
        """Return a phrase as sentences have it: verbs in three forms, gaps filled with "the"."""
        head, *rest = phrase.text.replace("...", "the").split()
        if phrase.pos != "verb":
            return [" ".join([head, *rest])]
        past, participle = self._irregular.get(head) or (_past(head), _past(head))
        return [" ".join([form, *rest]) for form in (past, f"has {participle}", _third_person(head))]

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the longest phrase at every position of `words`, left to right, none inside another."""
        found = []
        for first, word in enumerate(words):
            best: Match | None = None
            for phrase, rest, participle in self._by_head.get(word, ()):
                last = _end(words, first + 1, rest)
                if last is not None and (best is None or last > best.last):
                    best = Match(phrase, first, last, participle)
            if best is not None:
                found.append(best)
        return _outermost(found)


def _end(words: Sequence[str], position: int, rest: Sequence[frozenset[str] | None]) -> int | None:
    """Return the index of the last word when `rest` follows at `position`; None in `rest` is a gap."""
    gap = False
    for wanted in rest:
        if wanted is None:
            gap = True
            continue
        stop = min(len(words), position + (MAX_GAP if gap else 0) + 1)
        for here in range(position, stop):
            if words[here] in wanted:
                position, gap = here + 1, False
                break
            if words[here] in ";:":
                return None
        else:
            return None
    return position - 1


def _outermost(matches: list[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in matches:
        if kept and match.last <= kept[-1].last:
            continue
        kept.append(match)
    return kept


def _forms(
    phrase: Phrase, irregular: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, tuple[frozenset[str] | None, ...], bool]]:
    words = phrase.text.split()
    rest = [None if word == "..." else frozenset([word]) for word in words[1:]]
    if phrase.pos == "verb":
        past, participle = irregular.get(words[0]) or (_past(words[0]), _past(words[0]))
        for form in {words[0], _third_person(words[0]), _gerund(words[0]), past, participle}:
            yield form, tuple(rest), form == participle
    elif phrase.pos == "noun":
        head = next((n for n, word in enumerate(words[1:]) if word in _PREPOSITIONS), len(words) - 1)
        both = [frozenset([word, _third_person(word)]) if n == head else {word} for n, word in enumerate(words)]
        tail = tuple(None if word == "..." else frozenset(both[n]) for n, word in enumerate(words) if n)
        for form in both[0]:
            yield form, tail, False
    else:
        yield words[0], tuple(rest), False


def _third_person(word: str) -> str:
    if re.search(r"(?:s|x|z|ch|sh|o)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return _doubled(verb) + "ed"


def _gerund(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def _doubled(verb: str) -> str:
    one_syllable = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb)
    return verb + verb[-1] if one_syllable or verb in _DOUBLES else verb


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
    path = folder / "phrases.csv"
    with path.open(encoding="utf-8", newline="") as file:
        phrases = [_phrase(row, f"{path}:{n}") for n, row in enumerate(csv.DictReader(file), 2)]
    seen: dict[tuple[str, str], int] = {}
    for n, phrase in enumerate(phrases, 2):
        if (phrase.text, phrase.pos) in seen:
            raise SeedError(f"{path}:{n}: {phrase.text!r} stands also in line {seen[phrase.text, phrase.pos]}")
        seen[phrase.text, phrase.pos] = n
    return Lexicon(phrases, irregular)


def _phrase(row: dict[str, str], place: str) -> Phrase:
    event_type, mode, pos, agent = row["event_type"], row["mode"], row["pos"], row["agent"]
    scale = load_scale()
    if event_type != NO_EVENT and (event_type, mode) not in scale.entries:
        raise SeedError(f"{place}: no type and mode {event_type}/{mode} in seeds/scale.csv")
    if pos not in ("verb", "noun", "phrase") or agent not in ("subject", "object", "both"):
        raise SeedError(f"{place}: pos {pos!r} or agent {agent!r} is unknown; see seeds/lexicon/README.md")
    if not row["phrase"].strip():
        raise SeedError(f"{place}: the phrase is empty")
    return Phrase(row["phrase"].lower(), pos, event_type, mode, agent)  # type: ignore[arg-type]
