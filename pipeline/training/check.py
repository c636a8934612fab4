"""Labelled sentences → what is wrong with them as a whole: copies, name swaps, and lopsided batches.

A sentence may stand several times with other actors marked; two sentences that differ only in names or numbers, or
that share most of their word runs, teach nothing twice and would leak from training into what is measured.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.scale import NO_EVENT, load_scale
from pipeline.training.labelled import Labelled, tagged

MOST_MARKINGS = 15
"""Pairs that may be marked in one sentence: those of six countries."""
LIKENESS = 0.6
"""Share of the shorter sentence's word runs at which two sentences are near-duplicates."""
LARGEST_SHARE = 0.25
"""Share of a batch's rows that one event type may have."""
LEAST_ROWS = 5
"""Rows that every mode must have."""
_RUN = 4
_FEW = 4  # runs in common that chance and idiom may give
_SMALL_BATCH = 100
_NAME = re.compile(r"\b[A-Z][\w’'.-]*|\d[\w.,:-]*")
_WORD = re.compile(r"\w+")


def faults(rows: Sequence[Labelled]) -> list[str]:
    """Return every fault as a sentence that says what, where and what to do; none is as it should be."""
    return [*_markings(rows), *_copies(rows), *_batches(rows), *_modes(rows)]


def _markings(rows: Sequence[Labelled]) -> Iterator[str]:
    for text, count in Counter(row.marked.text for row in rows).items():
        if count > MOST_MARKINGS:
            yield f"{count} pairs are marked in {text!r}: keep {MOST_MARKINGS}"


def _copies(rows: Sequence[Labelled]) -> Iterator[str]:
    """Find sentences whose masked words share most of their runs of four, or all of their words."""
    texts = {row.marked.text: row for row in rows}
    masked = {text: _masked(row) for text, row in texts.items()}
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text, words in masked.items():
        mine = _runs(words)
        shared: Counter[str] = Counter(other for run in mine for other in places[run])
        for other, count in shared.items():
            least = min(len(mine), len(_runs(masked[other])))
            if words == masked[other] or count >= max(_FEW, LIKENESS * least):
                one, two = texts[text], texts[other]
                yield f"{one.batch}: {text!r} is too like {other!r} ({two.batch}): rewrite or delete one"
        for run in mine:
            places[run].append(text)


def _masked(row: Labelled) -> list[str]:
    """Return the lower-case words of a sentence, with actors, names and numbers masked."""
    bare = re.sub(r"<([st])>.*?</\1>", " X ", tagged(row.marked))
    return [word.lower() for word in _WORD.findall(_NAME.sub(" X ", bare))]


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[n : n + _RUN]) for n in range(max(1, len(words) - _RUN + 1))}


def _batches(rows: Sequence[Labelled]) -> Iterator[str]:
    for batch, size in Counter(row.batch for row in rows).items():
        types = Counter(row.event_type for row in rows if row.batch == batch and row.event_type != NO_EVENT)
        name, count = types.most_common(1)[0]
        if size >= _SMALL_BATCH and count > LARGEST_SHARE * size:
            yield f"{batch}: {count} of {size} rows are {name}: write of other types too"


def _modes(rows: Sequence[Labelled]) -> Iterator[str]:
    counts = Counter((row.event_type, row.mode) for row in rows)
    for event_type, mode in load_scale().entries:
        if mode and counts[event_type, mode] < LEAST_ROWS:
            yield f"only {counts[event_type, mode]} rows of {event_type}/{mode}: write {LEAST_ROWS} at least"
