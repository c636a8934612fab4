"""Measure the stages on generated work: items a second and share of the time, and the peak memory.

    python benchmarks/stages.py [ARTICLES] [SOURCE]

Without SOURCE the demo articles are repeated, each under a new url and day, until there are ARTICLES of them
(default 2000). Writes `benchmarks/results.json`.
"""

import json
import platform
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline import chain
from pipeline.actors import load_finder
from pipeline.chain.ingesting import Intake
from pipeline.chain.view import view_at
from pipeline.coder.mentions import code_candidates
from pipeline.paths import seeds_dir
from pipeline.propose import propose
from pipeline.records import Article, content_id
from pipeline.scale import load_scale
from pipeline.score import end_of
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import ARTICLES, CODED, COPIES, MENTIONS, table_of
from pipeline.training.build import ready_estimator


def repeated(articles: list[Article], wanted: int) -> list[Article]:
    rows = []
    for n in range(wanted):
        article = articles[n % len(articles)]
        day = article.published_at + timedelta(days=n // len(articles))
        rows.append(replace(article, article_id=content_id(str(n)), url="", published_at=day))
    return rows


def timed(results: dict[str, Any], name: str, items: int, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    value = work()
    results[name] = {"items": items, "seconds": round(time.perf_counter() - start, 3)}
    return value


def stored(store: Store, articles: list[Article]) -> None:
    intake = Intake(store, chain.Summary(), chain.clock)
    intake.take(articles)
    intake.flush()


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    source = Path(sys.argv[2]) if len(sys.argv) > 2 else seeds_dir() / "articles"
    settings, estimator, finder = Settings(), ready_estimator(), load_finder()
    stages: dict[str, Any] = {}
    found, _ = chain.collect([source], settings)
    articles = found if len(sys.argv) > 2 else repeated(found, wanted)
    published = {a.article_id: a.published_at.date() for a in articles}
    sentences = timed(stages, "split", len(articles), lambda: [split_sentences(a) for a in articles])
    count = sum(map(len, sentences))
    candidates = timed(
        stages,
        "propose",
        count,
        lambda: [c for rows in sentences if rows for c in propose(rows, finder, published[rows[0].article_id], 6)],
    )
    scale = load_scale()
    mentions = timed(
        stages,
        "code",
        len(candidates),
        lambda: [
            m
            for n in range(0, len(candidates), 5000)
            for m in code_candidates(candidates[n : n + 5000], published, estimator, scale, settings)
        ],
    )
    last = end_of(max(published.values()))
    view = view_at(table_of(articles, ARTICLES), CODED.empty_table(), COPIES.empty_table(), last, settings)
    table = table_of(mentions, MENTIONS)
    events = timed(stages, "merge", len(mentions), lambda: chain.merge_table(table, view.reports, settings))
    timed(stages, "index", len(events), lambda: chain.index_tables(events, view, last, settings))
    with TemporaryDirectory() as folder:
        store = Store(folder)
        timed(stages, "ingest and write", len(articles), lambda: stored(store, articles))
        timed(stages, "copies", len(articles), lambda: chain.mark_copies(store, settings.copies))
    total = sum(row["seconds"] for row in stages.values())
    for name, row in stages.items():
        row["per_second"] = round(row["items"] / max(row["seconds"], 1e-9))
        row["share"] = round(row["seconds"] / total, 3)
        rate = f"{row['per_second']:>10,}/s {row['share']:>6.1%}"
        print(f"{name:18} {row['items']:>9,} items {row['seconds']:>8.2f} s {rate}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(articles):,} articles, {len(articles) / total:,.0f} a second end to end on one core, peak {peak} MiB")
    results = {
        "articles": len(articles),
        "articles_per_second": round(len(articles) / total),
        "peak_mib": peak,
        "python": platform.python_version(),
        "stages": stages,
    }
    Path(__file__).with_name("results.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
