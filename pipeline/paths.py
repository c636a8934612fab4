"""Where the project's own data lie, in the installed package or beside it in a checkout, and a digest of files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.errors import SeedError

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_dir(name: str) -> Path:
    """Return the folder `name` ("seeds" or "models").

    Raises
    ------
    SeedError
        If neither the wheel nor a checkout carries it.
    """
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise SeedError(f"the folder {name!r} is neither in the package {_PACKAGE} nor beside it: reinstall")


def seeds_dir() -> Path:
    """Return the folder of the seeds: scale, actors, lexicon, labelled sentences, demo articles."""
    return data_dir("seeds")


def models_dir() -> Path:
    """Return the folder of the accepted estimator's figures and card."""
    return data_dir("models")


def cache_dir() -> Path:
    """Return the folder for rebuilt estimators: $ESCALATION_CACHE, else the user's cache folder."""
    own = os.environ.get("ESCALATION_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "escalation-index"


def state_dir() -> Path:
    """Return the folder for work that outlives a run: $ESCALATION_STATE, else the user's state folder."""
    own = os.environ.get("ESCALATION_STATE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "escalation-index"


def digest_of(files: Iterable[Path]) -> str:
    """Return 16 hexadecimal digits over the names and bytes of files: code and seeds that something was made with."""
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
