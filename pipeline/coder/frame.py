"""Tokens → the frame of a sentence: what remains of it when only actors, acts and small words are kept.

"Seoul said it would not lift the ban on Tokyo" becomes "SRC said would not GIVE TGT": acts are named by
their kind, so that what "would not" does to one of them is learnt for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.coder.tokens import OTHER, SOURCE, TARGET
from pipeline.lexicon import Match

KINDS = {
    "AGREE": "TALK",
    "CONSULT": "TALK",
    "SUPPORT": "TALK",
    "COOPERATE": "GIVE",
    "AID": "GIVE",
    "CONCEDE": "GIVE",
    "RETREAT": "GIVE",
    "REQUEST": "ASK",
    "ACCUSE": "BLAME",
    "REJECT": "REFUSE",
    "THREATEN": "THREATEN",
    "PROTEST": "HARM",
    "SANCTION": "HARM",
    "MOBILIZE": "HARM",
    "COERCE": "HARM",
    "ASSAULT": "HARM",
    "NONE": "NOTHING",
}
"""Event type → kind of act; types of one kind behave alike after "will", "refused to", "called for"."""
_KINDS = frozenset(KINDS.values())
_SMALL = frozenset(
    "will would could should may might must can shall if unless not never no without won't wouldn't didn't cannot "
    "doesn't don't hasn't haven't isn't aren't wasn't weren't to by of from with against on over for in into at "
    "between and that who which whose after before while as because since until is are was were be been being has "
    "have had said says say saying told announced announces statement ready willing set plans plan planned going "
    "expected due about prepared able unable failed fails fail".split()
)
_ACTORS = frozenset([SOURCE, TARGET, OTHER])
_CHAIN = frozenset([SOURCE, TARGET, "not", "will", "would", *_KINDS])


class Frame(NamedTuple):
    """The frame of a sentence in which every mask is OTH, the place in it of each mask, and what it was made from."""

    names: list[str]
    places: Mapping[int, int]
    matches: Sequence[Match]


def frame_of(tokens: Sequence[str], matches: Sequence[Match]) -> Frame:
    """Return the frame of lower-case tokens with masks."""
    kinds = {match.first: match for match in matches}
    names: list[str] = []
    places: dict[int, int] = {}
    position = 0
    while position < len(tokens):
        token, match = tokens[position], kinds.get(position)
        if match is not None:
            names.append(KINDS[match.phrase.event_type])
            position = match.last
        elif token in _ACTORS:
            places[position] = len(names)
            names.append(token)
        elif token in _SMALL:
            names.append("not" if token.endswith("n't") else token)
        elif token in (",", ";"):
            names.append(",")
        position += 1
    return Frame(names, places, matches)


def frame_features(frame: Frame, tokens: Sequence[str], source: int, target: int) -> list[str]:
    """Return the pieces of a frame: its n-grams, what surrounds the actors, and the order of its acts.

    Parameters
    ----------
    frame
        `frame_of` the tokens with every mask as OTH.
    tokens
        Lower-case tokens with masks.
    source, target
        Where the masks stand.
    """
    if source not in frame.places or target not in frame.places:  # a phrase reaches across an actor: it is no act here
        apart = [one for one in frame.matches if not (_spans(one, source) or _spans(one, target))]
        frame = frame_of(tokens, apart)
    start, end = frame.places[source], frame.places[target]
    names = list(frame.names)
    names[start], names[end] = SOURCE, TARGET
    span = names[min(start, end) : max(start, end) + 1]
    acts = [name for name in names[start + 1 :] if name in _KINDS]
    return [
        *[f"{one} {two}" for one, two in pairwise(names)],
        *[f"{one} {two} {three}" for one, two, three in zip(names, names[1:], names[2:], strict=False)],
        *["s> " + " ".join(names[start : start + size]) for size in (3, 4, 5)],
        "<t " + " ".join(names[max(0, end - 3) : end + 1]),
        "chain " + " ".join([name for name in span if name in _CHAIN][:5]),
        "first " + " ".join(acts[:1]),
        "two " + " ".join(acts[:2]),
    ]


def _spans(match: Match, position: int) -> bool:
    return match.first <= position <= match.last
