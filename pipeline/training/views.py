"""Labelled rows and lexicon → features in every view that the heads learn from, gathered in parts.

A row stands as its author marked it, with the roles exchanged, and with its actors as the chain finds them and half of
the lexicon unknown; the lexicon's own sentences stand last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar

from pipeline.coder.features import Features, extract_features
from pipeline.lexicon import Lexicon, Match
from pipeline.scale import NO_EVENT
from pipeline.training.found import as_found, with_others
from pipeline.training.gathered import Gathered
from pipeline.training.labelled import Labelled
from pipeline.training.lexical import BARE

PARTS = TURNED, MARKED, FOUND, LEXICAL = range(4)
"""Of the matrix, in this order: types are learnt from the last three, directions from the first two."""


@dataclass(frozen=True)
class Forgetful:
    """A lexicon that does not know half of its phrases, other ones in every sentence.

    The lexicon grew while we read our own sentences, so it knows them better than the news: whoever learns from
    both must not come to rely on it.
    """

    lexicon: Lexicon
    sees_masks: ClassVar[bool] = True

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the matches that are not forgotten."""
        sentence = " ".join(words)
        return [match for match in self.lexicon.find(words) if self._known(f"{match.phrase.text} {sentence}")]

    @staticmethod
    def _known(key: str) -> bool:
        return blake2b(key.encode(), digest_size=1).digest()[0] % 2 == 0


def stands_turned(row: Labelled) -> bool:
    """Whether a row stands with the roles exchanged, too: those with an event, and those that are measured."""
    return row.event_type != NO_EVENT or row.held_out


def stands_found(n: int, row: Labelled) -> bool:
    """Whether row `n` stands with actors as found, too: those with an event, and every second of the others."""
    return row.event_type != NO_EVENT or n % 2 == 1


def gather_labelled(labelled: Sequence[Labelled], lexicon: Lexicon, start: int = 0) -> Gathered:
    """Return the views of labelled rows of which the first is number `start` of all."""
    rows, forgetful = Gathered(len(PARTS)), Forgetful(lexicon)
    for n, row in enumerate(labelled, start):
        marked = with_others(row.marked)
        rows.add(extract_features(marked, lexicon), MARKED)
        if stands_turned(row):  # now: the two share most of the work
            rows.add(extract_features(marked.turned(), lexicon), TURNED)
        if stands_found(n, row):
            rows.add(extract_features(with_others(as_found(row.marked)), forgetful), FOUND)
    return rows


def add_lexical(rows: Gathered, lexical: Sequence[Labelled], lexicon: Lexicon) -> None:
    """Add the lexicon's own sentences to gathered rows."""
    unknowing = Lexicon((), {})
    for row in lexical:
        if row.batch == BARE:
            rows.add(_without_cues(extract_features(row.marked, unknowing)), LEXICAL)
        else:
            rows.add(extract_features(row.marked, lexicon), LEXICAL)


def _without_cues(features: Features) -> Features:
    """Drop the cues of a lexicon phrase: it would find itself in them and always be right."""
    return features._replace(cues=[], frame=[])
