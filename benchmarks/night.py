"""A night of 500 feeds with 20 items each, half of them seen the night before; whole, and killed again and again.

    python benchmarks/night.py [FEEDS] [KILLS]

A server of its own process plays 500 hosts on loopback. The night must end with every item stored and none fetched
twice; a night that is killed KILLS times (default 5) at random moments and started again must end with the same bytes,
and fetch again no more than what was under way. Writes `benchmarks/night.json`.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import chain
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

SEED = 20261122
ITEMS = 20
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PAGE = """<html lang="en"><head><title>Item {m} of {n}</title><meta property="article:published_time"
 content="2025-12-{day:02}T08:00:00Z"></head><body><article><h1>Item {m} of {n}</h1>{text}</article></body></html>"""
TEXT = "<p>South Korea protested to North Korea over shot number {k} near island {m} of {n}, officials said.</p>"


async def serve() -> None:
    """Answer for all hosts: /rss lists the items of a night, /MM is an item, /count tells what was asked for."""
    asked: Counter[str] = Counter()
    night = 1

    def body(host: str, path: str) -> bytes:
        nonlocal night
        n = int(host.split(".")[2]) * 250 + int(host.split(".")[3])
        if path == "/count":
            return json.dumps({"asked": asked}).encode()
        if path.startswith("/night"):
            night = int(path[-1])
            asked.clear()
            return b"ok"
        asked[f"{host}{path}"] += 1
        if path == "/rss":
            items = range(ITEMS // 2 if night == 1 else ITEMS)
            links = "".join(f"<item><title>{m}</title><link>http://{host}:{port}/{m}</link></item>" for m in items)
            return f"<rss version='2.0'><channel><title>Feed {n}</title>{links}</channel></rss>".encode()
        m = int(path.strip("/")) if path.strip("/").isdigit() else 0
        text = "".join(TEXT.format(k=k, m=m, n=n) for k in range(8))
        return PAGE.format(m=m, n=n, day=1 + n % 28, text=text).encode() if path != "/robots.txt" else b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                host = next(line for line in head.split("\r\n") if line.lower().startswith("host:"))[5:].strip()
                content = body(host.partition(":")[0], head.split(" ")[1])
                kind = b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(content)
                writer.write(b"HTTP/1.1 200 OK\r\n" + kind + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - all of 127.0.0.0/8
    port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await server.serve_forever()


def gather(folder: str, port: str, feeds: str) -> None:
    """Run one night; called in a process that may be killed."""
    settings = Settings.model_validate({"fetch": {"allow": ["127.0.0.0/8"], "delay_seconds": 0}})
    sources = [SourceSettings.model_validate({"kind": "feed", "url": url(n, port)}) for n in range(int(feeds))]
    store = Store(folder)
    with store.writing():
        print(json.dumps(chain.gather(sources, store, settings, now=lambda: NOW).as_dict()))


def url(n: int, port: str) -> str:
    return f"http://127.0.{n // 250}.{n % 250 + 1}:{port}/rss"


def night(folder: Path, port: str, feeds: int, seconds: float | None = None) -> dict | None:
    """Run a night in a process of its own; kill it after some seconds, if given."""
    command = [sys.executable, __file__, "gather", str(folder), port, str(feeds)]
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        out, error = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return None
    assert child.returncode == 0, error
    return json.loads(out)


def tell(port: str, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.read()


def tables(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def main(feeds: int, kills: int) -> None:
    rng = random.Random(SEED)  # noqa: S311 - moments to kill at
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    try:
        with TemporaryDirectory() as whole, TemporaryDirectory() as broken:
            for folder in (whole, broken):
                tell(port, "/night1")
                night(Path(folder), port, feeds)
            tell(port, "/night2")
            start = time.perf_counter()
            summary = night(Path(whole), port, feeds)
            seconds = time.perf_counter() - start
            asked = Counter(json.loads(tell(port, "/count"))["asked"])
            items = {path: times for path, times in asked.items() if path.rpartition("/")[2].isdigit()}
            tell(port, "/night2")
            for _ in range(kills):
                night(Path(broken), port, feeds, seconds=rng.uniform(1, seconds))
            night(Path(broken), port, feeds)
            again = Counter(json.loads(tell(port, "/count"))["asked"])
            twice = sum(times - 1 for path, times in again.items() if path.rpartition("/")[2].isdigit())
            results = {
                "feeds": feeds,
                "items": feeds * ITEMS,
                "new_items": feeds * ITEMS // 2,
                "stored": summary["new_articles"],
                "fetched_again": sum(times > 1 for times in items.values()) + len(items) - feeds * ITEMS // 2,
                "seconds": round(seconds, 1),
                "urls_per_second": round(sum(asked.values()) / seconds),
                "killed": kills,
                "same_tables_after_kills": tables(Path(whole)) == tables(Path(broken)),
                "fetched_again_after_kills": twice,
            }
    finally:
        server.terminate()
    print(json.dumps(results, indent=2))
    Path(__file__).with_name("night.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    elif sys.argv[1:2] == ["gather"]:
        gather(*sys.argv[2:])
    else:
        main(*(int(one) for one in (*sys.argv[1:], *("500", "5")[len(sys.argv) - 1 :])))
