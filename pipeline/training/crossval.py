"""How well the estimator does on story topics it was not trained on, from the labelled seeds alone."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import f1_score

from pipeline.coder.estimator import softmax
from pipeline.lexicon import load_lexicon
from pipeline.paths import seeds_dir
from pipeline.training.fit import prepare
from pipeline.training.labelled import read_labelled

_BINS = 10


def cross_validate() -> dict[str, float | int]:
    """Return figures over five folds split by topic.

    `type_macro_f1` and `type_accuracy` count sentences in the marked direction; `direction` is the share of
    reversed sentences that are seen to be no event; `calibration_error` is the expected calibration error of
    the chosen type's probability. All 0–1.
    """
    rows = read_labelled(seeds_dir() / "sentences")
    prepared = prepare(rows, load_lexicon())
    scores = prepared.scores
    labels, truth = prepared.classes, prepared.labels[: len(scores)]
    found = labels[scores.argmax(axis=1)]
    marked, turned = np.arange(len(rows)), np.arange(len(rows), 2 * len(rows))
    silent = turned[truth[turned] == "NONE"]
    sure = softmax(scores / np.float32(prepared.temperature)).max(axis=1)
    return {
        "sentences": len(rows),
        "type_macro_f1": float(f1_score(truth[marked], found[marked], average="macro")),
        "type_accuracy": float(np.mean(truth[marked] == found[marked])),
        "direction": float(np.mean(found[silent] == "NONE")),
        "calibration_error": _calibration_error(sure[marked], found[marked] == truth[marked]),
    }


def _calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(sure[bins == n].mean() - right[bins == n].mean()) * np.mean(bins == n) for n in np.unique(bins)]
    return float(sum(gaps))
