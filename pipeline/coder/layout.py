"""Masked tokens of a sentence → all that is the same for whichever pair is asked about: words, acts, frame.

A sentence with four countries is asked about twelve times. What differs is which of its masks are SRC and TGT; in a
layout every mask is OTH.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from pipeline.coder.cues import Act, act_of, signals
from pipeline.coder.frame import Frame, frame_of
from pipeline.coder.tokens import OTHER, SOURCE, TARGET, lowered
from pipeline.lexicon import Match

MASKS = frozenset([SOURCE, TARGET, OTHER])
NAME = "Xx"
_STEM = 5


class PhraseFinder(Protocol):
    """Finds event phrases in lower-case tokens; the same ones every time."""

    def __hash__(self) -> int:
        """Return what tells finders apart."""

    @property
    def sees_masks(self) -> bool:
        """Whether what is found depends on which masks are SRC and TGT."""

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the phrases, left to right."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Tokens in lower case and as features name them, both with masks, and what stands among them.

    `plain` has names and numbers masked too; `signals` are the places of negations, modals and question marks.
    """

    lower: list[str]
    plain: list[str]
    pairs: list[str]
    stems: list[str]
    acts: list[Act]
    signals: list[tuple[int, str]]
    frame: Frame


def layout_of(tokens: Sequence[str], lexicon: PhraseFinder) -> Layout:
    """Return the layout of masked tokens."""
    if lexicon.sees_masks:
        return _layout(tuple(tokens), lexicon)
    return _layout(tuple([OTHER if token in MASKS else token for token in tokens]), lexicon)


@lru_cache(maxsize=64)
def _layout(tokens: tuple[str, ...], lexicon: PhraseFinder) -> Layout:
    lower = lowered(tokens)
    matches = lexicon.find(lower)
    lower = [OTHER if token in MASKS else token for token in lower]
    plain = [*map(_first_shape, tokens[:1]), *map(_shape, tokens[1:])]
    return Layout(
        lower=lower,
        plain=plain,
        pairs=[f"{one} {two}" for one, two in pairwise(plain)],
        # "withd~" for withdraw, withdrew and withdrawal
        stems=[token[:_STEM] + "~" for token in plain if len(token) > _STEM],
        acts=[act_of(lower, match) for match in matches],
        signals=list(signals(lower)),
        frame=frame_of(lower, matches),
    )


def _first_shape(token: str) -> str:
    """Mask a number at the beginning of a sentence, where names cannot be told from words."""
    return OTHER if token in MASKS else "0" if token[0].isdigit() else token.lower()


@lru_cache(maxsize=1 << 16)
def _shape(token: str) -> str:
    """Mask names and numbers; keep words in lower case."""
    return NAME if token[0].isupper() and token not in MASKS else _first_shape(token)
