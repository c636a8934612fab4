"""Measure how pages become articles: the main text against gold, and speed.

    python benchmarks/pages.py ARCHIVE

ARCHIVE is `article_extraction_benchmark.tar.gz` (Zyte's, 181 news pages with gold body text, MIT). Its own metric: a
text is the multiset of its shingles of four words. A page's precision is the share of extracted shingles that are gold,
its recall the share of gold shingles that are extracted; both are averaged over pages, and F1 is made of the averages.
Speed is pages a second of CPU time, the best of three rounds. Writes `benchmarks/pages.json`: figures, no text.
"""

import gzip
import json
import platform
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import mean

from resiliparse.extract.html2text import extract_plain_text
from rich.console import Console
from rich.table import Table
from trafilatura import bare_extraction

from pipeline.extract import extract_all
from pipeline.extract.charset import decode
from pipeline.extract.limits import measure
from pipeline.extract.page import Page, read_page
from pipeline.records import Article, Raw
from pipeline.settings import ArticleSettings, PageSettings

OUT = Path(__file__).with_suffix(".json")
ROUNDS = 3
WORD = re.compile(r"\w+")
Shingles = Counter[tuple[str, ...]]


def read_archive(path: Path) -> Iterator[tuple[bytes, str]]:
    """Yield each page and its gold text."""
    with tarfile.open(path) as archive:
        files = {member.name.removeprefix("./"): member for member in archive.getmembers()}

        def content(name: str) -> bytes:
            file = archive.extractfile(files[name])
            assert file is not None, name
            return file.read()

        for key, truth in json.loads(content("ground-truth.json")).items():
            yield gzip.decompress(content(f"html/{key}.html.gz")), truth["articleBody"]


def shingles(text: str) -> Shingles:
    """Return the shingles of four words; a shorter text is one shingle."""
    words = WORD.findall(text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3)) if words)


def score(texts: Iterable[str], gold: Iterable[Shingles]) -> dict[str, float]:
    """Return precision, recall and F1 of extracted texts."""
    precisions, recalls = [], []
    for text, wanted in zip(texts, gold, strict=True):
        found = shingles(text)
        both = (found & wanted).total()
        if found:
            precisions.append(both / found.total())
        if wanted:
            recalls.append(both / wanted.total())
    precision, recall = mean(precisions), mean(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def timed(function: Callable[[bytes], object], pages: list[bytes]) -> tuple[list[object], float]:
    """Return a function's results, and pages a second of CPU time."""
    best, results = float("inf"), []
    for _ in range(ROUNDS):
        start = time.process_time()
        results = [function(page) for page in pages]
        best = min(best, time.process_time() - start)
    return results, round(len(pages) / best, 1)


def trafilatura_default(page: bytes) -> str:
    """Extract with trafilatura as it comes."""
    found = bare_extraction(page.decode("utf-8", "replace"), include_comments=False)
    return (found.text or "") if found else ""


def trafilatura_fast(page: bytes) -> str:
    """Extract with trafilatura's fast mode."""
    found = bare_extraction(page.decode("utf-8", "replace"), fast=True, include_comments=False)
    return (found.text or "") if found else ""


def resiliparse_plain(page: bytes) -> str:
    """Extract with resiliparse as it comes."""
    return extract_plain_text(page.decode("utf-8", "replace"), main_content=True, preserve_formatting=True)


def shares(found: list[Page]) -> dict[str, float]:
    """Return the share of pages with title, outlet and date, and where the dates are from."""
    sources = Counter(page.date_source for page in found)
    values = {
        "title": mean(bool(page.title) for page in found),
        "outlet": mean(bool(page.outlet) for page in found),
        "date": mean(bool(page.published_at) for page in found),
        **{f"date from {source}": sources[source] / len(found) for source in ("metadata", "url", "page")},
    }
    return {name: round(value, 3) for name, value in values.items()}


def through_workers(pages: list[bytes], tier: str, repeats: int) -> dict[str, float]:
    """Return pages a second of wall time through `extract_all`, start of the processes apart."""
    settings = PageSettings.model_validate({"tier": tier})
    raws = [Raw("bench:1", {"html": page}) for page in pages] * repeats
    items = extract_all([raws[0], *raws], ArticleSettings(default_date="2020-01-01"), settings)
    next(items)
    start = time.perf_counter()
    done = sum(isinstance(item, Article) for item in items)
    return {"pages_per_second": round(len(raws) / (time.perf_counter() - start), 1), "articles": done / len(raws)}


def main(archive: Path) -> None:
    """Measure, print a table, write the figures."""
    pages, texts = zip(*read_archive(archive), strict=True)
    pages, gold = list(pages), [shingles(text) for text in texts]
    figures: dict[str, object] = {"python": platform.python_version(), "pages": len(pages)}
    figures |= {name: version(name) for name in ("trafilatura", "resiliparse", "htmldate")}
    table = Table("", "precision", "recall", "F1", "pages/s")
    readers: dict[str, Callable[[bytes], object]] = {
        "careful": lambda page: read_page(page, tier="careful"),
        "bulk": lambda page: read_page(page, tier="bulk"),
        "trafilatura default": trafilatura_default,
        "trafilatura fast": trafilatura_fast,
        "resiliparse plain": resiliparse_plain,
    }
    for name, reader in readers.items():
        found, speed = timed(reader, pages)
        row = score((one.text if isinstance(one, Page) else str(one) for one in found), gold)
        table.add_row(name, *(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")), str(speed))
        figures[name] = {**row, "pages_per_second": speed}
        if name == "careful":
            figures["found"] = shares([one for one in found if isinstance(one, Page)])
    _, figures["limits_pages_per_second"] = timed(lambda page: measure(decode(page)), pages)
    figures["workers"] = {tier: through_workers(pages, tier, 4) for tier in ("careful", "bulk")}
    console = Console()
    console.print(table)
    console.print({key: figures[key] for key in ("found", "limits_pages_per_second", "workers")})
    OUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
