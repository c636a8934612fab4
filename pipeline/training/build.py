"""The project's estimator, rebuilt from the seeds when they change and cached otherwise."""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy

from pipeline.coder.estimator import EventEstimator, load_estimator, save_estimator
from pipeline.coder.prediction import Coder, Prediction
from pipeline.coder.rules import LexiconCoder
from pipeline.coder.tokens import Marked
from pipeline.errors import SeedError
from pipeline.lexicon import Lexicon, load_lexicon
from pipeline.paths import cache_dir, digest_of, models_dir, seeds_dir
from pipeline.training.labelled import Labelled, read_labelled

_CODE = (
    *(f"actors/{name}.py" for name in ("dictionary", "finder", "places")),
    *(
        f"coder/{name}.py"
        for name in ("tokens", "spans", "frame", "cues", "layout", "rules", "features", "vectors", "estimator")
    ),
    *(f"training/{name}.py" for name in ("labelled", "lexical", "found", "gathered", "views", "heads", "fit")),
    "lexicon.py",
    "inflection.py",
)
METRICS = "metrics.json"
_log = logging.getLogger(__name__)
_LOADING = Lock()
"""Held while a coder is loaded: who asks for it then waits, and finds it loaded."""


def seeds_fingerprint() -> str:
    """Return 16 hexadecimal digits over labelled sentences, lexicon, actors and scale."""
    seeds = seeds_dir()
    kinds = ("sentences/*.tsv", "lexicon/*.csv", "actors/*.csv")
    return digest_of([*(path for kind in kinds for path in sorted(seeds.glob(kind))), seeds / "scale.csv"])


def code_fingerprint() -> str:
    """Return 16 hexadecimal digits over the code that makes features and fits heads."""
    package = Path(__file__).resolve().parent.parent
    return digest_of([package / name for name in _CODE])


def accepted_figures() -> dict[str, Any]:
    """Return the figures of the accepted estimator, with the fingerprints it was made from; empty if there is none."""
    path = models_dir() / METRICS
    return cast(dict[str, Any], json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


@cache
def ready_estimator() -> EventEstimator:
    """Return the accepted estimator from the cache, else the one of the present seeds, built if need be.

    When the seeds have changed, the accepted estimator stays in use while the cache has it.
    """
    seeds = seeds_fingerprint()
    accepted = accepted_figures().get("seeds", seeds)
    if accepted != seeds:
        kept = _load(accepted)
        if kept is not None:
            _log.warning("the seeds have changed: run `escalation train` to measure and accept the new estimator")
            return kept
    return _load(seeds) or _build(seeds)


def _load(seeds: str) -> EventEstimator | None:
    path = _cached(seeds)
    if not path.exists():
        return None
    try:
        return load_estimator(path, load_lexicon(), path.stem)
    except (OSError, ValueError, KeyError):  # a damaged cache is only a cache
        path.unlink(missing_ok=True)
        return None


def _build(seeds: str) -> EventEstimator:
    from pipeline.training.fit import Training, fit_estimator  # noqa: PLC0415 - scikit-learn weighs, and is rarely needed

    path = _cached(seeds)
    known = accepted_figures()
    same = (known.get("seeds"), known.get("code")) == (seeds, code_fingerprint())
    training = Training.of(read_labelled(seeds_dir() / "sentences"), load_lexicon())
    estimator = fit_estimator(training, path.stem, known.get("temperatures") if same else None)
    _store(estimator, path)
    return estimator


def _cached(seeds: str) -> Path:
    versions = hashlib.blake2b(f"{numpy.__version__} {version('scikit-learn')}".encode(), digest_size=4).hexdigest()
    return cache_dir() / f"estimator-{seeds}-{code_fingerprint()}-{versions}.npz"


@dataclass(frozen=True)
class LateCoder:
    """An estimator that is loaded when it first codes: a process that has others code needs its fingerprint only."""

    fingerprint: str

    def predict(self, sentences: Iterable[Marked]) -> list[Prediction]:
        """Code marked sentences."""
        return ready_estimator().predict(sentences)

    def choose(self, sentences: Iterable[Marked]) -> list[str]:
        """Return event types of marked sentences that are known to have an event."""
        return ready_estimator().choose(sentences)


def late_coder(kind: str) -> Coder:
    """Return `ready_coder`, loaded late if the cache has it."""
    seeds = seeds_fingerprint()
    accepted = accepted_figures().get("seeds", seeds)
    path = _cached(accepted if _cached(accepted).exists() else seeds)
    return LateCoder(path.stem) if kind == "estimator" and path.exists() else ready_coder(kind)


@cache
def ready_coder(kind: str = "estimator") -> Coder:
    """Return the coder of that kind: the estimator, or the lexicon's rules ("lexicon")."""
    with _LOADING:
        if kind == "estimator":
            coder: Coder = ready_estimator()
        else:
            coder = fit_rules(_kept_rows(), load_lexicon(), f"{seeds_fingerprint()}-{code_fingerprint()}")
        gc.collect()
        gc.freeze()  # it stays for good: looking through it again and again costs the collector a fifth of the coding
    return coder


def fit_rules(rows: Sequence[Labelled], lexicon: Lexicon, fingerprint: str = "") -> LexiconCoder:
    """Return the lexicon's rules, with the share of right answers of every type among labelled rows."""
    found = LexiconCoder(lexicon, {}, "").predict(row.marked for row in rows)
    answers = Counter(prediction.event_type for prediction in found)
    pairs = zip(found, rows, strict=True)
    right = Counter(prediction.event_type for prediction, row in pairs if prediction.event_type == row.event_type)
    shares = {name: (right[name] + 1) / (count + 2) for name, count in answers.items()}
    return LexiconCoder(lexicon, shares, f"lexicon {fingerprint}")


def _kept_rows() -> list[Labelled]:
    return [row for row in read_labelled(seeds_dir() / "sentences") if not row.held_out]


def _store(estimator: EventEstimator, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        save_estimator(estimator, beside)
        beside.replace(path)
    except OSError as error:
        raise SeedError(f"cannot cache the estimator at {path}: {error}; set ESCALATION_CACHE") from error
