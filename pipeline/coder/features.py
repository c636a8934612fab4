"""A sentence with source and target marked → named features, in five groups.

`words`: words, word pairs and word stems of the masked sentence. `between`: word and character n-grams of the
span between the two actors, without what commas cut out of it. `around`: the words that follow the source and those
before the target. `cues`: what the lexicon finds and where, voice, negation, modality and order, and what the two
actors are. `frame`: the sentence with its acts named by kind. Names are masked, so that the classifier learns what
was done and not who usually does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from pipeline.coder.cues import cues, distance
from pipeline.coder.frame import frame_features
from pipeline.coder.layout import NAME, Layout, PhraseFinder, layout_of
from pipeline.coder.rules import nearest_first, reading
from pipeline.coder.tokens import OTHER, SOURCE, TARGET, Marked, masked_tokens
from pipeline.lexicon import Phrase

_AFTER_SOURCE = 6  # words after the source, where its verb mostly stands
_BEFORE_TARGET = 4  # words before the target: "condemned", "an attack on", "handed over to"
_SPAN = 12  # words nearest the second actor that count as the span between
_RUN = 4  # letters


class Features(NamedTuple):
    """The feature names of one marked sentence, and its lexicon phrases with their distance from the pair."""

    words: list[str]
    between: list[str]
    around: list[str]
    cues: list[str]
    frame: list[str]
    phrases: tuple[tuple[Phrase, int], ...]


def extract_features(marked: Marked, lexicon: PhraseFinder) -> Features:
    """Return all features of a marked sentence."""
    if marked.source <= marked.target:
        layout, source, target = _placed(marked, lexicon)
    else:
        layout, target, source = _placed(marked.turned(), lexicon)
    left, right = min(source, target), max(source, target)
    lower, plain = _named(layout.lower, source, target), _named(layout.plain, source, target)
    pairs = _pairs_named(layout, plain, left, right)
    return Features(
        words=[*plain, *pairs, *layout.stems],
        between=_between(plain[left : right + 1]),
        around=[
            *_around("s> ", plain, source, source + _AFTER_SOURCE),
            *_around("<t ", plain, target - _BEFORE_TARGET, target),
        ],
        cues=[
            *cues(lower, layout.acts, layout.signals, source, target),
            *_ruled(lower, layout, source, target),
            *_parts_played(marked, layout),
        ],
        frame=frame_features(layout.frame, lower, source, target),
        phrases=tuple([(act.match.phrase, distance(act.match, left, right)) for act in layout.acts]),
    )


@lru_cache(maxsize=64)
def _placed(forward: Marked, lexicon: PhraseFinder) -> tuple[Layout, int, int]:
    """Return the layout of a sentence whose source comes first, and where both stand; the way back is asked next."""
    tokens = masked_tokens(forward)
    return layout_of(tokens, lexicon), tokens.index(SOURCE), tokens.index(TARGET)


def _named(tokens: Sequence[str], source: int, target: int) -> list[str]:
    named = list(tokens)
    named[source], named[target] = SOURCE, TARGET
    return named


def _pairs_named(layout: Layout, plain: Sequence[str], left: int, right: int) -> list[str]:
    """Return the word pairs, made anew where one of the two actors stands."""
    pairs = list(layout.pairs)
    for n in {left - 1, left, right - 1, right}:
        if 0 <= n < len(pairs):
            pairs[n] = f"{plain[n]} {plain[n + 1]}"
    return pairs


def _between(span: Sequence[str]) -> list[str]:
    span = _core(span)
    near = span[-_SPAN:]
    found = [*near, *[f"{one} {two}" for one, two in pairwise(near)]]
    found += ["end " + " ".join(span[-3:]), "start " + " ".join(span[:3])]
    for token in near[:-1]:
        if len(token) > 3 and token not in (NAME, OTHER):
            found += _letters(token)
    return found


def _core(span: Sequence[str]) -> Sequence[str]:
    """Return a span without what stands between its first and its last comma: "SRC, which had …, condemned TGT"."""
    commas = [n for n, token in enumerate(span) if token in (",", ";")]
    return [*span[: commas[0]], *span[commas[-1] :]] if len(commas) > 1 else span


@lru_cache(maxsize=1 << 16)
def _letters(token: str) -> tuple[str, ...]:
    """Return the runs of letters of a word, its ends among them."""
    padded = f"<{token}>"
    return tuple(["#" + padded[n : n + _RUN] for n in range(len(padded) - _RUN + 1)])


def _ruled(lower: Sequence[str], layout: Layout, source: int, target: int) -> Iterator[str]:
    """Yield what the lexicon's rules would answer, and in the other direction."""
    near = nearest_first(layout.acts, source, target)
    for name, ends in (("rule", (source, target)), ("turned rule", (target, source))):
        told = reading(lower, near, *ends)
        yield f"{name} {told.event_type} {told.status}" if told else f"{name} NONE"
        if told:
            yield f"{name} {told.event_type}"


def _parts_played(marked: Marked, layout: Layout) -> Iterator[str]:
    """Yield what the actors are: "fishermen" are sent home otherwise than "diplomats" are; names say nothing."""
    for mask, (start, end) in ((SOURCE, marked.source), (TARGET, marked.target)):
        last = marked.text[start:end].rpartition(" ")[2]
        if last.islower():
            yield f"{mask} is {last}"
            yield from [f"{mask} is {last} {act.match.phrase.event_type}" for act in layout.acts]


def _around(prefix: str, plain: Sequence[str], first: int, last: int) -> list[str]:
    near = plain[max(0, first) : last + 1]
    return [*[prefix + one for one in near], *[f"{prefix}{one} {two}" for one, two in pairwise(near)]]
