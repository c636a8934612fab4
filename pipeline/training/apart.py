"""Work for a process of its own: what it is given and what it makes are files in a folder.

A process is `python -m MODULE FOLDER ...`: one that imported its parent's script would run that anew.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

MANY = 5_000
"""Rows from which processes of their own, which take three seconds to start, are worth it."""
GIVEN, MADE = "given", "made"


def is_worth_it(rows: int) -> bool:
    """Whether there are rows enough for processes of their own, and a core for a second one."""
    return rows >= MANY and (os.cpu_count() or 1) > 1


def started(module: str, *folders: Path) -> subprocess.Popen[bytes]:
    """Return a process that runs one of our modules on some folders."""
    return subprocess.Popen([sys.executable, "-m", module, *map(str, folders)])  # noqa: S603 - our own module


def put(folder: Path, name: str, value: Any) -> None:
    """Write a value into a folder, which is made if need be."""
    folder.mkdir(exist_ok=True)
    with (folder / name).open("wb") as file:
        pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)


def got(folder: Path, name: str) -> Any:
    """Read a value from a folder."""
    with (folder / name).open("rb") as file:
        return pickle.load(file)  # noqa: S301 - of our own process, in a folder of our own
