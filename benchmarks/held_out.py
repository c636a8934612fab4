"""Our own held-out sentences from end to end: actors, pairs, directions and types, by a coder of the other stories.

    python benchmarks/held_out.py

They are the held-out stories of the batches that mark every pair. A sentence is left out where a marked actor is not
one country to the finder, or where nobody marked a pair that is asked about. Nothing may be chosen by reading their
errors one by one. The standard error of their figures is one point, that of 300 sentences of the news three.
`benchmarks/coder.py` keeps them as `held_out`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.actors import load_finder
from pipeline.coder.prediction import Coder
from pipeline.coder.tokens import Span
from pipeline.lexicon import load_lexicon
from pipeline.paths import seeds_dir
from pipeline.propose import propose
from pipeline.records import Actor, Sentence
from pipeline.scale import NO_EVENT
from pipeline.scanned import Scanned
from pipeline.settings import Settings
from pipeline.training.build import accepted_figures
from pipeline.training.directed import evaluate_events
from pipeline.training.fit import Training, fit_estimator
from pipeline.training.labelled import Labelled, read_labelled

_ALL_PAIRS = ("digest_", "news_", "pairs_", "plain_")
_BUT = "plain_wire"
_TOLD = ("happened", "historical", "announced")
_ON = date(2015, 1, 1)
"""The sentences are undated; training asks on this day, too, who is in office."""


def sentences(rows: Sequence[Labelled]) -> Iterator[dict[str, Any]]:
    """Yield the held-out sentences of which every pair is marked, as `evaluate_events` reads them."""
    stories: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        if row.held_out and row.batch.startswith(_ALL_PAIRS) and row.batch != _BUT:
            stories[row.marked.text].append(row)
    for text, own in sorted(stories.items()):
        candidates = propose(
            Scanned([Sentence("", 0, 0, len(text), text)], load_finder(), _ON), Settings().coder.max_actors
        )
        actors = [actor for one in candidates for actor in (one.source, one.target)]
        marked = [(_codes(actors, row.marked.source), _codes(actors, row.marked.target)) for row in own]
        known = {frozenset(one | other) for one, other in marked}
        asked = {frozenset((one.source.code, one.target.code)) for one in candidates}
        if asked and asked <= known and all(len(one) == len(other) == 1 for one, other in marked):
            events = [event for row, pair in zip(own, marked, strict=True) for event in _events(row, *map(min, pair))]
            yield {"text": text, "published_at": _ON.isoformat(), "events": events}


def _codes(actors: Sequence[Actor], span: Span) -> set[str]:
    return {actor.code for actor in actors if actor.start < span[1] and span[0] < actor.end}


def _events(row: Labelled, source: str, target: str) -> Iterator[dict[str, Any]]:
    """Yield what a row tells of two countries: nothing, one event, or one each way."""
    if row.event_type != NO_EVENT and row.status in _TOLD and source != target:
        for one, other in ((source, target), (target, source))[: 1 + row.reciprocal]:
            yield {"source": one, "target": other, "types": [row.event_type], "certain": True}


def coder(rows: Sequence[Labelled]) -> Coder:
    """Return an estimator of the other stories."""
    training = Training.of([row for row in rows if not row.held_out], load_lexicon())
    return fit_estimator(training, "without held-out stories", accepted_figures()["temperatures"])


def scores() -> dict[str, Any]:
    """Return what is found of the events of the sentences."""
    rows = read_labelled(seeds_dir() / "sentences")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "held_out.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in sentences(rows)), encoding="utf-8")
        found = evaluate_events(file, coder(rows), Settings()).as_dict()
    del found["errors"]
    return found


if __name__ == "__main__":
    print(json.dumps(scores(), indent=1))
