"""Measure the coder: accuracy on files of other people's, speed, build time, memory, determinism.

    python benchmarks/coder.py DATA

DATA is a folder with `plv_dev.tsv`, `actors_dev_conll.txt`, `petrarch_unit_gold.jsonl` and
`news_2002_2012.jsonl.gz`; the labels of sentences drawn from the last are in `drawn.jsonl`. Our own held-out sentences
are coded besides (`held_out.py`). Writes `benchmarks/coder.json`.
"""

import hashlib
import json
import platform
import resource
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import held_out
from drawn import labelled

from pipeline import chain
from pipeline.actors import load_finder
from pipeline.coder.estimator import save_estimator
from pipeline.coder.mentions import code_candidates
from pipeline.coder.prediction import Coder
from pipeline.coder.spans import marked_candidates
from pipeline.lexicon import load_lexicon
from pipeline.paths import seeds_dir
from pipeline.propose import propose
from pipeline.records import Sentence
from pipeline.scale import load_scale
from pipeline.scanned import Scanned
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.training.build import accepted_figures, ready_coder
from pipeline.training.directed import evaluate_events, evaluate_spans
from pipeline.training.evaluate import evaluate_file
from pipeline.training.fit import Training, fit_estimator
from pipeline.training.labelled import read_labelled

COUNTRIES = {line.split(",")[0] for line in (seeds_dir() / "actors" / "countries.csv").read_text().splitlines()[1:]}


def petrarch(path: Path, coder: Coder) -> dict[str, Any]:
    """Direction on unit-test sentences with two real countries, and silence where no event is wanted."""
    finder, settings = load_finder(), Settings()
    counts = dict.fromkeys(("pairs", "coded", "right", "quiet", "silent", "quiet_with_pair", "silent_with_pair"), 0)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, day = row["text"], date.fromisoformat(f"{row['date'][:4]}-{row['date'][4:6]}-{row['date'][6:]}")
        events = [
            (e["sourcecode"][:3], e["targetcode"][:3]) for e in row["events"] if {"sourcecode", "targetcode"} <= set(e)
        ]
        gold = {(s, t) for s, t in events if s != t and {s, t} <= COUNTRIES}
        candidates = propose(Scanned([Sentence("a", 0, 0, len(text), text)], finder, day), 6)
        mentions = code_candidates(candidates, {"a": day}, coder, load_scale(), settings)
        found = {(m.source, m.target) for m in mentions if m.status != "denied"}
        if not row["events"] or "noevents" in row["events"][0]:
            counts["quiet"] += 1
            counts["silent"] += not found
            counts["quiet_with_pair"] += bool(candidates)
            counts["silent_with_pair"] += bool(candidates) and not found
        counts["pairs"] += len(gold)
        counts["coded"] += sum(pair in found or pair[::-1] in found for pair in gold)
        counts["right"] += sum(pair in found for pair in gold)
    return counts | {"direction": counts["right"] / max(1, counts["coded"])}


def drawn(news: Path, coder: Coder) -> dict[str, Any]:
    """Events found in the sentences of the news that readers labelled."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "drawn.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in labelled(news)), encoding="utf-8")
        scores = evaluate_events(file, coder, Settings()).as_dict()
    del scores["errors"]  # they quote the sentences
    return scores


def speed(path: Path) -> dict[str, float]:
    """Candidates a second of CPU time, on a twelfth of the news."""
    articles, _ = chain.collect([path], Settings())
    finder = load_finder()
    candidates = [
        c for a in articles[::12] for c in propose(Scanned(split_sentences(a), finder, a.published_at.date()), 6)
    ]
    marked = marked_candidates(candidates)
    rates: dict[str, float] = {"candidates": len(candidates)}
    for kind in ("estimator", "lexicon"):
        coder = ready_coder(kind)
        coder.predict(marked[:500])
        start = time.process_time()
        coder.predict(marked)
        rates[f"{kind}_per_second"] = round(len(marked) / (time.process_time() - start))
    return rates


def build() -> dict[str, Any]:
    """Build the estimator twice, its temperatures known, as after `escalation train`: seconds, and the same bytes?"""
    temperatures = accepted_figures()["temperatures"]
    digests, seconds = set(), []
    for _ in range(2):
        start = time.perf_counter()
        training = Training.of(read_labelled(seeds_dir() / "sentences"), load_lexicon())
        estimator = fit_estimator(training, "", temperatures)
        seconds.append(round(time.perf_counter() - start, 1))
        with TemporaryDirectory() as folder:
            file = Path(folder) / "estimator.npz"
            save_estimator(estimator, file)
            digests.add(hashlib.blake2b(file.read_bytes()).hexdigest())
    return {"seconds": seconds, "same_bytes": len(digests) == 1}


def build_peak() -> list[float]:
    """Peak memory of a process that builds the estimator and does nothing else, and of the one that helps it, GiB."""
    command = (
        "import re, resource; from pathlib import Path; from pipeline.lexicon import load_lexicon; "
        "from pipeline.paths import seeds_dir; "
        "from pipeline.training.fit import Training, fit_estimator; "
        "from pipeline.training.labelled import read_labelled; "
        "fit_estimator(Training.of(read_labelled(seeds_dir() / 'sentences'), load_lexicon()), '', (1.0, 1.0)); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", command], check=True, capture_output=True)  # noqa: S603
    return [round(int(kib) / 2**20, 2) for kib in done.stdout.split()]


def main() -> None:
    data = Path(sys.argv[1])
    results: dict[str, Any] = {"machine": platform.platform(), "speed": speed(data / "news_2002_2012.jsonl.gz")}
    results["peak_memory_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    for kind in ("estimator", "lexicon"):
        coder = ready_coder(kind)
        benchmark = evaluate_file(data / "plv_dev.tsv", coder, Settings().coder.min_probability).as_dict()
        benchmark["confusions"] = {f"{c['truth']} as {c['found']}": c["count"] for c in benchmark["confusions"][:12]}
        results[kind] = {
            "plv_dev": benchmark,
            "actors_dev_conll": asdict(evaluate_spans(data / "actors_dev_conll.txt", coder)),
            "petrarch_unit_gold": petrarch(data / "petrarch_unit_gold.jsonl", coder),
        }
        results[kind]["drawn"] = drawn(data / "news_2002_2012.jsonl.gz", coder)
    results["held_out"] = held_out.scores()
    results["build"] = build() | {"peak_gib": build_peak()}
    text = json.dumps(results, indent=1) + "\n"
    Path(__file__).with_name("coder.json").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
