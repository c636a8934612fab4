"""One step of the line in this process: reads what the step before left in a folder, and prints what it took as JSON.

    python benchmarks/steps.py STEP FOLDER

A step calls what the line calls. Where it is several stages at once, the sampler tells how much of its time is spent in
the code of each; `of` names the stage of a file by the beginning of its path, the first one that fits.
"""

import json
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import forget_peak, peak_mib, spent
from sampled import Sampler

from pipeline import chain
from pipeline.actors import load_finder
from pipeline.chain.coding import may_tell
from pipeline.chain.ingesting import Intake
from pipeline.coder.force import code_shows
from pipeline.coder.mentions import code_candidates
from pipeline.extract import Extractor
from pipeline.propose import propose
from pipeline.records import Article, Candidate, Mention, Raw
from pipeline.records import Sentence as Split
from pipeline.scale import load_scale
from pipeline.scanned import Scanned
from pipeline.sentences import article_text, split_sentences
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import read_sources
from pipeline.store import Store
from pipeline.tables import MENTIONS, table_of
from pipeline.training.build import ready_estimator

_CODED_TOGETHER = 20_000  # candidates: about what a batch of the line has
SETTINGS = Settings()
Given = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """What a step does with what was left before, under which name it leaves its result, and in what it is counted.

    `unit` is what its items are, and `counts` which of the things left are these.
    """

    work: Callable[[Given, Path], Any]
    leaves: str
    unit: str
    counts: str
    needs: Sequence[str] = ()
    of: dict[str, str] = field(default_factory=dict)
    """Beginning of a path → stage; what fits none is the step's own."""


def _read(_: Given, folder: Path) -> list[Any]:
    source = SourceSettings.of(Path((folder / "source").read_text(encoding="utf-8")))
    return list(read_sources([source], SETTINGS.articles.max_line_bytes))


def _extract(given: Given, _: Path) -> list[Article]:
    raws: list[Raw] = given["raws"]
    with Extractor(SETTINGS.articles, SETTINGS.pages) as extractor:
        return [one for one in extractor.extract(iter(raws)) if isinstance(one, Article)]


def _store(folder: Path) -> Store:
    return Store(folder / "outputs")


def _write(given: Given, folder: Path) -> int:
    store = _store(folder)
    with store.writing():
        intake = Intake(store, chain.Summary(), chain.clock)
        intake.take(given["articles"])
        intake.flush()
    return len(given["articles"])


def _copies(_: Given, folder: Path) -> int:
    store = _store(folder)
    with store.writing():
        chain.mark_copies(store, SETTINGS.copies)
    return 0


def _split(given: Given, _: Path) -> list[list[Split]]:
    days = _days(given)
    return [split_sentences(one) for one in given["articles"] if may_tell(one, days[one.article_id])]


def _days(given: Given) -> dict[str, Any]:
    return {a.article_id: SETTINGS.dates.local_day(a.published_at, a.outlet) for a in given["articles"]}


def _propose(given: Given, _: Path) -> list[Candidate]:
    finder, days, scale = load_finder(), _days(given), load_scale()
    scanned = [Scanned(own, finder, days[own[0].article_id]) for own in given["sentences"] if own]
    found = [one for article in scanned for one in propose(article, SETTINGS.coder.max_actors)]
    for article in scanned:
        code_shows(article, scale, SETTINGS)
    return found


def _code(given: Given, _: Path) -> list[Mention]:
    found, days, coder, scale = given["candidates"], _days(given), ready_estimator(), load_scale()
    parts = (found[n : n + _CODED_TOGETHER] for n in range(0, len(found), _CODED_TOGETHER))
    return [one for part in parts for one in code_candidates(part, days, coder, scale, SETTINGS)]


def _write_mentions(given: Given, folder: Path) -> int:
    by_day: dict[Any, list[Mention]] = {}
    printed = {one.article_id: one.published_at.date() for one in given["articles"]}
    for one in given["mentions"]:
        by_day.setdefault(printed[one.article_id], []).append(one)
    store = _store(folder)
    with store.writing():
        for day, own in sorted(by_day.items()):
            rows = sorted(own, key=lambda one: (one.article_id, one.sentence_no, one.mention_id))
            store.write_day("mentions", day, table_of(rows, MENTIONS), "measured")
    return len(given["mentions"])


def _publish(_: Given, folder: Path) -> int:
    store = _store(folder)
    with store.writing():
        return int(chain.publish(store, SETTINGS, None, chain.Summary(), anyway=True).events)


def _report(_: Given, folder: Path) -> int:
    return len(chain.write_report(_store(folder)))


_CODED = {"coder/timing": "dates", "dates/": "dates"}
_FEATURES = dict.fromkeys(
    (*(f"coder/{name}" for name in "features layout frame cues rules tokens spans vectors".split()), "lexicon"),
    "features",
)
STEPS = {
    "read": Step(_read, "raws", "articles", "raws"),
    "extract": Step(_extract, "articles", "articles", "articles", ("raws",)),
    "write": Step(_write, "", "articles", "articles", ("articles",)),
    "copies": Step(_copies, "", "articles", "articles", ("articles",)),
    "split": Step(
        _split, "sentences", "articles", "articles", ("articles",), {"actors/": "select", "coder/": "select"}
    ),
    "candidates": Step(
        _propose,
        "candidates",
        "articles",
        "articles",
        ("articles", "sentences"),
        {"coder/": "force", "lexicon": "force", "actors/": "actors", "dates/": "dates"},
    ),
    "classify": Step(
        _code, "mentions", "candidates", "candidates", ("articles", "candidates"), {**_CODED, **_FEATURES}
    ),
    "write mentions": Step(_write_mentions, "", "mentions", "mentions", ("articles", "mentions")),
    "publish": Step(
        _publish,
        "events",
        "mentions",
        "mentions",
        ("mentions",),
        {"merge": "merge", "score": "score", "index/": "index", "mapping": "index", "store/": "write"},
    ),
    "report": Step(_report, "", "mentions", "mentions", ("mentions",)),
}


def main(name: str, folder: Path) -> None:
    step = STEPS[name]
    load_finder(), load_scale()
    with spent() as set_up:
        if name == "classify":
            ready_estimator().predict([])
    given = {need: pickle.loads((folder / need).read_bytes()) for need in {*step.needs}}  # noqa: S301 - our own
    forget_peak()
    with spent() as took, Sampler() as sampler:
        left = step.work(given, folder)
    peak = peak_mib()
    if step.leaves:
        (folder / step.leaves).write_bytes(pickle.dumps(left))
    items = given.get(step.counts, left)
    found = {
        "items": items if isinstance(items, int) else len(items),
        "unit": step.unit,
        "cpu": took.cpu,
        "wall": took.wall,
        "peak_mib": peak,
        "set_up": round(set_up.cpu, 2),
        "shares": _shares(name.split(maxsplit=1)[0], step, sampler),
    }
    if name == "split":
        found["megabytes"] = round(sum(len(article_text(one).encode()) for one in given["articles"]) / 1e6, 2)
    print(json.dumps(found))


def _shares(name: str, step: Step, sampler: Sampler) -> dict[str, float]:
    """Return the share of each stage of a step, in the order in which the line comes to them."""
    seen: Counter[str] = Counter()
    for (file, _), count in sampler.seen.items():
        seen[next((stage for start, stage in step.of.items() if file.startswith(start)), name)] += count
    total = max(seen.total(), 1)
    order = [*dict.fromkeys(step.of.values()), name]
    return {stage: seen[stage] / total for stage in order if seen[stage]} or {name: 1.0}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
