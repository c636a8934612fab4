"""Measure how far each stage is from what a library can do at its best with the same bytes.

    python benchmarks/limits.py

The best rate of a library is what one pass of it over the text takes, with nothing made of what it finds: no record, no
decision. Beside it stands the rate of our stage (from the section `stages`, mixture default, so run `stages.py` first),
and what the stage must do besides. Writes the section `limits` of `benchmarks/results.json`.
"""

import io
import json
import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from generated import MIXTURES, Shape, stream
from generated_parts import MONTHS, WEEKDAYS
from measuring import RESULTS, keep
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from scipy.signal import lfilter
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from stages import ARTICLES as READ

from pipeline.actors import load_dictionary, load_finder
from pipeline.propose import propose
from pipeline.records import Article
from pipeline.scanned import Scanned
from pipeline.sentences import split_sentences
from pipeline.settings import Settings
from pipeline.tables import ARTICLES, table_of

ROUNDS = 5
_LABELS = 60  # columns of the heads of the estimator, about
PAIRS, DAYS = 200, 100  # of the index of what the stages are measured on
_COLUMNS = 4  # of the index that the page shows


@dataclass(frozen=True)
class Limit:
    """A stage, one pass of a library over the same, and why the stage takes longer."""

    stage: str
    library: str
    run: Callable[[], object]
    besides: str


def best(run: Callable[[], object]) -> float:
    """Return the least seconds of the processor that a pass takes."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return max(min(found), 1e-6)


def limits(records: Sequence[dict[str, str]]) -> tuple[float, list[Limit]]:
    """Return the megabytes of text, and the passes over it."""
    texts = [f"{one['title']}\n\n{one['text']}" for one in records]
    whole = "\n".join(texts)
    data = whole.encode()
    lines = [json.dumps(record, ensure_ascii=False).encode() for record in records]
    articles = [_article(n, record) for n, record in enumerate(records)]
    table, numbers = table_of(articles, ARTICLES), np.frombuffer(data, np.uint8)
    marked = _candidates(articles)
    vectorizer = HashingVectorizer(ngram_range=(1, 2), n_features=1 << 18, alternate_sign=False)
    matrix = csr_matrix(vectorizer.transform(marked), dtype=np.float32)
    weights = np.random.default_rng(1).random((1 << 18, _LABELS), dtype=np.float32)
    automaton = ahocorasick_rs.AhoCorasick(list({entry.alias for entry in load_dictionary()}))
    language = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    ends, when = re.compile(r"[.!?…]"), re.compile("|".join([*MONTHS, *WEEKDAYS, r"\b(?:19|20)\d\d\b"]))
    rng = np.random.default_rng(1)
    # both directions and the pair itself, of every pair, day and replicate
    replicates = rng.random((3 * PAIRS * Settings().index.replicates, DAYS), dtype=np.float32)
    shown = rng.random(PAIRS * DAYS * _COLUMNS).tolist()
    return len(data) / 1e6, [
        Limit("reading the bytes", "numpy sum", lambda: int(numbers.sum()), "nothing: what memory gives"),
        Limit("finding one byte", "bytes.count", lambda: data.count(b"."), "nothing"),
        Limit(
            "read", "json.loads a line", lambda: [json.loads(one) for one in lines], "limits of length, UTF-8, places"
        ),
        Limit(
            "extract",
            "py3langid, 600 characters, all its languages",
            lambda: [language.classify(text[:600]) for text in texts],
            "of the first 600 characters only; url, date, whitespace, identity",
        ),
        Limit(
            "copies",
            "numpy prefix sums of a rolling hash",
            lambda: np.cumsum(numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)),
            "normal form, sampling, counting who shares what, edges between articles, a table a day",
        ),
        Limit(
            "split",
            "one regex pass",
            lambda: sum(1 for _ in ends.finditer(whole)),
            "abbreviations, quotes, paragraphs, boilerplate, a record each",
        ),
        Limit(
            "actors",
            "one Aho-Corasick pass",
            lambda: [automaton.find_matches_as_indexes(text, overlapping=True) for text in texts],
            "word boundaries, who holds office, namesakes, roles, references",
        ),
        Limit(
            "dates",
            "one regex pass",
            lambda: sum(1 for _ in when.finditer(whole)),
            "what the line reads dates in is a small part of the text",
        ),
        Limit(
            "features",
            "scikit-learn HashingVectorizer on the candidates",
            lambda: vectorizer.transform(marked),
            "four more groups of features, phrases of the lexicon, rules",
        ),
        Limit(
            "classify",
            "sparse matrix × weights",
            lambda: matrix @ weights,
            "four heads, calibration, who does it to whom, a record each",
        ),
        Limit(
            "write",
            "pyarrow zstd in one file",
            lambda: pq.write_table(table, io.BytesIO(), compression="zstd"),
            "a file a day, synced and renamed, records to columns",
        ),
        Limit(
            "index",
            "scipy lfilter of all replicates",
            lambda: lfilter([1.0], [1.0, -0.977], replicates, axis=1),
            "sums of days, resampling, quantiles, coverage, percentiles, rows of both tables",
        ),
        Limit(
            "report",
            "json.dumps of as many values",
            lambda: json.dumps(shown),
            "plots of the first pair, regimes, panels of every pair",
        ),
    ]


def _article(number: int, record: dict[str, str]) -> Article:
    moment = pd.Timestamp(record["published_at"]).to_pydatetime()
    return Article(
        str(number), record["url"], record["outlet"], record["title"], record["text"], "en", moment, None, ""
    )


def _candidates(articles: Sequence[Article]) -> list[str]:
    finder, most = load_finder(), Settings().coder.max_actors
    found = (propose(Scanned(split_sentences(one), finder, one.published_at.date()), most) for one in articles)
    return [one.sentence.text for own in found for one in own]


def main() -> None:
    stages = json.loads(RESULTS.read_text(encoding="utf-8"))["stages"]["default"]["stages"]
    records = list(stream(Shape(READ), MIXTURES["default"]))
    rows = []
    megabytes, passes = limits(records)
    for one in passes:
        rate = megabytes / best(one.run)
        ours = stages.get(one.stage, {}).get("mb_per_second")
        row = {"stage": one.stage, "library": one.library, "best_mb_per_second": round(rate, 1), "ours": ours}
        rows.append(row | {"ratio": round(rate / ours, 1) if ours else None, "besides": one.besides})
        print(rows[-1], flush=True)
    keep("limits", rows)


if __name__ == "__main__":
    main()
