"""Actors that a sentence names without their being a party of what it tells: a venue, a topic, a victim."""

from __future__ import annotations

import re

from pipeline.records import Actor

_VENUE = re.compile(r"\b(?:in|at|near|outside|off) (?:[A-Z][\w'’-]+, )?(?:the )?$")
_ARRIVES = re.compile(r"\b(?:arriv\w+|visit\w*|land\w+|stop\w*|tour\w*|trips?|stay\w*)\b[^,;]{0,40}$")
_TOPIC = re.compile(
    r"\b(?:(?:to|and) (?:discuss|talk (?:about|over)|consider|review|debate)\b(?:(?! with )[^,;])*(?:, including )?"
    r"|(?:talks?|talked|discuss\w*|discussions?|negotiations?|dialogue|focus\w*|agenda)"
    r" (?:(?:about|on|over|of) )?(?:the )?"
    r"|(?:about|concerning|regarding) (?:the )?)$"
)
_SUFFERED = (
    r"(?:killed|wounded|injured|shot|stabbed|kidnapped|abducted|beheaded|murdered|executed|attacked|bombed|hit"
    r"|found dead|(?:taken|held) hostage|arrested|detained|jailed|imprisoned|sentenced|expelled|deported)"
)
_IN_BETWEEN = r" (?!(?:to|that|who|and|which)\b)[\w'’-]+"
_NO_VERB = r" (?!(?:has|have|had|he|they|says?|said|claims?|reports?|announces?|confirms?)\b)"
_ACTED_UPON = re.compile(
    rf"(?:{_IN_BETWEEN}){{0,4}}?(?:, [^,;]{{3,80}},)?"
    rf" (?:dies?|died|(?:is|are|was|were|been|being) (?:\w+ly |also )?{_SUFFERED})\b"
    rf"|(?:(?={_NO_VERB}){_IN_BETWEEN}){{0,3}}? (?:{_SUFFERED}|held)(?: dead)?"
    r" (?:by|in|on|at|near|during|after|since)\b"
)


def is_venue(text: str, actor: Actor) -> bool:
    """Return whether a country is only where something is: "met in *Tanzania*"; whoever arrives there meets it."""
    before = text[: actor.start]
    return not actor.role and _VENUE.search(before) is not None and _ARRIVES.search(before) is None


def is_topic(text: str, actor: Actor) -> bool:
    """Return whether an actor is what others speak of: "met to discuss *Burundi*"."""
    return _TOPIC.search(text[: actor.start]) is not None


def is_acted_upon(text: str, actor: Actor) -> bool:
    """Return whether an actor suffers what is told: "*a German engineer* was kidnapped in Iraq"."""
    return _ACTED_UPON.match(text, actor.end) is not None
