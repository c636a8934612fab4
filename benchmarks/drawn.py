"""Sentences of the news with the events that readers found: drawn once, labelled without the program, kept as labels.

    python benchmarks/drawn.py NEWS SEED NUMBER > sentences.jsonl

draws NUMBER candidate sentences (two countries are named as actors) from `news_2002_2012.jsonl.gz`. The sentences are
not the project's, so `benchmarks/drawn.jsonl` keeps of each only its digest and the events: whoever has the news
has the set.
"""

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import chain
from pipeline.actors import load_finder
from pipeline.propose import propose
from pipeline.records import Article, Sentence
from pipeline.scanned import Scanned
from pipeline.sentences import split_sentences
from pipeline.settings import Settings

LABELS = Path(__file__).with_suffix(".jsonl")


def digest(text: str) -> str:
    """Return what `drawn.jsonl` knows a sentence by."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def sentences(news: Path) -> Iterator[tuple[Article, Sentence]]:
    """Yield every sentence of the news once, with its article."""
    seen: set[str] = set()
    for article in chain.collect([news], Settings())[0]:
        for sentence in split_sentences(article):
            if sentence.text not in seen:
                seen.add(sentence.text)
                yield article, sentence


def draw(news: Path, seed: int, number: int) -> list[dict[str, Any]]:
    """Return sentences of which at least one pair is asked about, in the order of the draw."""
    finder, limit = load_finder(), Settings().coder.max_actors
    every = list(sentences(news))
    random.Random(seed).shuffle(every)  # noqa: S311
    drawn: list[dict[str, Any]] = []
    for article, sentence in every:
        day = article.published_at.date()
        if len(drawn) < number and propose(Scanned([sentence], finder, day), limit):
            drawn.append({"digest": digest(sentence.text), "published_at": day.isoformat(), "text": sentence.text})
    return drawn


def labelled(news: Path) -> list[dict[str, Any]]:
    """Join the kept labels with their sentences: rows as `evaluate_events` reads them."""
    labels = {row["digest"]: row["events"] for row in map(json.loads, LABELS.read_text().splitlines())}
    return [
        {"text": sentence.text, "published_at": article.published_at.date().isoformat(), "events": labels[key]}
        for article, sentence in sentences(news)
        if (key := digest(sentence.text)) in labels
    ]


if __name__ == "__main__":
    for row in draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])):
        print(json.dumps(row, ensure_ascii=False))
