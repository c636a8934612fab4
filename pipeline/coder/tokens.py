"""A sentence with source and target marked → tokens in which the two stand as SRC and TGT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SOURCE, TARGET = "SRC", "TGT"
NEGATIONS = frozenset("not never no cannot without neither nor denied denies deny unlikely".split())
_AS_THEY_ARE = frozenset([SOURCE, TARGET, "March", "May"])
_TOKEN = re.compile(r"SRC|TGT|[A-Za-zÀ-ÿ0-9]+(?:[’'.-][A-Za-zÀ-ÿ0-9]+)*|[,;:?\"“”]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with the character spans of its source and its target."""

    text: str
    source: tuple[int, int]
    target: tuple[int, int]


def masked_tokens(marked: Marked) -> list[str]:
    """Return the tokens of a sentence, its two actors masked."""
    spans = sorted([(marked.source, SOURCE), (marked.target, TARGET)])
    (one, first_mask), (two, second_mask) = spans
    text = marked.text
    if two[0] < one[1]:  # "the two Koreas" are both
        return _TOKEN.findall(f"{text[: one[0]]} {first_mask} and {second_mask} {text[max(one[1], two[1]) :]}")
    return _TOKEN.findall(f"{text[: one[0]]} {first_mask} {text[one[1] : two[0]]} {second_mask} {text[two[1] :]}")


def lowered(tokens: Sequence[str]) -> list[str]:
    """Return the tokens in lower case, the masks and the months named like verbs as they are."""
    return [token if token in _AS_THEY_ARE else token.lower() for token in tokens]


def is_negation(token: str) -> bool:
    """Whether a lower-case token negates."""
    return token in NEGATIONS or (token[-1] == "t" and token.endswith(("n't", "n’t")))
