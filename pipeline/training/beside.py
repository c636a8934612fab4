"""Heads that are fitted by a process of its own, while who asked for them fits another one: the same to the byte."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from scipy.sparse import csr_matrix

from pipeline.coder.estimator import Head
from pipeline.training.apart import GIVEN, MADE, got, is_worth_it, put, started
from pipeline.training.heads import Lesson


@contextmanager
def fitted_beside(matrix: csr_matrix, lessons: Sequence[Lesson]) -> Iterator[Callable[[], list[Head]]]:
    """Begin to fit heads, and yield what returns them in the order of their lessons, when they are done.

    Where there is no core for it, or the process fails, they are fitted here and then.
    """
    if not is_worth_it(matrix.shape[0]):
        yield lambda: _heads(matrix, lessons)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        put(folder, GIVEN, (matrix, lessons))
        with started(__name__, folder) as process:
            yield lambda: _heads(matrix, lessons) if process.wait() else cast(list[Head], got(folder, MADE))


def _heads(matrix: csr_matrix, lessons: Sequence[Lesson]) -> list[Head]:
    return [lesson.head(matrix) for lesson in lessons]


if __name__ == "__main__":
    own = Path(sys.argv[1])
    put(own, MADE, _heads(*got(own, GIVEN)))
