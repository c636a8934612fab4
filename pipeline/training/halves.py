"""Labelled rows → the features that are learnt, with what takes memory done by processes that end with it.

Each half of the rows is gathered by a process of its own where there are cores for it, and a third one learns the
vocabularies of both; who asked reads the matrix. The names of all features, tens of millions, are never in its memory.
What comes back is the same to the byte as what one process learns; where a process fails, this one does it all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

from scipy.sparse import csr_matrix

from pipeline.coder.vectors import Featurizer
from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.training.apart import GIVEN, MADE, got, is_worth_it, put, started
from pipeline.training.gathered import Rows, learnt
from pipeline.training.labelled import Labelled
from pipeline.training.views import add_lexical, gather_labelled

_FIRST = 0.55
"""Share of the rows that the first process takes; the second has the lexicon's sentences besides."""


class Half(NamedTuple):
    """Labelled rows, of which the first is number `start` of all, and the lexicon's sentences that go with them."""

    labelled: Sequence[Labelled]
    start: int
    lexical: Sequence[Labelled]

    def gathered(self, lexicon: Lexicon) -> dict[str, Rows]:
        """Return all views of these rows, by group of features."""
        views = gather_labelled(self.labelled, lexicon, self.start)
        add_lexical(views, self.lexical, lexicon)
        return views.rows()


def learnt_views(
    labelled: Sequence[Labelled], lexical: Sequence[Labelled], lexicon: Lexicon
) -> tuple[Featurizer, csr_matrix]:
    """Return the featurizer and the matrix of all views of labelled rows, and of the lexicon's own sentences."""
    if is_worth_it(len(labelled)) and lexicon is load_lexicon():
        cut = round(len(labelled) * _FIRST)
        with TemporaryDirectory() as folder:
            made = _made(Path(folder), Half(labelled[:cut], 0, ()), Half(labelled[cut:], cut, lexical))
        if made:
            return made
    return learnt([Half(labelled, 0, lexical).gathered(lexicon)])


def _made(folder: Path, *halves: Half) -> tuple[Featurizer, csr_matrix] | None:
    """Return what processes of their own learn of two halves; None if one of them fails."""
    one, two = folders = folder / "one", folder / "two"
    for half, own in zip(halves, folders, strict=True):
        put(own, GIVEN, half)
    with started(__name__, one) as first, started(__name__, two) as second:
        failed = first.wait(), second.wait()
    if any(failed):
        return None
    with started(__name__, folder, one, two) as last:
        return None if last.wait() else cast(tuple[Featurizer, csr_matrix], got(folder, MADE))


def _make(folder: Path, *halves: Path) -> None:
    """Learn of what stands gathered in the folders of halves; without them, gather the half in the folder."""
    put(folder, MADE, learnt([got(half, MADE) for half in halves]) if halves else _gathered(folder))


def _gathered(folder: Path) -> dict[str, Rows]:
    half: Half = got(folder, GIVEN)
    return half.gathered(load_lexicon())


if __name__ == "__main__":
    _make(*map(Path, sys.argv[1:]))
