"""Run a WARC file of generated news pages through the bulk tier into a store: rate, and peak memory of all processes.

    python benchmarks/archive.py [PAGES]

Writes a WARC of PAGES pages (default 10,000), made of the demo articles, shuffled, inside the markup of a newspaper's
site (navigation, related links, captions), some of them hostile, and reads it as a source of kind `warc` into a
temporary store. Writes `benchmarks/archive.json`.
"""

import gzip
import io
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from fastwarc.warc import WarcRecord, WarcRecordType
from measuring import Watch

from pipeline import chain
from pipeline.paths import seeds_dir
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

SEED = 20261122
SITE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Wire</title>
<meta property="og:site_name" content="Harbour Wire"><meta property="article:published_time" content="{day}T08:00:00Z">
<link rel="canonical" href="{url}"></head><body><header><nav>{menu}</nav></header><main><article><h1>{title}</h1>
<figure><img src="/a.jpg"><figcaption>A picture of the harbour. Photo: Harbour Wire</figcaption></figure>
{paragraphs}</article><aside><h2>Related</h2><ul>{related}</ul><p>Sign up for our newsletter.</p></aside></main>
<footer>{menu}<p>Copyright Harbour Wire. All rights reserved.</p></footer><script>{script}</script></body></html>"""
HOSTILE = ("<div>" * 20_000, "<p " + "a=b " * 100_000 + ">", "x" * 6_000_000, "")


def pages(count: int) -> Iterator[bytes]:
    rng = random.Random(SEED)  # noqa: S311 - the same pages every time
    texts = [path.read_text(encoding="utf-8") for path in sorted((seeds_dir() / "articles").glob("*.txt"))]
    menu = "".join(f'<a href="/section/{n}">Section {n}</a>' for n in range(60))
    for n in range(count):
        if n % 500 == 499:
            yield HOSTILE[n // 500 % len(HOSTILE)].encode()
            continue
        sentences = " ".join(rng.sample(texts, 2)).replace("\n", " ").split(". ")
        rng.shuffle(sentences)
        chunks = [". ".join(sentences[k : k + 3]) for k in range(0, len(sentences), 3)]
        day = date(2010, 1, 1) + timedelta(days=n % 300)
        yield SITE.format(
            title=f"{chunks[0][:60]} {n}",
            day=day,
            url=f"https://wire.example/{day}/{n}",
            menu=menu,
            paragraphs="".join(f"<p>{chunk}. Report {n}.</p>" for chunk in chunks),
            related="".join(f'<li><a href="/{k}">Another story {k}</a></li>' for k in range(20)),
            script="var a = 1;" * 2000,
        ).encode()


def write_warc(path: Path, count: int) -> int:
    size = 0
    with path.open("wb") as file:
        for n, body in enumerate(pages(count)):
            record = WarcRecord()
            record.init_headers(WarcRecordType.response)
            record.headers["WARC-Target-URI"] = f"https://wire.example/page/{n}"
            record.headers["WARC-Date"] = "2020-06-17T00:00:00Z"
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
            plain = io.BytesIO()
            record.write(plain)
            file.write(gzip.compress(plain.getvalue(), 1))
            size += len(body)
    return size


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    results = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "crawl.warc.gz"
        size = write_warc(path, count)
        for tier in ("bulk", "careful"):
            settings = Settings.model_validate({"pages": {"tier": tier}})
            start = time.perf_counter()
            store = Store(Path(folder) / tier)
            source = SourceSettings.model_validate({"kind": "warc", "path": str(path)})
            with Watch(os.getpid()) as watch, store.writing():
                summary = chain.gather([source], store, settings)
            seconds = time.perf_counter() - start
            results[tier] = {
                "pages": count,
                "megabytes": round(size / 1e6),
                "articles": summary.new_articles,
                "set_aside": dict(sorted(summary.rejected.items())),
                "pages_per_second": round(count / seconds),
                "peak_mib_of_all_processes": watch.peak >> 20,
            }
            print(tier, json.dumps(results[tier]))
    Path(__file__).with_name("archive.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
