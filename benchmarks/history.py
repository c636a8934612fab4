"""Measure a long history: the whole index, a night that adds a day, and reading one dyad.

    python benchmarks/history.py [YEARS] [DYADS]

Makes a store of YEARS (default 10) with news of DYADS (default 200) pairs (`benchmarks/made_up_news.py`), without
coding. Then: the first publication; nights that add a day, without and with articles that recall old events; the whole
index on each scale, by part; `read_index` of one dyad in new processes. CPU seconds are those of all threads; wall
seconds say little where other work shares the machine. Writes `benchmarks/history.json`.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from made_up_news import FIRST, Writer

from pipeline import chain
from pipeline.chain import publishing
from pipeline.settings import Settings
from pipeline.store import INDEX_FILE, Store

PARTS = {
    "read": (publishing, "read_packed"),
    "view": (publishing, "view_at"),
    "merge": (publishing, "merge_table"),
    "score": (publishing, "score_events"),
    "stories": (publishing, "with_stories"),
    "index": (publishing, "build_indexes"),
    "earlier rows": (publishing, "with_earlier"),
    "carried": (publishing, "carried_by"),
    "checks": (publishing, "judge"),
    "events by day": (publishing, "event_days"),
    "events": (publishing, "write_events"),
    "vintages": (publishing, "record"),
    "files": (Store, "write_file"),
    "carry": (publishing, "carry"),
    "alerts": (publishing, "raise_alerts"),
}
READING = """
import sys, time
from pipeline import read_index
begun = time.perf_counter(), time.process_time()
frame = read_index(sys.argv[1], sys.argv[2])
print(1000 * (time.perf_counter() - begun[0]), 1000 * (time.process_time() - begun[1]), len(frame))
"""
Seconds = dict[str, float]


@contextmanager
def measured(results: dict[str, Any], name: str) -> Iterator[None]:
    """Note wall and CPU seconds of what is done, whole and by part; parts within others count in both."""
    parts: dict[str, Seconds] = {}
    patches = [
        patch.object(owner, one, _timed(parts, part, getattr(owner, one))) for part, (owner, one) in PARTS.items()
    ]
    for one in patches:
        one.start()
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    whole = {"wall": round(time.perf_counter() - wall, 2), "cpu": round(time.process_time() - cpu, 2)}
    for one in patches:
        one.stop()
    results[name] = whole | {"parts_cpu": {part: round(seconds["cpu"], 2) for part, seconds in parts.items()}}
    print(name, results[name], flush=True)


def _timed(parts: dict[str, Seconds], part: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        cpu = time.process_time()
        try:
            return work(*given, **named)
        finally:
            own = parts.setdefault(part, {"cpu": 0.0})
            own["cpu"] += time.process_time() - cpu

    return timed


def reading(outputs: Path, dyad: str) -> dict[str, float]:
    """Read one dyad in new processes; milliseconds after the import."""
    command = [sys.executable, "-c", READING, str(outputs), dyad]
    rows = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(7)]  # noqa: S603
    wall, cpu = (statistics.median(float(row[n]) for row in rows) for n in (0, 1))
    return {"wall_ms": round(wall, 1), "cpu_ms": round(cpu, 1), "rows": int(rows[0][2])}


def main(years: int, dyads: int) -> None:
    results: dict[str, Any] = {"machine": platform.platform(), "cores": os.cpu_count(), "years": years, "dyads": dyads}
    settings = Settings()
    with TemporaryDirectory() as folder, patch("os.fsync", lambda _: None):
        store = Store(folder)
        writer, days = Writer(store, dyads), 365 * years + 60
        with store.writing():
            for n in range(days):
                writer.write(FIRST + timedelta(days=n))
            results |= writer.count
            with measured(results, "first publication"):
                chain.publish(store, settings, None, chain.Summary(), True)
            results["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            time.sleep(3)  # what is packed must have been written a while ago
            for n, (name, recalls) in enumerate((("night", 0.0), ("night that recalls", 0.05))):
                writer.write(FIRST + timedelta(days=days + n), recalls)
                with measured(results, name):
                    chain.publish(store, settings, None, chain.Summary(), True)
            for scale in ("plover", "goldstein"):
                chosen = Settings.model_validate({"index": {"scale": scale}})
                with measured(results, f"whole index, {scale}"):
                    found = publishing.compute(store, chosen)
            results |= {"events": found.events.num_rows, "rows": found.undirected.num_rows + found.directed.num_rows}
        names = store.read_file(INDEX_FILE, columns=["dyad"])["dyad"]
        results["read_index of one dyad"] = reading(Path(folder), names[len(names) // 2].as_py())
        print(results["read_index of one dyad"])
    Path(__file__).with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main(*(int(one) for one in (*sys.argv[1:], *("10", "200")[len(sys.argv) - 1 :])))
