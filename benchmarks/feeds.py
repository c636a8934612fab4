"""Parse every feed of feedparser's own test suite: each gives entries or is refused by name, and none breaks the run.

    python benchmarks/feeds.py feedparser_tests.tar.gz

Each file is parsed as if it had been fetched, in the worker process that the nightly run uses, with its time limit.
Writes `benchmarks/feeds.json`.
"""

import json
import sys
import tarfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from pipeline.records import Fetched, Link, Rejection
from pipeline.sources.parsing import IndexParser

MOST = 20_000_000
LIMIT = 10.0


def main() -> None:
    outcomes: Counter[str] = Counter()
    items = 0
    slowest = 0.0
    with tarfile.open(sys.argv[1]) as archive, IndexParser(LIMIT, MOST, 2048) as parser:
        names = [member for member in archive if member.isfile() and member.name.endswith((".xml", ".txt", ".html"))]
        start = time.perf_counter()
        for member in names:
            file = archive.extractfile(member)
            assert file is not None
            link = Link(f"https://feeds.example/{member.name}", "feed")
            moment = datetime(2026, 1, 1, tzinfo=UTC)
            began = time.perf_counter()
            found = parser.parse(Fetched(link, link.url, "application/xml", file.read(), moment))
            slowest = max(slowest, time.perf_counter() - began)
            refused = [item for item in found if isinstance(item, Rejection)]
            items += len(found) - len(refused)
            outcomes[refused[0].reason if refused else "entries" if found else "no entries"] += 1
        seconds = time.perf_counter() - start
    results = {
        "feeds": len(names),
        "items": items,
        "outcomes": dict(outcomes.most_common()),
        "feeds_per_second": round(len(names) / seconds),
        "slowest_seconds": round(slowest, 2),
    }
    print(json.dumps(results, indent=2))
    Path(__file__).with_name("feeds.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
