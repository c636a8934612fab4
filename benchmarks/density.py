"""Measure how dense news is: how often sentences name two countries, and how many candidates an article has.

    python benchmarks/density.py [ARCHIVE]

ARCHIVE is `article_extraction_benchmark.tar.gz` (Zyte's, 181 news pages with gold body text, MIT), whose text is real
news of all kinds at full length. Beside it stand the demo articles, and both mixtures of generated articles, which must
not be denser than what they stand for. Writes the section `density` of `benchmarks/results.json`.
"""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generated import MIXTURES, Shape, write
from measuring import RESULTS, keep

from pipeline import chain
from pipeline.actors import load_finder, read_actors
from pipeline.paths import seeds_dir
from pipeline.propose import propose
from pipeline.records import Article
from pipeline.scanned import Scanned
from pipeline.sentences import split_sentences
from pipeline.settings import Settings

SIZES = {"default": 6000, "dense": 600}
"""Articles counted: few of the default mixture tell of two countries, and some of many, so that it takes thousands."""
_PRINTED = datetime(2019, 10, 1, tzinfo=UTC)


def density(articles: Iterable[Article]) -> dict[str, float]:
    """Return how often countries are named in articles."""
    finder, most = load_finder(), Settings().coder.max_actors
    counts = dict.fromkeys(("articles", "words", "sentences", "one", "two", "candidates", "with_pair"), 0)
    for article in articles:
        day = article.published_at.date()
        sentences = split_sentences(article)
        named = [len({one.code for one in own}) for own in read_actors(finder, [s.text for s in sentences], day)]
        found = len(propose(Scanned(sentences, finder, day), most))
        counts["articles"] += 1
        counts["words"] += len(article.body.split())
        counts["sentences"] += len(sentences)
        counts["one"] += sum(n == 1 for n in named)
        counts["two"] += sum(n > 1 for n in named)
        counts["candidates"] += found
        counts["with_pair"] += found > 0
    return {
        "articles": counts["articles"],
        "words_per_article": round(counts["words"] / counts["articles"]),
        "sentences_per_article": round(counts["sentences"] / counts["articles"], 1),
        "sentences_naming_one_country": round(counts["one"] / counts["sentences"], 3),
        "sentences_naming_two_countries": round(counts["two"] / counts["sentences"], 3),
        "candidates_per_article": round(counts["candidates"] / counts["articles"], 1),
        "candidates_per_1000_words": round(1000 * counts["candidates"] / counts["words"], 1),
        "articles_with_candidates": round(counts["with_pair"] / counts["articles"], 3),
    }


def generated_articles(mixture: str, size: int) -> list[Article]:
    """Return generated articles as the line reads them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "generated.jsonl"
        write(path, Shape(size), mixture)
        return chain.collect([path], Settings())[0]


def real_pages(archive: Path) -> list[Article]:
    """Return the gold texts of the archive's pages."""
    from pages import read_archive  # noqa: PLC0415 - it needs the libraries that read pages

    texts = [text for _, text in read_archive(archive)]
    return [Article(str(n), "", "", "", text, "en", _PRINTED, None, "gold") for n, text in enumerate(texts)]


def main() -> None:

    known: dict[str, Any] = json.loads(RESULTS.read_text()).get("density", {}) if RESULTS.exists() else {}
    if len(sys.argv) > 1:
        known["181 real pages"] = density(real_pages(Path(sys.argv[1])))
    known["demo articles"] = density(chain.collect([seeds_dir() / "articles"], Settings())[0])
    for mixture in MIXTURES:
        known[f"generated, {mixture}"] = density(generated_articles(mixture, SIZES[mixture]))
    for name, row in known.items():
        print(name, row)
    keep("density", known)


if __name__ == "__main__":
    main()
