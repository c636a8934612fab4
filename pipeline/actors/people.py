"""People of an article → their surnames, which mean their countries in all of it.

"Radoslaw Sikorski, the Polish foreign minister" is introduced once; further on, and in the headline, "Sikorski" accuses
Minsk. The dictionary knows heads of states and ministries, but not every surname of theirs may stand alone
everywhere; spokesmen, envoys and generals are in no dictionary at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from typing import NamedTuple

from pipeline.actors.dictionary import BLOCKED, ActorEntry
from pipeline.actors.finder import Hit, meaning
from pipeline.records import Actor

RULE = "reference: surname"
_CERTAINTY = 0.9
_FAMILY_FIRST = frozenset(["KOR", "PRK", "CHN", "TWN"])
_NATIONAL = frozenset(["name", "demonym", "capital"])
_OFFICE = (
    r"(?:president|premier|minister|chancellor|ambassador|envoy|spokes(?:man|woman|person)|leader|general|admiral|"
    r"commander|negotiator|secretary|king|queen|prince|emir|counterpart|chief|diplomat|advis[eo]r|governor|delegate)"
)
_KIND = (
    r"(?:(?:foreign|defen[cs]e|prime|vice|deputy|interior|finance|trade|economy|unification|energy|justice|army|navy|"
    r"naval|military|police|security|national|intelligence|chief|top|senior|state|government|presidential|ministry|"
    r"embassy|opposition|supreme|acting|interim|new|special|nuclear|permanent|assistant|consul|affairs)[ -]){0,4}"
)
_PLACE = r"(?: (?:to|in|at|of|for) (?:the )?(?-i:[A-Z])[\w'’-]+(?: (?-i:[A-Z])[\w'’-]+)?)?"
_NAME = r"(?P<name>(?-i:[A-Z])[\w'’-]+(?: (?:(?:al|bin|de|del|der|van|von) )?(?-i:[A-Z])[\w'’-]+){0,3})"
_HOLDS_OFFICE = re.compile(rf"(?:['’]s?)? {_KIND}{_OFFICE}\b{_PLACE}", re.IGNORECASE)
_NAME_AFTER = re.compile(rf",? {_NAME}", re.IGNORECASE)
_NAME_BEFORE = re.compile(rf"{_NAME}, (?:the |an? )?$", re.IGNORECASE)
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x-?|[Ll]ate) ?$")
_TITLE = re.compile(rf"(?:acting |{_KIND}{_OFFICE}|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Sir|Lord) ", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<![\w-])[^\W\d_a-z][\w-]*(?:['’](?!s\b)[\w-]+)?")
_TITLES = re.compile(rf"^.*\b{_OFFICE} ", re.IGNORECASE)
_CAPITALS_BEFORE = re.compile(r"(?:[A-Z][\w.'’-]* (?:(?:al|bin|de|del|der|van|von) )?)+$")
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_FIRST_WORDS = frozenset(
    "a after also although and as at because before both but by during earlier for from if in instead later like "
    "meanwhile nor of on once or since so that the then though to under until what when where whether while with "
    "yet".split()
)
_IN_APPOSITION = frozenset([" ", ", ", ", the ", ", a ", ", an "])
_REACH = 60
_NO_SURNAMES = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December He An So No Do In On At The State General League Office House Party".split()
)


class Person(NamedTuple):
    """Somebody whose surname stands for a country; `given` is empty where only the surname was told."""

    surname: str
    given: str
    code: str
    role: str


def introduced(texts: Sequence[str], scans: Sequence[Sequence[Hit]], on: date, context: Set[str]) -> dict[str, Person]:
    """Return by surname who is introduced in the sentences of an article.

    A surname that people of two countries bear means nobody.

    Parameters
    ----------
    texts, scans
        The sentences, and what the finder's scan gave for each.
    on, context
        The date that decides who is in office, and the codes that the article names.
    """
    found: dict[str, set[Person]] = defaultdict(set)
    for text, hits in zip(texts, scans, strict=True):
        for hit in hits:
            names = list(_introduced(text, hit, hits))
            entry = meaning(hit, on, context) if names else None
            if entry is not None and len(entry.codes) == 1 and entry.codes[0] != BLOCKED:
                for name in names:
                    person = _person(name, entry)
                    found[person.surname].add(person)
    return {
        surname: min(people)
        for surname, people in found.items()
        if not (surname in _NO_SURNAMES or surname.isupper()) and len({one.code for one in people}) == 1
    }


def _introduced(text: str, hit: Hit, hits: Sequence[Hit]) -> Iterator[str]:
    """Yield the name of a person of the dictionary, or those of who holds an office of the country that is named."""
    kind = hit.entries[0].kind
    if kind == "person":
        yield _TITLES.sub("", hit.entries[0].alias)
    elif kind in _NATIONAL and hit.entries[0].role != "IGO":
        office = _HOLDS_OFFICE.match(text, hit.end)
        if office is None or _FORMER.search(text, max(0, hit.start - _REACH), hit.start):
            return
        for name in _names(text, hit.start, office.end()):
            if not any(one.start < name.end("name") and name.start("name") < one.end for one in hits):
                yield name["name"]


def _names(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the name that stands right after an office, and the one before it."""
    for name in (_NAME_AFTER.match(text, end), _NAME_BEFORE.search(text, max(0, start - _REACH), start)):
        if name is not None:
            yield name


def _person(name: str, entry: ActorEntry) -> Person:
    code, role = entry.codes[0], entry.role or "GOV"
    words = name.split()
    if code in _FAMILY_FIRST:
        return Person(words[0], "", code, role)
    return Person(words[-1], " ".join(words[:-1]), code, role)


def surnames_in(text: str, people: Mapping[str, Person]) -> list[re.Match[str]]:
    """Return where a text has surnames of people as words of their own."""
    if not any(surname in text for surname in people):
        return []
    return [match for match in _CAPITALISED.finditer(text) if match[0] in people]


def people_in(text: str, hits: Sequence[Hit], named: Sequence[Actor], people: Mapping[str, Person]) -> Iterator[Actor]:
    """Yield whom a sentence means by a surname, other than those whom it introduces: they are named already.

    Parameters
    ----------
    text, hits, named
        The sentence, what the finder's scan gave for it, and the actors that it names.
    people
        What `introduced` gave for the article.
    """
    for match in surnames_in(text, people):
        person = people[match[0]]
        start = _beginning(text, match.start(), person)
        taken = any(one.start < match.end() and start < one.end for one in hits)
        if start < 0 or taken or _CAPITAL_NEXT.match(text, match.end()):
            continue
        own = (one for one in named if one.code == person.code)
        if not any({text[one.end : start], text[match.end() : one.start]} & _IN_APPOSITION for one in own):
            yield Actor(start, match.end(), person.code, person.role, text[start : match.end()], _CERTAINTY, RULE)


def _beginning(text: str, start: int, person: Person) -> int:
    """Return where a name begins whose surname begins at `start`, with title or given name; -1 of somebody else's."""
    before = _CAPITALS_BEFORE.search(text, max(0, start - _REACH), start)
    if before is None or before[0].strip().lower() in _FIRST_WORDS:
        return start
    same = before[0].strip() == person.given or _TITLE.fullmatch(before[0])
    return before.start() if same else -1
