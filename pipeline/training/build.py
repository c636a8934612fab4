"""The project's estimator, rebuilt from the seeds when they change and cached otherwise."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import numpy
import sklearn

from pipeline.coder.estimator import EventEstimator, load_estimator, save_estimator
from pipeline.errors import SeedError
from pipeline.lexicon import load_lexicon
from pipeline.paths import cache_dir, seeds_dir
from pipeline.training.fit import Training, fit_estimator
from pipeline.training.labelled import read_labelled

_CODE = (
    *(f"coder/{name}.py" for name in ("tokens", "frame", "cues", "rules", "features", "vectors", "estimator")),
    *(f"training/{name}.py" for name in ("labelled", "lexical", "fit")),
    "lexicon.py",
)


def seeds_fingerprint() -> str:
    """Return 16 hexadecimal digits over labelled sentences, lexicon, scale, training code and versions."""
    digest = hashlib.blake2b(digest_size=8)
    seeds, package = seeds_dir(), Path(__file__).resolve().parent.parent
    files = [*sorted((seeds / "sentences").glob("*.tsv")), *sorted((seeds / "lexicon").glob("*.csv"))]
    for path in [*files, seeds / "scale.csv", *(package / name for name in _CODE)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update(f"{numpy.__version__} {sklearn.__version__}".encode())
    return digest.hexdigest()


@cache
def ready_estimator(rebuild: bool = False) -> EventEstimator:
    """Return the estimator of the present seeds, from the cache if it is there."""
    lexicon, fingerprint = load_lexicon(), seeds_fingerprint()
    path = cache_dir() / f"estimator-{fingerprint}.npz"
    if path.exists() and not rebuild:
        try:
            return load_estimator(path, lexicon, fingerprint)
        except (OSError, ValueError, KeyError):  # a damaged cache is only a cache
            path.unlink(missing_ok=True)
    training = Training.of(read_labelled(seeds_dir() / "sentences"), lexicon)
    estimator = fit_estimator(training, fingerprint)
    _store(estimator, path)
    return estimator


def _store(estimator: EventEstimator, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        save_estimator(estimator, beside)
        beside.replace(path)
    except OSError as error:
        raise SeedError(f"cannot cache the estimator at {path}: {error}; set ESCALATION_CACHE") from error
