"""Labelled rows → gathered features, each half by a process of its own where there are cores for it.

A process is `python -m pipeline.training.halves FOLDER`: one that imported its parent's script would run that anew.
The names of its features, tens of millions, stay in its memory and end with it; its parent reads numbers. They are the
same to the byte as what one process gathers; a half that does not come back is gathered here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.training.gathered import Rows
from pipeline.training.labelled import Labelled
from pipeline.training.views import add_lexical, gather_labelled

MANY = 5_000
"""Rows from which processes of their own, which take three seconds to start, are worth it."""
_FIRST = 0.58
"""Share of the rows that the first process takes; the second has the lexicon's sentences besides."""
_GIVEN, _GATHERED = "given", "gathered"


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


def gathered_views(
    labelled: Sequence[Labelled], lexical: Sequence[Labelled], lexicon: Lexicon
) -> list[dict[str, Rows]]:
    """Return all views of labelled rows and of the lexicon's own sentences, one half after the other."""
    if len(labelled) < MANY or (os.cpu_count() or 1) < 2 or lexicon is not load_lexicon():
        return [Half(labelled, 0, lexical).gathered(lexicon)]
    cut = round(len(labelled) * _FIRST)
    halves = Half(labelled[:cut], 0, ()), Half(labelled[cut:], cut, lexical)
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        folders = Path(one), Path(two)
        with _started(halves[0], folders[0]) as first, _started(halves[1], folders[1]) as second:
            failed = first.wait(), second.wait()
        return [
            half.gathered(lexicon) if lost else _read(folder)
            for half, folder, lost in zip(halves, folders, failed, strict=True)
        ]


def _started(half: Half, folder: Path) -> subprocess.Popen[bytes]:
    (folder / _GIVEN).write_bytes(pickle.dumps(half))
    return subprocess.Popen([sys.executable, "-m", __name__, str(folder)])  # noqa: S603 - our own module


def _read(folder: Path) -> dict[str, Rows]:
    with (folder / _GATHERED).open("rb") as file:
        return cast(dict[str, Rows], pickle.load(file))  # noqa: S301 - of our own process, in a folder of our own


def _gather(folder: Path) -> None:
    half: Half = pickle.loads((folder / _GIVEN).read_bytes())  # noqa: S301 - as above
    with (folder / _GATHERED).open("wb") as file:
        pickle.dump(half.gathered(load_lexicon()), file)


if __name__ == "__main__":
    _gather(Path(sys.argv[1]))
