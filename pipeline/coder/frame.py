"""Tokens → the frame of a sentence: what remains of it when only actors, acts and small words are kept.

"Seoul said it would not lift the ban on Tokyo" becomes "SRC said would not GIVE TGT": acts are named by
their kind, so that what "would not" does to one of them is learnt for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
_CHAIN = frozenset([SOURCE, TARGET, "not", "will", "would", *_KINDS])


def frame_features(tokens: Sequence[str], matches: Sequence[Match], source: int, target: int) -> Iterator[str]:
    """Yield the pieces of a frame: its n-grams, what surrounds the actors, and the order of its acts.

    Parameters
    ----------
    tokens
        Lower-case tokens with masks.
    matches
        The lexicon's phrases in them.
    source, target
        Where the masks stand.
    """
    frame = _frame(tokens, matches, source, target)
    for size in (2, 3):
        for n in range(len(frame) - size + 1):
            yield " ".join(frame[n : n + size])
    start, end = frame.index(SOURCE), frame.index(TARGET)
    for size in (3, 4, 5):
        yield "s> " + " ".join(frame[start : start + size])
    yield "<t " + " ".join(frame[max(0, end - 3) : end + 1])
    span = frame[min(start, end) : max(start, end) + 1]
    yield "chain " + " ".join([token for token in span if token in _CHAIN][:5])
    acts = [token for token in frame[start + 1 :] if token in _KINDS]
    yield "first " + " ".join(acts[:1])
    yield "two " + " ".join(acts[:2])


def _frame(tokens: Sequence[str], matches: Sequence[Match], source: int, target: int) -> list[str]:
    kinds = {
        match.first: match
        for match in matches
        if not (match.first <= source <= match.last or match.first <= target <= match.last)
    }
    frame: list[str] = []
    position = 0
    while position < len(tokens):
        token, match = tokens[position], kinds.get(position)
        if match is not None:
            frame.append(KINDS[match.phrase.event_type])
            position = match.last
        elif token in (SOURCE, TARGET, OTHER):
            frame.append(token)
        elif token in _SMALL:
            frame.append("not" if token.endswith("n't") else token)
        elif token in (",", ";"):
            frame.append(",")
        position += 1
    return frame
