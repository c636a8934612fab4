"""A night's fetching: nothing lost, nothing asked for twice, and no host that stops the others."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from site_on_loopback import Site, feed, in_turn, page, reply

from pipeline.errors import StoreError
from pipeline.fetch import Ledger, fetch_wanted
from pipeline.records import Item, Link, Raw, Rejection
from pipeline.settings import FetchSettings
from pipeline.sources import parse_fetched

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def night(folder: Path, *links: Link, now: datetime = NOW, **settings) -> dict[str, int]:
    chosen = {"allow": ["127.0.0.0/8"], "delay_seconds": 0, "timeout_seconds": 5, "attempts": 1, **settings}
    with Ledger(folder) as ledger:
        ledger.want(links)
        return fetch_wanted(
            ledger, lambda fetched: parse_fetched(fetched, 1_000_000), FetchSettings.model_validate(chosen), lambda: now
        )


def items(folder: Path) -> list[Item]:
    with Ledger(folder) as ledger:
        return [item for batch in ledger.waiting(1) for _, item in batch]


def counts(fetched: int = 0, unchanged: int = 0, refused: int = 0, wanted: int = 0) -> dict[str, int]:
    return {"fetched": fetched, "unchanged": unchanged, "refused": refused, "wanted": wanted}


def news(url: str) -> Link:
    return Link(url, "feed", {}, again=True)


def test_a_feed_leads_to_its_pages_once(tmp_path: Path):
    with Site() as site:
        site.routes |= {
            "/rss": feed(f"{site.url}/1", f"{site.url}/2?utm_source=rss"),
            "/1": page("one"),
            "/2?utm_source=rss": page("two"),
        }
        assert night(tmp_path, news(f"{site.url}/rss")) == counts(fetched=3)
        site.routes["/rss"] = feed(f"{site.url}/1", f"{site.url}/2", f"{site.url}/3")
        site.routes["/3"] = page("three")
        assert night(tmp_path, news(f"{site.url}/rss")) == counts(fetched=2)
        assert site.asked["/1"] == site.asked["/2?utm_source=rss"] == site.asked["/3"] == 1
        assert site.asked["/2"] == 0
    found = {item.place: item for item in items(tmp_path) if isinstance(item, Raw)}
    assert {item.fields["html"] for item in found.values()} == {page("one"), page("two"), page("three")}
    first = found[f"{site.url}/1"]
    assert first.fields["fetched_at"] == NOW.isoformat()
    assert (first.fields["outlet"], first.fields["title"]) == ("Test Post", "Item 0")


def test_an_unchanged_feed_costs_one_short_answer(tmp_path: Path):
    with Site() as site:

        def conditional(handler) -> None:
            seen = handler.headers.get("If-None-Match") == '"v1"'
            (reply(b"", 304) if seen else reply(feed(f"{site.url}/1"), ETag='"v1"'))(handler)

        site.routes |= {"/rss": conditional, "/1": page("one")}
        night(tmp_path, news(f"{site.url}/rss"))
        assert night(tmp_path, news(f"{site.url}/rss")) == counts(unchanged=1)


def test_a_page_that_its_publisher_changed_is_fetched_again(tmp_path: Path):
    with Site() as site:
        site.routes["/1"] = in_turn(reply(page("first")), reply(page("second")))
        night(tmp_path, Link(f"{site.url}/1"))
        assert night(tmp_path, Link(f"{site.url}/1", changed_at=datetime(2026, 1, 1, tzinfo=UTC))) == counts()
        later = datetime(2026, 1, 3, tzinfo=UTC)
        assert night(tmp_path, Link(f"{site.url}/1", changed_at=later)) == counts(fetched=1)
        assert night(tmp_path, Link(f"{site.url}/1", changed_at=later)) == counts()
    found = [item for item in items(tmp_path) if isinstance(item, Raw)]
    assert [item.fields["html"] for item in found] == [page("first"), page("second")]
    assert found[1].fields["revised_at"] == later.isoformat()


def test_what_cannot_be_had_is_refused_by_name_and_can_be_wanted_again(tmp_path: Path):
    with Site(a=reply(b"", 404)) as site:
        link = Link(f"{site.url}/a", "page", {"outlet": "A"})
        assert night(tmp_path, link, Link("ftp://x/y")) == counts(refused=2)
        assert night(tmp_path, link) == counts()
    found = items(tmp_path)
    assert [item.reason for item in found if isinstance(item, Rejection)] == ["bad url", "http 404"]
    gone = found[1]
    assert isinstance(gone, Rejection)
    assert (gone.form, gone.content) == ("link", f"{site.url}/a".encode())


def test_a_host_that_is_down_stops_nothing_and_is_tried_again(tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}"
    down = [Link(f"{dead}/{n}") for n in range(10)]
    with Site(a=page("alive")) as site:
        for day in (2, 2, 2, 3):
            night(tmp_path, *down, Link(f"{site.url}/a"), nights=3, now=NOW.replace(day=day))
        assert site.asked["/a"] == 1
        assert night(tmp_path, nights=3, now=NOW.replace(day=4)) == counts(refused=10)
    refused = [item for item in items(tmp_path) if isinstance(item, Rejection)]
    assert {item.reason for item in refused} == {"host down"}
    assert "asked for 3 nights" in refused[0].detail


def test_a_feed_that_is_down_stays_wanted(tmp_path: Path):
    with Site(rss=reply(b"", 500)) as site:
        for _ in range(3):
            assert night(tmp_path, news(f"{site.url}/rss"), nights=1) == counts(wanted=1)
        site.routes["/rss"] = feed()
        assert night(tmp_path) == counts(fetched=1)


def test_one_host_is_asked_by_few_at_a_time_and_others_do_not_wait(tmp_path: Path):
    busy, most = 0, 0

    def slow(handler) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        time.sleep(0.05)
        busy -= 1
        reply(page("slow"))(handler)

    with Site() as one, Site() as other:
        one.routes |= {f"/{n}": slow for n in range(12)}
        other.routes |= {f"/{n}": page("quick") for n in range(3)}
        links = [Link(f"{site.url}{path}") for site in (one, other) for path in site.routes]
        assert night(tmp_path, *links, per_host=2) == counts(fetched=15)
    assert most == 2


def test_items_stay_until_they_are_stored(tmp_path: Path):
    with Site(a=page("a"), b=page("b"), c=page("c")) as site:
        night(tmp_path, *(Link(f"{site.url}/{name}") for name in "abc"))
    with Ledger(tmp_path) as ledger:
        first = next(ledger.waiting(1))
        ledger.stored([number for number, _ in first])
        left = [item.place for batch in ledger.waiting(10**9) for _, item in batch]
    assert len(first) == 1
    assert sorted([first[0][1].place, *left]) == [f"{site.url}/{name}" for name in "abc"]


def test_no_ledger_is_made_where_none_is_needed(tmp_path: Path):
    with Ledger(tmp_path) as ledger:
        assert ledger.is_empty
    assert not list(tmp_path.iterdir())


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_night import news, night
folder = Path(sys.argv[1])
night(folder, *(news(url) for url in sys.argv[2].split()))
"""


@contextmanager
def newsroom(feeds: int, entries: int) -> Iterator[tuple[Site, list[str]]]:
    with Site() as site:
        for n in range(feeds):
            site.routes[f"/rss{n}"] = feed(*(f"{site.url}/{n}/{m}" for m in range(entries)))
            site.routes |= {f"/{n}/{m}": page(f"{n} {m}") for m in range(entries)}
        yield site, [f"{site.url}/rss{n}" for n in range(feeds)]


@pytest.mark.parametrize("after", [5, 37, 90])
def test_a_night_killed_at_any_moment_ends_the_same(tmp_path: Path, after: int):
    with newsroom(10, 10) as (site, feeds):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), " ".join(feeds), str(Path(__file__).parent)]
        )
        deadline = time.monotonic() + 60
        while sum(site.asked.values()) < after and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        night(tmp_path, *(news(url) for url in feeds))
        pages = {path: times for path, times in site.asked.items() if path.count("/") == 2}
    assert len(pages) == 100
    assert sum(times > 1 for times in pages.values()) <= 4, "at most what was under way at the kill"
    found = [item.place for item in items(tmp_path)]
    assert sorted(found) == sorted({f"{site.url}{path}" for path in pages})


def raw(answer: bytes):
    """Return a reply that is written as it is."""

    def send(handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    return send


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 302 Found\r\nLocation: http://[bad\r\nContent-Length: 0\r\n\r\n"),
        raw(b"HTTP/1.1 429 Busy\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n"),
        raw(b"HTTP/1.1 503 Busy\r\nRetry-After: Tue, 16 Jun 2020 08:00:00 +99999999\r\nContent-Length: 0\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        raw(b"no http at all\r\n\r\n"),
        raw(b""),
        reply(b"", 304),
    ],
)
def test_one_bad_answer_concerns_one_url(tmp_path: Path, answer):
    with Site(**{"bad": answer, "good": page("good"), "robots.txt": b""}) as site:
        done = night(tmp_path, Link(f"{site.url}/bad"), Link(f"{site.url}/good"), per_host=1)
        assert done["fetched"] == 1
        assert done["wanted"] + done["refused"] == 1
        assert night(tmp_path, Link(f"{site.url}/good"))["fetched"] == 0


def test_a_tag_that_cannot_be_sent_back_is_not_sent_back(tmp_path: Path):
    with Site(rss=reply(feed(), ETag="caf\u00e9\x01")) as site:
        for _ in range(2):
            assert night(tmp_path, news(f"{site.url}/rss")) == counts(fetched=1)


def test_sitemaps_named_by_an_unchanged_index_are_asked_every_night(tmp_path: Path):
    def conditional(handler) -> None:
        seen = handler.headers.get("If-None-Match") == '"v1"'
        index = f"<sitemapindex><sitemap><loc>{site.url}/news</loc></sitemap></sitemapindex>".encode()
        (reply(b"", 304) if seen else reply(index, ETag='"v1"'))(handler)

    with Site(index=conditional) as site:
        for n in (1, 2):
            urls = "".join(f"<url><loc>{site.url}/{m}</loc></url>" for m in range(n))
            site.routes |= {"/news": f"<urlset>{urls}</urlset>".encode(), f"/{n - 1}": page(str(n))}
            night(tmp_path, Link(f"{site.url}/index", "sitemap", {}, again=True))
    assert (site.asked["/news"], site.asked["/0"], site.asked["/1"]) == (2, 1, 1)


def test_a_host_that_asks_for_a_long_silence_gets_it(tmp_path: Path):
    with Site() as site:
        site.routes |= {f"/{n}": reply(b"", 429, Retry_After="86400") for n in range(20)}
        links = [Link(f"{site.url}/{n}") for n in range(20)]
        assert night(tmp_path, *links, per_host=1, robots=False, nights=1) == counts(refused=1, wanted=19)
    assert sum(site.asked.values()) == 1


def test_a_robots_file_that_fails_is_asked_for_once_a_night(tmp_path: Path):
    with Site(**{"robots.txt": reply(b"", 500)}) as site:
        night(tmp_path, *(Link(f"{site.url}/{n}") for n in range(5)))
    assert site.asked == {"/robots.txt": 1}


def test_a_night_ends_after_its_hours(tmp_path: Path):
    with Site(**{str(n): page(str(n)) for n in range(5)}) as site:
        links = [Link(f"{site.url}/{n}") for n in range(5)]
        assert night(tmp_path, *links, hours=1e-9, nights=1) == counts(wanted=5)
        assert night(tmp_path) == counts(fetched=5)


def test_a_change_is_a_change_in_any_time_zone(tmp_path: Path):
    west = timezone(timedelta(hours=-5))
    with Site(a=page("a")) as site:
        night(tmp_path, Link(f"{site.url}/a"), now=datetime(2024, 1, 2, 0, 10, tzinfo=UTC))
        later = Link(f"{site.url}/a", changed_at=datetime(2024, 1, 1, 22, tzinfo=west))
        assert night(tmp_path, later) == counts(fetched=1)


def test_batches_are_bounded_by_their_bytes(tmp_path: Path):
    with Site(**{str(n): reply(bytes(1_000_000)) for n in range(6)}) as site:
        night(tmp_path, *(Link(f"{site.url}/{n}") for n in range(6)))
    with Ledger(tmp_path) as ledger:
        assert [len(batch) for batch in ledger.waiting(2_500_000)] == [2, 2, 2]
    assert (tmp_path / "fetched.sqlite").stat().st_size < 1_000_000


def test_a_ledger_that_cannot_be_used_is_named(tmp_path: Path):
    (tmp_path / "fetched.sqlite").write_bytes(b"no ledger at all, and long enough to be read as one" * 100)
    with pytest.raises(StoreError, match="ledger"):
        night(tmp_path, Link("http://127.0.0.1:9/"))


def test_a_night_runs_inside_a_running_loop(tmp_path: Path):
    async def notebook() -> dict[str, int]:
        return night(tmp_path, Link(f"{site.url}/a"))

    with Site(a=page("a")) as site:
        assert asyncio.run(notebook()) == counts(fetched=1)
