"""Labelled rows → gathered features, half of them by a second process where there is a second core.

The process is `python -m pipeline.training.halves FOLDER`: one that imported its parent's script would run that anew.
What comes back is the same to the byte as what one process gathers; if it does not come back, one process gathers it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from pipeline.coder.vectors import Gathered
from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.training.labelled import Labelled
from pipeline.training.views import add_lexical, gather_labelled

MANY = 5_000
"""Rows from which a second process, which takes three seconds to start, is worth it."""
_SHARE = 0.58
"""Of the rows that the second process takes; the first has the lexicon's sentences besides."""
_GIVEN, _GATHERED = "given", "gathered"


def gathered_views(labelled: Sequence[Labelled], lexicon: Lexicon) -> tuple[Gathered, list[Labelled]]:
    """Return all views of labelled rows and of the lexicon's own sentences, and these sentences."""
    if len(labelled) < MANY or (os.cpu_count() or 1) < 2 or lexicon is not load_lexicon():
        rows = gather_labelled(labelled, lexicon)
        return rows, add_lexical(rows, lexicon)
    start = round(len(labelled) * (1 - _SHARE))
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / _GIVEN).write_bytes(pickle.dumps((labelled[start:], start)))
        with subprocess.Popen([sys.executable, "-m", __name__, name]) as process:  # noqa: S603 - our own module
            rows = gather_labelled(labelled[:start], lexicon)
            lexical = add_lexical(rows, lexicon)
            failed = process.wait()
        rest = gather_labelled(labelled[start:], lexicon, start) if failed else _read(folder / _GATHERED)
    rows.extend(rest)
    return rows, lexical


def _read(path: Path) -> Gathered:
    with path.open("rb") as file:
        return cast(Gathered, pickle.load(file))  # noqa: S301 - of our own process, in a folder of our own


def _gather(folder: Path) -> None:
    labelled, start = pickle.loads((folder / _GIVEN).read_bytes())  # noqa: S301 - as above
    with (folder / _GATHERED).open("wb") as file:
        pickle.dump(gather_labelled(labelled, load_lexicon(), start), file)


if __name__ == "__main__":
    _gather(Path(sys.argv[1]))
