"""The transparent coder: the lexicon entry that stands best between two actors decides, by rules.

An entry gives type, mode and who acts; voice and prepositions give the direction; "will", "not" and "might"
before it make a promise, a threat, a refusal, a denial or a mere possibility of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.coder.cues import Act, act_of, distance
from pipeline.coder.frame import KINDS
from pipeline.coder.prediction import Prediction, nothing
from pipeline.coder.tokens import SOURCE, TARGET, Marked, is_negation, lowered, masked_tokens
from pipeline.lexicon import Lexicon, Match
from pipeline.records import Status
from pipeline.scale import NO_EVENT

_FUTURE = frozenset("will would shall plans plan planned intends set expected ready willing due prepared going".split())
_POSSIBLE = frozenset("could may might if whether unless".split())
_REACH = 4  # words before an entry in which an operator counts
_COOPERATION = frozenset(["TALK", "GIVE"])


@dataclass(frozen=True)
class LexiconCoder:
    """Codes by the lexicon alone; `shares` tells how often an answer of each type is right (0 … 1)."""

    lexicon: Lexicon
    shares: Mapping[str, float]
    fingerprint: str

    def predict(self, sentences: Iterable[Marked]) -> list[Prediction]:
        """Code marked sentences; `NONE` where no entry says that source does something to target."""
        return [self._prediction(sentence) for sentence in sentences]

    def choose(self, sentences: Iterable[Marked]) -> list[str]:
        """Return the event type of marked sentences that are known to have one; `NONE` where no entry fires."""
        return [prediction.event_type for prediction in self.predict(sentences)]

    def _prediction(self, sentence: Marked) -> Prediction:
        tokens = lowered(masked_tokens(sentence))
        acts = [act_of(tokens, match) for match in self.lexicon.find(tokens)]
        source, target = tokens.index(SOURCE), tokens.index(TARGET)
        best = reading(tokens, nearest_first(acts, source, target), source, target) or nothing(1.0)
        return best._replace(probability=self.shares.get(best.event_type, 0.5))


def nearest_first(acts: Iterable[Act], source: int, target: int) -> list[Act]:
    """Return acts in the order of their distance from the pair, main clauses before asides."""
    first, second = min(source, target), max(source, target)
    return sorted(acts, key=lambda act: (distance(act.match, first, second), act.aside, act.match.first))


def reading(tokens: Sequence[str], acts: Iterable[Act], source: int, target: int) -> Prediction | None:
    """Return what the first fitting entry says that source does to target; probability is 1.

    Parameters
    ----------
    tokens
        Lower-case tokens with masks.
    acts
        The lexicon's phrases in them, the nearest to the pair first.
    source, target
        Where the masks stand.
    """
    for act in acts:
        if act.match.phrase.event_type != NO_EVENT and _is_forward(tokens, act, source, target):
            return _reading(tokens, act.match)
    return None


def _is_forward(tokens: Sequence[str], act: Act, source: int, target: int) -> bool:
    """Whether an act runs from source to target."""
    match = act.match
    if match.phrase.agent == "both":
        return True
    if match.phrase.pos == "noun":
        forward = _noun_forward(tokens, match, source, target)
    elif act.passive:
        forward = target < match.first and not (source < match.first and source > target)
    else:
        forward = source < match.first and not (target < match.first and target < source)
    return forward != (match.phrase.agent == "object")


def _noun_forward(tokens: Sequence[str], match: Match, source: int, target: int) -> bool:
    """Decide by what stands before the actors: "attack by", "attack on", "the attack"; else the first one acts."""
    before_source, before_target = tokens[max(0, source - 1)], tokens[max(0, target - 1)]
    if before_source in ("by", "from"):
        return True
    if before_target in ("by", "from"):
        return False
    if source > match.last and before_source in ("on", "against", "of", "to", "with", "into", "for"):
        return False
    return source < target


def _reading(tokens: Sequence[str], match: Match) -> Prediction:
    before = tokens[max(0, match.first - _REACH) : match.first]
    negated = any(map(is_negation, before))
    future = not _FUTURE.isdisjoint(before)
    phrase, kind = match.phrase, KINDS[match.phrase.event_type]
    event_type, mode = phrase.event_type, phrase.mode
    status: Status = "happened"
    if future and kind in _COOPERATION | {"HARM"} and not (negated and kind == "HARM"):
        event_type, mode = ("REJECT" if negated else "AGREE") if kind in _COOPERATION else "THREATEN", ""
        status = "happened" if negated else "announced"
    elif negated:
        status = "denied"
    elif not _POSSIBLE.isdisjoint(before):
        status = "hypothetical"
    return Prediction(event_type, 1.0, mode, status, phrase)
