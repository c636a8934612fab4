"""A rebuilt estimator → accepted or refused by its measured figures, which are written down with its card.

`models/metrics.json` holds the figures of the accepted estimator and the hash of the seeds that gave it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.actors import load_finder
from pipeline.chain import corrections_of
from pipeline.coder.spans import marked_candidates
from pipeline.corrections import Correction
from pipeline.errors import SeedError
from pipeline.lexicon import load_lexicon
from pipeline.paths import models_dir, seeds_dir
from pipeline.propose import propose
from pipeline.records import Sentence
from pipeline.scanned import Scanned
from pipeline.store import Store
from pipeline.training.build import METRICS, accepted_figures, code_fingerprint, ready_estimator, seeds_fingerprint
from pipeline.training.card import card, reliability_plot
from pipeline.training.check import faults
from pipeline.training.fit import Training, calibrated
from pipeline.training.labelled import COLUMNS, read_labelled, read_table, tagged
from pipeline.training.measure import measure, worse

TAUGHT = "corrections.tsv"


def retrain() -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Measure the estimator of the present seeds; return its figures, the accepted ones, and what got worse.

    When author batches were added, both are compared on the batches that both were measured on.

    Raises
    ------
    SeedError
        If labelled sentences are copies of each other or lopsided.
    """
    rows = read_labelled(seeds_dir() / "sentences")
    found = faults(rows)
    if found:
        raise SeedError(f"{len(found)} faults in the labelled sentences, first {found[0]}")
    training = Training.of(rows, load_lexicon())
    figures, old = measure(training), accepted_figures()
    known = set(old.get("batches", figures.batches))
    compared = figures if known >= set(figures.batches) else measure(training, known)
    new = figures.as_dict() | {"phrases": len(training.lexicon.phrases)}
    made_from = {"seeds": seeds_fingerprint(), "code": code_fingerprint(), "temperatures": calibrated(training)}
    return new | made_from, old, worse(compared.as_dict(), old)


def accept(figures: dict[str, Any]) -> list[Path]:
    """Make the present estimator the accepted one: build it, and write figures, card and reliability plot."""
    folder = models_dir()
    try:
        (folder / METRICS).write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(card(figures), encoding="utf-8")
        reliability_plot(figures, folder / "reliability.svg")
    except OSError as error:
        raise SeedError(f"cannot write to {folder}: {error}; train in a checkout") from error
    ready_estimator.cache_clear()
    ready_estimator()
    return [folder / METRICS, folder / "README.md", folder / "reliability.svg"]


def teach(outputs: Path | str) -> int:
    """Add the corrections of an outputs folder to the labelled sentences, and return how many there are now.

    A claim whose two actors the finder does not see in the sentence cannot be marked, and is left out.
    """
    path = seeds_dir() / "sentences" / TAUGHT
    before = [tuple(row[name] for name in COLUMNS) for _, row in read_table(path, COLUMNS)] if path.exists() else []
    lines = {line[0]: line for line in before}
    for row in corrections_of(Store(outputs)).rows:
        marked = _marked(row)
        if marked is not None:
            kind = ("NONE", "", "") if row.verdict == "no event" else (row.event_type, row.mode, row.status)
            lines[marked] = (marked, *kind, "no", f"corrected-{row.corrected_at}")
    if lines:
        text = "".join("\t".join(line) + "\n" for line in (COLUMNS, *lines.values()))
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise SeedError(f"cannot write to {path}: {error.strerror}; train in a checkout") from error
    return len(lines)


def _marked(row: Correction) -> str | None:
    """Return the sentence of a correction with its two actors marked."""
    text = " ".join(row.sentence.split())
    day = date.fromisoformat(row.event_date or row.corrected_at)
    candidates = propose(Scanned([Sentence("", 0, 0, len(text), text)], load_finder(), day), max_actors=20)
    for candidate, marked in zip(candidates, marked_candidates(candidates), strict=True):
        apart = marked.source[1] <= marked.target[0] or marked.target[1] <= marked.source[0]
        if apart and (candidate.source.code, candidate.target.code) == (row.source, row.target):
            return tagged(marked)
    return None
