"""What any coder says of a marked sentence, and what a coder must be able to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from pipeline.coder.tokens import Marked
from pipeline.lexicon import Phrase
from pipeline.records import Status
from pipeline.scale import NO_EVENT


class Prediction(NamedTuple):
    """What a coder says of one marked sentence; `probability` is that of `event_type` from source to target, 0 … 1.

    `phrase` is the lexicon entry that speaks for it, if there is one. `second` is another event of the same pair,
    where the sentence has a phrase for each.
    """

    event_type: str
    probability: float
    mode: str
    status: Status
    phrase: Phrase | None
    second: Prediction | None = None


def nothing(probability: float) -> Prediction:
    """Return the answer that source does nothing to target."""
    return Prediction(NO_EVENT, probability, "", "happened", None)


class Coder(Protocol):
    """Codes marked sentences; `fingerprint` changes whenever its answers may."""

    @property
    def fingerprint(self) -> str:
        """What the coder is known by, stored beside every mention."""

    def predict(self, sentences: Iterable[Marked]) -> list[Prediction]:
        """Code marked sentences, in their order."""

    def choose(self, sentences: Iterable[Marked]) -> list[str]:
        """Return event types of marked sentences that are known to have an event."""
