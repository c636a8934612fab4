"""Text → the country actors it names, by one pass of a multi-pattern automaton.

All aliases are matched at once, overlapping; then word boundaries, then the longest at each place; only then, and
only where a sentence may have a pair of actors, whether a name stands for an actor at all. What
follows a demonym or a possessive ("South Korean *fishermen*", "Iran's *foreign ministry*") gives the role.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import ahocorasick_rs

from pipeline.actors.dictionary import BLOCKED, REFERENCES, ActorEntry, load_dictionary, role_nouns, thing_nouns
from pipeline.actors.places import is_namesake, is_only_place
from pipeline.records import Actor

_NO_NAME_AFTER = re.compile(r"-(?!led\b)[a-z]|\$")  # "Chinese-made", "US$2bn"
_PREFIX_BEFORE = re.compile(r"[a-z]-$")
_TITLES = (
    r"(?:(?:acting|interim|then|new|supreme|top|vice|deputy|prime|foreign|defen[cs]e|unification|interior|first|"
    r"president|premier|minister|leader|chancellor|chairman|secretary|of|state|king|queen|emir|dictator|strongman|"
    r"the|general|marshal|chief|ambassador|envoy|spokesman|spokeswoman|government|ministry|sister|ruler) ){0,4}"
)
_JOIN = re.compile(rf"(?:['’]s| of)? {_TITLES}$", re.IGNORECASE)
_ONE_OF_MANY = re.compile(r"(?:^| )[Aa]n? $")
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Ee]x-?|[Ll]ate) ?$")
_ONE_NAME = re.compile(r"[A-Z]\S+$")
_COMPASS = frozenset(["the North", "The North", "the South", "The South"])
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_STATE_VOICES = frozenset("CHN RUS IRN SYR CUB VNM LAO BLR ERI TKM VEN".split())  # their agencies speak for them
_KCNA = "PRK"  # and this one always does
_WORD = re.compile(r"(?:['’]s?)? ([A-Za-z][A-Za-z-]*)")
_STOP = frozenset(
    "a an and are as at be been but by for from had has have he in into is it its not of on or over said says "
    "she that the their they to was were which while who will with would".split()
)
_MAX_FOLLOWING = 3
_BETWEEN = "\n"  # in no alias
_STILL_TOLD = timedelta(days=3)
"""How long after somebody left office the news still tells what befell them in it."""
_REACH = 60  # characters around a name that tell what it stands for


class Hit(NamedTuple):
    """An alias at a place in a text, with all its meanings."""

    start: int
    end: int
    entries: tuple[ActorEntry, ...]


class ActorFinder:
    """Finds actors; built once from the dictionary and free of state afterwards."""

    def __init__(self, entries: Iterable[ActorEntry], roles: dict[str, str], things: Set[str] = frozenset()) -> None:
        grouped: dict[str, list[ActorEntry]] = defaultdict(list)
        for entry in entries:
            grouped[entry.alias.replace("’", "'")].append(entry)
        self._aliases = tuple(grouped)
        self._entries = tuple(tuple(meanings) for meanings in grouped.values())
        self._codes = tuple(tuple({code for one in meanings for code in one.codes}) for meanings in self._entries)
        self._automaton = ahocorasick_rs.AhoCorasick(list(self._aliases))
        self._roles = roles
        self._things = things

    def scan(self, text: str) -> list[Hit]:
        """Return the aliases in `text` that stand as words of their own, left to right, the longest at each place."""
        raw = self._words(text)
        if not raw:
            return []
        raw.sort()
        found: list[Hit] = []
        covered = 0
        for begin, minus_end, index in raw:
            start, end, entries = begin, -minus_end, self._entries[index]
            if start < covered:
                last = found[-1]
                if end > last.end and _same_person(last.entries, entries):
                    start = last.start  # "President Moon" and "Moon Jae-in"
                elif end - start <= last.end - last.start:
                    continue
                found.pop()  # "the North" before "North Korean"
            found.append(Hit(start, end, entries))
            covered = end
        return found

    def scan_all(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return what `scan` gives for each text, in one pass over all of them."""
        found: list[list[Hit]] = [[] for _ in texts]
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        for hit in self.scan(_BETWEEN.join(texts)):
            n = bisect_right(starts, hit.start) - 1
            found[n].append(Hit(hit.start - starts[n], hit.end - starts[n], hit.entries))
        return found

    def codes_in(self, text: str) -> set[str]:
        """Return the codes of all that may be named in a text and its sentences: a bound, without a look at where."""
        return {code for _, _, index in self._words(text) for code in self._codes[index]}

    def _words(self, text: str) -> list[tuple[int, int, int]]:
        """Return all aliases that begin and end with a word, overlapping: start, minus the end, and index.

        Sorted they go from left to right, the longest first of those that begin together.
        """
        flat = text.replace("’", "'") if "’" in text else text
        size = len(flat)
        return [
            (start, -end, index)
            for index, start, end in self._automaton.find_matches_as_indexes(flat, overlapping=True)
            if not ((start and flat[start - 1].isalnum()) or (end < size and flat[end].isalnum()))
        ]

    def actors(self, text: str, hits: Iterable[Hit], on: date, context: Set[str]) -> list[Actor]:
        """Turn hits into actors.

        Parameters
        ----------
        text
            The text that was scanned.
        hits
            What `scan` gave for it.
        on
            The date that decides who is in office.
        context
            Codes named anywhere in the article; they license aliases such as "the North".
        """
        found: list[Actor] = []
        flat = text.replace("’", "'")
        for hit in hits:
            if not _is_actor(flat, hit):
                continue
            entry = meaning(hit, on, context)
            if entry is None or entry.kind in REFERENCES:
                continue
            end, role = self._extended(text, hit.end, entry)
            if end == hit.end and self._describes(text, hit, entry.kind):
                continue
            if end > hit.end and _is_past(flat[max(0, hit.start - _REACH) : hit.start], role):
                continue
            alias = text[hit.start : end]
            found.extend(Actor(hit.start, end, code, role, alias, rule=entry.kind) for code in entry.codes)
        return _joined(text, found)

    def _extended(self, text: str, end: int, entry: ActorEntry) -> tuple[int, str]:
        """Stretch a name over the noun that says which part of the country acts."""
        if entry.kind not in ("name", "demonym", "capital", "phrase") or len(entry.codes) > 1:
            return end, entry.role
        position, best, role = end, end, entry.role
        describes = entry.kind == "demonym" or text[end : end + 1] in ("'", "’")
        for _ in range(_MAX_FOLLOWING if describes else 1):  # "North Korea fires artillery" is no artillery
            match = _WORD.match(text, position)
            if match is None or match[1].lower() in _STOP:
                break
            position = match.end()
            found = self._roles.get(match[1].lower())
            if found is not None:
                best, role = position, found
        return best, role

    def _describes(self, text: str, hit: Hit, kind: str) -> bool:
        """Whether a name only describes a thing: "Turkish coffee", "the Malaysian border", "a London clinic"."""
        match = _WORD.match(text, hit.end)
        if match is None or kind not in ("demonym", "name", "capital"):
            return False
        if kind == "capital":
            return _ONE_OF_MANY.search(text[: hit.start]) is not None and match[1] not in _STOP and match[1].islower()
        noun = match[1].lower()
        return noun in self._things and not (kind == "name" and noun.endswith("s") and noun != "borders")


def context_of(hits: Iterable[Hit]) -> set[str]:
    """Return the codes that hits name whose meaning needs no context."""
    clear = (hit for hit in hits if not any(entry.context for entry in hit.entries))
    return {code for hit in clear for entry in hit.entries for code in entry.codes}


def meaning(hit: Hit, on: date, context: Set[str]) -> ActorEntry | None:
    """Return the first meaning of a hit that holds on a day, in an article that names the codes of `context`."""
    return next((entry for entry in hit.entries if _holds(entry, on, context)), None)


def _same_person(one: Sequence[ActorEntry], other: Sequence[ActorEntry]) -> bool:
    """Whether two aliases may be parts of one person's name and title."""
    return one[0].kind == other[0].kind == "person" and one[0].codes == other[0].codes


def is_reference(hit: Hit) -> bool:
    """Whether a hit names nobody by itself."""
    return hit.entries[0].kind in REFERENCES


def _is_actor(text: str, hit: Hit) -> bool:
    """Refuse "Chinese-made", "US$2bn", "anti-Japan", reporting media, namesakes, and places where it only happened."""
    entry = hit.entries[0]
    if entry.kind in REFERENCES:
        return True
    if entry.codes[0] == BLOCKED or _NO_NAME_AFTER.match(text, hit.end):
        return False
    if entry.role == "MED" and not _speaks(text, hit):
        return False
    if entry.alias in _COMPASS and _CAPITAL_NEXT.match(text, hit.end):
        return False
    before, after = text[max(0, hit.start - _REACH) : hit.start], text[hit.end : hit.end + _REACH]
    if _PREFIX_BEFORE.search(before[-2:]) or is_namesake(entry.kind, entry.alias, before, after, text):
        return False
    return not is_only_place(entry.kind, before, after)


def _is_past(before: str, role: str) -> bool:
    """Whether what precedes a name takes its role back: "the former French president", "on Chinese television"."""
    return (role == "GOV" and _FORMER.search(before) is not None) or (role == "MED" and before.endswith(" on "))


def _speaks(text: str, hit: Hit) -> bool:
    """Whether a state's own medium acts, and does not only report: it is the subject of its sentence."""
    code = hit.entries[0].codes[0]
    return code == _KCNA or (code in _STATE_VOICES and text[: hit.start] in ("", "The "))


def _holds(entry: ActorEntry, on: date, context: Set[str]) -> bool:
    told = timedelta() if entry.kind != "person" or on <= entry.end else _STILL_TOLD
    if not entry.start <= on or not on - told <= entry.end:
        return False
    return not entry.context or any(code in context for code in entry.context)


def _joined(text: str, actors: list[Actor]) -> list[Actor]:
    """Make one actor of neighbours that name the same one: "South Korean" + "President Moon Jae-in"."""
    joined: list[Actor] = []
    for actor in actors:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.code == actor.code
            and (actor.start < last.end or _neighbours(text[last.end : actor.start], last.alias))
        ):
            role, alias = actor.role or last.role, text[last.start : actor.end]
            joined[-1] = Actor(last.start, actor.end, last.code, role, alias, rule=actor.rule)
        else:
            joined.append(actor)
    return joined


def _neighbours(gap: str, first: str) -> bool:
    """Whether what stands between two names makes them one: a title, or the comma of "Seoul, South Korea"."""
    return _JOIN.fullmatch(gap) is not None or (gap == ", " and _ONE_NAME.match(first) is not None)


@cache
def load_finder() -> ActorFinder:
    """Build the finder of the project's own dictionary, once."""
    return ActorFinder(load_dictionary(), role_nouns(), thing_nouns())
