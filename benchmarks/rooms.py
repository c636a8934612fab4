"""Measure the rooms of dates and actors: the gold sets, and speed on news.

    python benchmarks/rooms.py DATA [--errors]

DATA is a folder with `news_2002_2012.jsonl.gz` and `kcna_2023_2024.jsonl.gz`. Writes `benchmarks/rooms.json`.
"""

import gc
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import chain
from pipeline.actors import load_finder, read_actors
from pipeline.dates import find_dates
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.training.build import ready_coder
from pipeline.training.gold import score_actors, score_dates, score_documents

GOLD = Path(__file__).parent.parent / "tests" / "gold"
EVERY = 3  # one article in this many is timed
ROUNDS = 3


def texts(data: Path) -> list[tuple[list[str], date]]:
    """Sentences and publication day of every third article."""
    files = [data / name for name in ("news_2002_2012.jsonl.gz", "kcna_2023_2024.jsonl.gz")]
    articles, _ = chain.collect(files, Settings())
    return [([one.text for one in split_sentences(a)], a.published_at.date()) for a in articles[::EVERY]]


def speeds(articles: list[tuple[list[str], date]]) -> dict[str, float]:
    """Megabytes of text a second of CPU time, the best of three rounds."""
    size = sum(len(text.encode()) for sentences, _ in articles for text in sentences) / 1e6
    finder = load_finder()
    work: dict[str, Callable[[], Any]] = {
        "names": lambda: [finder.scan(text) for sentences, _ in articles for text in sentences],
        "actors": lambda: [read_actors(finder, sentences, day) for sentences, day in articles],
        "dates": lambda: [find_dates(text, day) for sentences, day in articles for text in sentences],
    }
    return {"megabytes": round(size, 2)} | {name: round(size / _least(run), 2) for name, run in work.items()}


def _least(run: Callable[[], Any]) -> float:
    gc.collect()
    gc.freeze()  # as the line does with what stays: the collector would look through all the texts again and again
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    gold = {
        "dates": asdict(score_dates(GOLD / "dates.tsv")),
        "actors": asdict(score_actors(GOLD / "actors.tsv")),
        "actors_fresh": asdict(score_actors(GOLD / "actors_fresh.tsv")),
    }
    for name in ("documents", "documents_fresh"):
        gold[name] = asdict(score_documents(GOLD / f"{name}.jsonl", ready_coder(), Settings()))
    for name, scores in gold.items():
        errors = scores.pop("errors")
        if "--errors" in sys.argv:
            print(name, *errors, sep="\n  ")
    results = {"machine": platform.platform(), "gold": gold, "mb_per_second": speeds(texts(Path(sys.argv[1])))}
    text = json.dumps(results, indent=1) + "\n"
    Path(__file__).with_name("rooms.json").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
