"""Compare designs of the event-type head by cross-validation on the labelled seeds, without any other data.

    python benchmarks/designs.py

Two halves split by story over the rows that are not held out. Writes `benchmarks/designs.md`.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from pipeline.coder.vectors import GROUPS
from pipeline.lexicon import load_lexicon
from pipeline.paths import seeds_dir
from pipeline.training.build import fit_rules
from pipeline.training.fit import Training
from pipeline.training.labelled import read_labelled
from pipeline.training.lexical import BARE, COMPOSED

FOLDS = 2
HEADS: dict[str, Callable[[], object]] = {
    "LinearSVC, C 1 (chosen)": lambda: LinearSVC(C=1.0, random_state=0),
    "LinearSVC, C 0.25": lambda: LinearSVC(C=0.25, random_state=0),
    "SGDClassifier, logistic loss": lambda: SGDClassifier(
        loss="log_loss", alpha=1e-6, max_iter=8, tol=None, random_state=0
    ),
    "ComplementNB": ComplementNB,
}


def main() -> None:
    rows = [row for row in read_labelled(seeds_dir() / "sentences") if not row.held_out]
    training = Training.of(rows, load_lexicon())
    matrix, size = training.matrix, training.size
    lexical = np.arange(training.lexical_from, matrix.shape[0])
    batches = np.array([row.batch for row in training.lexical])
    columns = _columns(training)

    def score(head: Callable[[], object], lexicon: np.ndarray, forgetful: bool, keep: np.ndarray | None) -> str:
        found = np.empty(size, dtype=training.types.dtype)
        start = time.perf_counter()
        for train, test in GroupKFold(FOLDS).split(training.groups, groups=training.groups):
            chosen, labels, weights = training.examples(train)
            own = chosen < (training.lexical_from if forgetful else training.marked_at[-1] + 1)
            use = own | np.isin(chosen, lexicon)
            model, used = head(), matrix if keep is None else matrix[:, keep]
            model.fit(used[chosen[use]], labels[use], sample_weight=weights[use])
            found[test] = model.predict(used[training.marked_at[test]])
        seconds = time.perf_counter() - start
        macro = f1_score(training.types, found, average="macro")
        return f"{macro:.3f} | {np.mean(training.types == found):.3f} | {seconds:.0f}"

    svc, everything = HEADS["LinearSVC, C 1 (chosen)"], lexical
    lines = [f"| {name} | {score(head, everything, True, None)} |" for name, head in HEADS.items()]
    lines.append(f"| chosen, relying on the whole lexicon | {score(svc, everything, False, None)} |")
    lines.append(f"| chosen, without sentences of operators | {score(svc, lexical[batches == BARE], True, None)} |")
    lines.append(f"| chosen, without bare phrases | {score(svc, lexical[batches == COMPOSED], True, None)} |")
    for group in GROUPS:
        lines.append(f"| chosen, without the group `{group}` | {score(svc, everything, True, columns != group)} |")
    lines.append(f"| `words` alone, no lexicon | {score(svc, lexical[:0], False, columns == 'words')} |")
    lines.append(f"| the lexicon's rules alone | {_rules(training)} |")
    table = "\n".join(["| design | macro-F1 | accuracy | seconds |", "|---|---|---|---|", *lines])
    text = (
        "# Designs of the event-type head\n\nWritten by `python benchmarks/designs.py`: "
        f"{FOLDS} halves split by story over {size:,} labelled sentences that are not held out. The lexicon was "
        "written after reading them, so the figures flatter every design that uses it; the held-out stories in "
        f"`models/README.md` do not.\n\n{table}\n"
    )
    Path(__file__).with_name("designs.md").write_text(text)
    print(text)


def _columns(training: Training) -> np.ndarray:
    """Return the group of every column."""
    sizes = {group: len(own.names) for group, own in training.featurizer.vocabularies.items()}
    return np.repeat(list(sizes), list(sizes.values()))


def _rules(training: Training) -> str:
    coder = fit_rules(training.labelled, training.lexicon)
    start = time.perf_counter()
    found = np.array([answer.event_type for answer in coder.predict(row.marked for row in training.labelled)])
    macro = f1_score(training.types, found, average="macro")
    return f"{macro:.3f} | {np.mean(training.types == found):.3f} | {time.perf_counter() - start:.0f}"


if __name__ == "__main__":
    main()
