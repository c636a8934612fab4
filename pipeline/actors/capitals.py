"""Capitals that are more than a place: where somebody in office arrives, and where an embassy stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from datetime import date

from pipeline.actors.dictionary import BLOCKED
from pipeline.actors.finder import Hit, meaning
from pipeline.actors.places import is_namesake, is_only_place
from pipeline.records import Actor

_ARRIVES = re.compile(
    r"(?:(?!\b(?:that|says?|said|tells?|told|not|never)\b)[^.;:]){0,80}?"
    r"\b(?:arriv(?:e|es|ed|ing)|land(?:s|ed|ing)?|fl(?:y|ies|ew|own|ying)|travel(?:s|l?ed|l?ing)?|went|goes|going"
    r"|head(?:s|ed|ing)?|returns?|returned|trip|visit)"
    r"(?: (?:back|again|late|early|secretly|unannounced|straight|directly|first|today|yesterday"
    r"|on (?:an? (?:\w+ )?visit|\w+day)|\w+day))* (?:in|to|for) "
)
_STAYS = re.compile(r"(?:,[^,;]{1,60})?,? (?:is|was|are|were)(?: now| currently)? in ")
_EMBASSY = re.compile(r"(?: [\w'’-]+){0,4}? (?:embass(?:y|ies)|consulates?) in ")
_MEETS = re.compile(
    r"[^.;:]{0,40}?\b(?:met|meets|(?:talks|talked|negotiations|negotiated|spoke|meetings?|lunch|dinner) with)"
    r" (?:[a-z]+ ){0,3}(?:officials|ministers?|leaders?|president|premier|king|emir|authorities|commanders?"
    r"|counterparts?) in "
)
VISITED, HOST = "visited", "host"
"""Rules of a capital in which somebody arrives, and of one in which another's embassy stands."""


def capitals(text: str, hits: Sequence[Hit], actors: Sequence[Actor], on: date, context: Set[str]) -> Iterator[Actor]:
    """Yield the capitals that are a party: "Pompeo flew to *Pyongyang*", "stormed the Danish embassy in *Beirut*".

    Parameters
    ----------
    text, hits
        A sentence and the names in it.
    actors
        Its actors so far, in order. Who arrives, or whose embassy it is, is the last of them before the capital. Who
        arrives is in office: a team's, a tourist's or a refugee's arrival is no visit between states.
    on, context
        The date and the countries named, which decide what a name means.
    """
    for hit in hits:
        if all(entry.kind != "capital" for entry in hit.entries):
            continue
        before = [actor for actor in actors if actor.start < hit.end]
        entry = meaning(hit, on, context)
        if not before or before[-1].end > hit.start or entry is None or entry.kind != "capital":
            continue
        rule = _rule(before[-1], text[before[-1].end : hit.start])
        known = {before[-1].code, BLOCKED, *(actor.code for actor in actors if actor.start == hit.end + len(", "))}
        if rule and known.isdisjoint(entry.codes) and _is_capital(text, hit, entry.alias):
            role = entry.role if rule == VISITED else ""  # a host is a party only where it is no venue
            for code in entry.codes:
                yield Actor(hit.start, hit.end, code, role, text[hit.start : hit.end], rule=rule)


def _rule(actor: Actor, between: str) -> str:
    """Return why a capital is a party, by who stands before it and the words between them; else nothing."""
    if _EMBASSY.fullmatch(f" {actor.alias}{between}"):
        return HOST
    comes = (_ARRIVES, _STAYS, _MEETS)
    return VISITED if actor.role == "GOV" and any(way.fullmatch(between) for way in comes) else ""


def _is_capital(text: str, hit: Hit, name: str) -> bool:
    """Whether a name is the capital's own: not a town's elsewhere, a person's, or a thing's in it."""
    before, after = text[: hit.start], text[hit.end :]
    return not is_namesake("capital", name, before, after, text) and not is_only_place("capital", "", after)
