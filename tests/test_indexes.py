"""Feeds, sitemaps and lists of urls: what they lead to, and what hostile ones cost."""

import gzip
import json
import multiprocessing
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from site_on_loopback import feed

from pipeline.errors import SourceError
from pipeline.records import Fetched, Item, Link, Raw, Rejection
from pipeline.settings import SourceSettings
from pipeline.sources import parse_fetched, read_sources
from pipeline.sources.parsing import IndexParser

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MOST = 1_000_000
LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "ha">%s]><urlset><url><loc>&e9;</loc></url></urlset>"""
    % b"".join(b'<!ENTITY e%d "%s">' % (n, b"&%s;" % (b"a" if n == 0 else b"e%d" % (n - 1)) * 10) for n in range(10))
)


def start(kind: str, **options) -> list[Item]:
    return list(read_sources([SourceSettings.model_validate({"kind": kind, **options})], MOST))


def parse(body: bytes, kind: str, url: str = "https://a.example/index", **options) -> list[Item]:
    (link,) = start(kind, url=url, **options)
    assert isinstance(link, Link)
    return parse_fetched(Fetched(link, url, "application/xml", body, NOW), MOST)


def test_a_feed_is_asked_every_night_and_leads_to_its_pages():
    (link,) = start("feed", url="https://a.example/rss")
    assert isinstance(link, Link)
    assert (link.kind, link.again) == ("feed", True)
    pages = parse(feed("https://a.example/1", "https://a.example/2"), "feed")
    assert [page.url for page in pages if isinstance(page, Link)] == ["https://a.example/1", "https://a.example/2"]
    first = pages[0]
    assert isinstance(first, Link)
    assert first.fields == {
        "outlet": "Test Post",
        "title": "Item 0",
        "published_at": "2020-06-16T08:00:00+00:00",
        "date_source": "feed",
    }
    assert first.changed_at == datetime(2020, 6, 16, 8, tzinfo=UTC)


def test_an_atom_entry_that_was_updated_says_when():
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>E</title>
    <link href="https://a.example/1"/><published>2020-06-16T08:00:00Z</published><updated>2020-06-17T09:00:00Z</updated>
    </entry></feed>"""
    (page,) = parse(atom, "feed", outlet="Own name")
    assert isinstance(page, Link)
    assert page.changed_at == datetime(2020, 6, 17, 9, tzinfo=UTC)
    assert page.fields["outlet"] == "Own name"


def test_a_feed_that_is_not_followed_gives_its_own_text():
    rss = feed("https://a.example/1").replace(b"</item>", b"<description>Seoul protested.</description></item>")
    (raw,) = parse(rss, "feed", follow=False)
    assert isinstance(raw, Raw)
    assert raw.fields["url"] == "https://a.example/1"
    assert "Seoul protested." in str(raw.fields["html"])


@pytest.mark.parametrize(
    ("link", "reason"), [("javascript:alert(1)", "bad url"), ("file:///etc/passwd", "bad url"), ("", "empty entry")]
)
def test_entries_that_lead_nowhere_are_named(link: str, reason: str):
    (refused,) = parse(feed(link), "feed")
    assert isinstance(refused, Rejection)
    assert refused.reason == reason


@pytest.mark.parametrize("body", [b"", b"<html><p>no feed</p></html>", b"/etc/passwd", b"\x00\x01\x02", LAUGHS])
def test_what_is_no_feed_is_refused_by_name(body: bytes):
    (refused,) = parse(body, "feed")
    assert isinstance(refused, Rejection)
    assert refused.reason == "not a feed"


def test_a_feed_cannot_read_files_or_grow():
    entities = (
        b"""<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">%s]>"""
        % LAUGHS[LAUGHS.index(b"<!ENTITY") : LAUGHS.index(b"]>")]
    )
    rss = feed("https://a.example/1").replace(b"<rss", entities + b"<rss").replace(b"Item 0", b"&x; &e9;")
    before = time.monotonic()
    found = parse(rss, "feed")
    assert time.monotonic() - before < 5
    assert "root:" not in str(found)
    assert len(str(found)) < 10_000


SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://a.example/1</loc><lastmod>2020-06-16T10:00:00Z</lastmod><news:news><news:publication>
<news:name>Harbour Wire</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2020-06-16</news:publication_date><news:title>Protest</news:title></news:news></url>
<url><loc>https://a.example/old</loc><lastmod>2019-01-01</lastmod></url><url><loc>mailto:a@b</loc></url></urlset>"""


@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_leads_to_pages_with_what_it_knows(packed: bool):
    body = gzip.compress(SITEMAP.encode()) if packed else SITEMAP.encode()
    page, refused = parse(body, "sitemap", since=date(2020, 1, 1))
    assert isinstance(page, Link)
    assert page.changed_at == datetime(2020, 6, 16, 10, tzinfo=UTC)
    assert page.fields == {
        "title": "Protest",
        "published_at": "2020-06-16",
        "outlet": "Harbour Wire",
        "language": "en",
        "date_source": "sitemap",
    }
    assert isinstance(refused, Rejection)
    assert refused.reason == "bad url"


def test_indexes_of_sitemaps_end_somewhere():
    nested = b"<sitemapindex><sitemap><loc>https://a.example/deeper</loc></sitemap></sitemapindex>"
    items = parse(nested, "sitemap")
    for _ in range(2):
        (link,) = items
        assert isinstance(link, Link)
        assert link.kind == "sitemap"
        items = parse_fetched(Fetched(link, link.url, "", nested, NOW), MOST)
    (link,) = items
    assert isinstance(link, Link)
    (refused,) = parse_fetched(Fetched(link, link.url, "", nested, NOW), MOST)
    assert isinstance(refused, Rejection)
    assert refused.reason == "sitemaps too deep"


@pytest.mark.parametrize(
    "body",
    [LAUGHS, b"", b"<html/>", b"not xml", gzip.compress(bytes(50_000_000)), gzip.compress(SITEMAP.encode())[:60]],
    ids=["laughs", "empty", "html", "text", "bomb", "cut"],  # a packed body differs by the second
)
def test_a_hostile_sitemap_is_refused_by_name(body: bytes):
    items = parse(body, "sitemap")
    assert {item.reason for item in items if isinstance(item, Rejection)} <= {"not a sitemap", "bad url"}
    assert not any(isinstance(item, Link) for item in items)


def test_a_sitemap_reads_no_file():
    body = b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.example/&x;</loc></url></urlset>'
    assert "root:" not in str(parse(body, "sitemap"))


def test_an_index_that_takes_for_ever_costs_its_time_limit(monkeypatch):
    link = Link("https://a.example/rss", "feed")
    huge = feed(*(f"https://a.example/{n}" for n in range(60_000)))
    with IndexParser(0.05, MOST, 1024) as parser:
        (refused,) = parser.parse(Fetched(link, link.url, "application/xml", huge, NOW))
    assert isinstance(refused, Rejection)
    assert refused.reason == "index too slow"


def test_an_index_is_parsed_beside_the_run():
    link = Link("https://a.example/rss", "feed")
    with IndexParser(30, MOST, 1024) as parser:
        found = parser.parse(Fetched(link, link.url, "application/xml", feed("https://a.example/1"), NOW))
        (broken,) = parser.parse(Fetched(Link(link.url, "unheard of"), link.url, "", b"", NOW))
    assert [item.url for item in found if isinstance(item, Link)] == ["https://a.example/1"]
    assert isinstance(broken, Rejection)
    assert broken.reason == "index unreadable"


def test_lists_of_urls(tmp_path: Path):
    (tmp_path / "a.txt").write_text("\ufeffhttps://a.example/1\n\nhttps://a.example/2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        "url,published_at,outlet\nhttps://a.example/3,2020-06-16,Harbour Wire\n,2020-06-16,x\n"
    )
    assert start("pages", urls=["https://a.example/1"]) == [Link("https://a.example/1")]
    assert [item.url for item in start("pages", file=str(tmp_path / "a.txt")) if isinstance(item, Link)] == [
        "https://a.example/1",
        "https://a.example/2",
    ]
    link, refused = start("pages", file=str(tmp_path / "b.csv"))
    assert link == Link("https://a.example/3", "page", {"published_at": "2020-06-16", "outlet": "Harbour Wire"})
    assert isinstance(refused, Rejection)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("feeed", {}, "unknown kind of source 'feeed'; known are files"),
        ("feed", {}, r"source 1 \(kind 'feed'\), option 'url'"),
        ("feed", {"url": "x", "folow": 1}, "its options are url, outlet, language, follow"),
        ("pages", {}, "either urls or file"),
        ("gdelt", {"table": "gkg", "take": "events"}, "events stand in the table export"),
    ],
)
def test_a_source_that_is_written_wrongly_is_explained(kind: str, options: dict, message: str):
    with pytest.raises(SourceError, match=message):
        start(kind, **options)


class Registered:
    """An entry point as a user's package registers it."""

    def load(self):
        return lambda options: iter([Raw(f"debate {options['number']}", {"text": "Seoul protested."})])


def test_a_source_of_ones_own_is_found_by_its_entry_point(monkeypatch):
    def points(group: str, name: str) -> list[Registered]:
        return [Registered()] if (group, name) == ("escalation.sources", "debates") else []

    monkeypatch.setattr("pipeline.sources.entry_points", points)
    assert start("debates", number=17) == [Raw("debate 17", {"text": "Seoul protested."})]


def test_a_picture_in_a_sitemap_is_not_its_page():
    body = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
     xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><image:image><image:loc>https://a.example/1.jpg
     </image:loc><image:title>Harbour</image:title></image:image><loc>https://a.example/1</loc></url></urlset>"""
    assert parse(body, "sitemap") == [Link("https://a.example/1", "page", {})]


def test_half_a_character_in_a_feed_costs_only_itself():
    (page,) = parse(feed("https://a.example/1").replace(b"Item 0", b"Pro&#xD800;test &#55357;!"), "feed")
    assert isinstance(page, Link)
    assert page.fields["title"] == "Protest !"


def test_a_killed_parser_costs_one_index():
    link = Link("https://a.example/rss", "feed")
    fetched = Fetched(link, link.url, "application/xml", feed("https://a.example/1"), NOW)
    with IndexParser(30, MOST, 1024) as parser:
        assert len(parser.parse(fetched)) == 1
        for child in multiprocessing.active_children():
            child.kill()
        time.sleep(0.5)
        outcomes = {type(parser.parse(fetched)[0]) for _ in range(3)}
    assert Link in outcomes


def test_an_index_that_was_refused_can_be_wanted_again():
    link = Link("https://a.example/rss", "feed", {"outlet": "A"}, again=True)
    with IndexParser(30, MOST, 1024) as parser:
        (refused,) = parser.parse(Fetched(link, link.url, "text/html", b"<html>", NOW))
    assert isinstance(refused, Rejection)
    assert (refused.form, refused.content) == ("link", b"<html>")
    assert json.loads(refused.known) == {"url": link.url, "kind": "feed", "fields": {"outlet": "A"}, "again": True}
