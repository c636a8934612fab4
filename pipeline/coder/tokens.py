"""A sentence with its actors marked → tokens in which they stand as SRC, TGT and OTH."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SOURCE, TARGET, OTHER = "SRC", "TGT", "OTH"
NEGATIONS = frozenset("not never no cannot without neither nor denied denies deny unlikely".split())
_AS_THEY_ARE = frozenset([SOURCE, TARGET, OTHER, "March", "May"])
Span = tuple[int, int]
_TOKEN = re.compile(r"SRC|TGT|OTH|[A-Za-zÀ-ÿ0-9]+(?:[’'.-][A-Za-zÀ-ÿ0-9]+)*|[,;:?\"“”]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with the character spans of its source, its target, and the other countries named in it."""

    text: str
    source: Span
    target: Span
    others: tuple[Span, ...] = ()

    def turned(self) -> Marked:
        """Return the same sentence with the roles exchanged."""
        return Marked(self.text, self.target, self.source, self.others)


def masked_tokens(marked: Marked) -> list[str]:
    """Return the tokens of a sentence, its actors masked; of overlapping ones source and target stand."""
    text, source, target = marked.text, marked.source, marked.target
    first, second = ((source, SOURCE), (target, TARGET)) if source <= target else ((target, TARGET), (source, SOURCE))
    spans = [first, second]
    if second[0][0] < first[0][1]:  # "the two Koreas" are both
        start, middle, end = first[0][0], first[0][1], max(first[0][1], second[0][1])
        spans = [((start, middle), first[1]), ((middle, end), f"and {second[1]}")]
    for one in marked.others:
        if all(one[1] <= start or one[0] >= end for (start, end), _ in spans):
            spans.append((one, OTHER))
    pieces, position = [], 0
    for (start, end), mask in sorted(spans):
        pieces += [text[position:start], mask]
        position = end
    return _TOKEN.findall(" ".join([*pieces, text[position:]]))


def lowered(tokens: Sequence[str]) -> list[str]:
    """Return the tokens in lower case, the masks and the months named like verbs as they are."""
    return [token if token in _AS_THEY_ARE else token.lower() for token in tokens]


def is_negation(token: str) -> bool:
    """Whether a lower-case token negates."""
    return token in NEGATIONS or (token[-1] == "t" and token.endswith(("n't", "n’t")))
