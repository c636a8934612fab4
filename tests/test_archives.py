"""WARC files, GDELT's tables and events coded elsewhere."""

import bz2
import gzip
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastwarc.warc import WarcRecord, WarcRecordType
from site_on_loopback import page

from pipeline.actors import country_names
from pipeline.cameo import event_of
from pipeline.coded import to_mention
from pipeline.records import Coded, CodedMention, Fetched, Item, Link, Raw, Rejection
from pipeline.scale import load_scale
from pipeline.settings import SourceSettings
from pipeline.sources import parse_fetched, read_sources

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def read(kind: str, limit: int = 1_000_000, **options) -> list[Item]:
    return list(read_sources([SourceSettings.model_validate({"kind": kind, **options})], limit))


def reasons(items: list[Item]) -> list[str]:
    return [item.reason if isinstance(item, Rejection) else type(item).__name__ for item in items]


def warc(*answers: tuple[str, bytes, bytes]) -> bytes:
    """Return a packed WARC file of (url, head, body)."""
    out = io.BytesIO()
    for url, head, body in answers:
        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.headers["WARC-Target-URI"] = url
        record.headers["WARC-Date"] = "2020-06-17T00:00:00Z"
        record.headers["Content-Type"] = "application/http; msgtype=response"
        record.set_bytes_content(head + body)
        plain = io.BytesIO()
        record.write(plain)
        out.write(gzip.compress(plain.getvalue()))
    return out.getvalue()


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def test_a_warc_gives_its_pages_one_by_one(tmp_path: Path):
    path = tmp_path / "crawl.warc.gz"
    answers = [
        ("https://a.example/1", HTML, page("one")),
        ("https://a.example/2", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n", b"gone"),
        ("https://a.example/3", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", b"\x89PNG"),
        ("https://a.example/4", HTML, b"x" * 50_000),
        ("https://a.example/5", HTML, page("five")),
    ]
    path.write_bytes(warc(*answers))
    items = read("warc", limit=20_000, path=str(path), outlet="Crawl")
    assert reasons(items) == ["Raw", "too long", "Raw"]
    first = items[0]
    assert isinstance(first, Raw)
    assert first.fields["url"] == "https://a.example/1"
    assert first.fields["html"] == page("one")
    assert first.fields["outlet"] == "Crawl"
    assert str(first.fields["fetched_at"]).startswith("2020-06-17")


def test_a_warc_cut_short_gives_what_came_before(tmp_path: Path):
    whole = warc(("https://a.example/1", HTML, page("one")), ("https://a.example/2", HTML, page("two")))
    (tmp_path / "a.warc.gz").write_bytes(whole[:-100])
    items = read("files", path=str(tmp_path / "a.warc.gz"))
    assert reasons(items) == ["Raw", "cut short"]


def test_packed_answers_in_a_warc_are_unpacked_within_the_limit(tmp_path: Path):
    head = HTML.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    bomb = gzip.compress(bytes(50_000_000))
    answers = [("https://a.example/1", head, gzip.compress(page("one"))), ("https://a.example/2", head, bomb)]
    (tmp_path / "a.warc.gz").write_bytes(warc(*answers))
    items = read("warc", path=str(tmp_path / "a.warc.gz"))
    assert reasons(items) == ["Raw", "too long"]
    assert isinstance(items[0], Raw)
    assert items[0].fields["html"] == page("one")


def event_row(**values: str) -> str:
    row = [""] * 61
    known = {"id": "1", "date": "20200616", "source": "PRK", "target": "KOR", "cameo": "1712", "role": "MIL"} | values
    places = {"id": 0, "date": 1, "source": 7, "role": 12, "target": 17, "cameo": 26, "added": 59, "url": 60}
    known = {"added": "20200616081500", "url": "https://www.a.example/1"} | known
    for name, value in known.items():
        row[places[name]] = value
    return "\t".join(row)


def zipped(*rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("20200616081500.export.CSV", "".join(row + "\n" for row in rows))
    return out.getvalue()


ROWS = (
    event_row(),
    event_row(id="2", cameo="042", source="KOR", target="PRK", url='https://b.example/"quoted'),
    event_row(id="3", cameo="010"),  # a statement
    event_row(id="4", target=""),  # one country
    "a broken row",
    event_row(id="5", cameo="190"),
)


def test_gdelt_events_enter_with_their_types_and_dates(tmp_path: Path):
    (tmp_path / "a.export.CSV.zip").write_bytes(zipped(*ROWS))
    items = read("gdelt", path=str(tmp_path / "*.zip"), take="events")
    assert reasons(items) == ["Coded", "Coded", "Coded", "broken row"]
    mention = to_mention(items[0], load_scale(), country_names())
    assert isinstance(mention, CodedMention)
    assert (mention.source, mention.source_role, mention.target) == ("PRK", "MIL", "KOR")
    assert (mention.event_type, mention.mode, mention.score) == ("ASSAULT", "destroy", -8.5)
    assert (mention.event_date, mention.outlet) == (date(2020, 6, 16), "a.example")
    assert mention.published_at == datetime(2020, 6, 16, 8, 15, tzinfo=UTC)
    assert mention.evidence == "GDELT 1, CAMEO 1712"


def test_gdelt_pages_are_wanted_once_each(tmp_path: Path):
    (tmp_path / "a.export.CSV").write_text("".join(row + "\n" for row in ROWS))
    items = read("gdelt", path=str(tmp_path / "a.export.CSV"))
    urls = [item.url for item in items if isinstance(item, Link)]
    assert urls == ["https://www.a.example/1", 'https://b.example/"quoted']
    assert isinstance(items[0], Link)
    assert items[0].fields == {"published_at": "2020-06-16T08:15:00+00:00", "date_source": "gdelt"}


def test_the_knowledge_graph_leads_to_pages_of_the_web(tmp_path: Path):
    def row(collection: str, url: str) -> str:
        return "\t".join(["20200616-1", "20200616081500", collection, "a.example", url, *[""] * 22])

    (tmp_path / "a.gkg.csv.gz").write_bytes(
        gzip.compress(f"{row('1', 'https://a.example/1')}\n{row('2', 'offline')}\n".encode())
    )
    items = read("gdelt", path=str(tmp_path / "a.gkg.csv.gz"), table="gkg")
    assert items == [
        Link(
            "https://a.example/1",
            "page",
            {"published_at": "2020-06-16T08:15:00+00:00", "date_source": "gdelt", "outlet": "a.example"},
        )
    ]


def test_the_newest_files_of_gdelt_are_found_and_asked_for_once():
    (newest,) = read("gdelt", server="http://127.0.0.1:1/", days=0.02, take="events")
    assert isinstance(newest, Link)
    assert newest.again
    lines = "".join(
        f"12 abc http://x/20200616001500.{name}\n" for name in ("export.CSV.zip", "mentions.CSV.zip", "gkg.csv.zip")
    )
    links = parse_fetched(Fetched(newest, newest.url, "text/plain", lines.encode(), NOW), 1000)
    assert [link.url for link in links if isinstance(link, Link)] == [
        "http://127.0.0.1:1/20200616001500.export.CSV.zip",
        "http://127.0.0.1:1/20200616000000.export.CSV.zip",
    ]
    file = links[0]
    assert isinstance(file, Link)
    assert not file.again
    assert reasons(parse_fetched(Fetched(file, file.url, "", zipped(*ROWS), NOW), 1000))[:1] == ["Coded"]
    assert reasons(parse_fetched(Fetched(newest, newest.url, "", b"<html>", NOW), 1000)) == [
        "not a list of GDELT files"
    ]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", zipped("too\tfew\tcolumns")])
def test_what_is_no_gdelt_table_is_refused_by_name(tmp_path: Path, content: bytes):
    (tmp_path / "a.export.CSV.zip").write_bytes(content)
    assert reasons(read("gdelt", path=str(tmp_path / "a.export.CSV.zip"))) in (
        ["unreadable file"],
        ["not a GDELT table"],
    )


def test_cameo_codes_mean_what_their_beginning_means():
    assert event_of("1712") == ("ASSAULT", "destroy")
    assert event_of("1711") == ("COERCE", "seize")
    assert event_of("0874") == ("RETREAT", "withdraw")
    assert event_of("193") == ("ASSAULT", "firearms")
    assert event_of("036") == ("AGREE", "")
    assert event_of("010") is None
    assert event_of("") is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "XXX"}, "unknown country"),
        ({"source": "KOR"}, "one country only"),
        ({"cameo": "011"}, "no event"),
        ({"cameo": "999"}, "unknown event type"),
        ({"event_date": "soon"}, "unreadable date"),
        ({"published_at": "soon"}, "unreadable date"),
        ({"probability": "2"}, "bad probability"),
    ],
)
def test_a_coded_event_is_checked(changes: dict, reason: str):
    fields = {"source": "PRK", "target": "KOR", "cameo": "190", "event_date": "2010-11-23"}
    assert isinstance(to_mention(Coded("a:1", fields), load_scale(), country_names()), CodedMention)
    refused = to_mention(Coded("a:1", fields | changes), load_scale(), country_names())
    assert isinstance(refused, Rejection)
    assert refused.reason == reason


def test_events_of_any_system_enter_by_their_columns(tmp_path: Path):
    (tmp_path / "events.csv").write_text(
        "src,dst,code,date,goldstein\nPRK,KOR,190,2010-11-23,-10\nUSA,USA,190,2010-11-23,-10\n"
    )
    columns = {"source": "src", "target": "dst", "cameo": "code", "event_date": "date"}
    items = read("coded", path=str(tmp_path / "events.csv"), columns=columns, outlet="Others", probability=0.6)
    assert reasons(items) == ["Coded", "Coded"]
    mention = to_mention(items[0], load_scale(), country_names())
    assert isinstance(mention, CodedMention)
    assert (mention.outlet, mention.probability, mention.published_at.date()) == ("Others", 0.6, date(2010, 11, 23))


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Content-Encoding: gzip", page("one")),
        ("Content-Encoding: gzip", gzip.compress(page("one"))),
        ("Transfer-Encoding: chunked", page("one")),
        ("Transfer-Encoding: chunked", chunked(page("one")[:99], page("one")[99:])),
    ],
)
def test_answers_in_a_warc_may_still_be_packed_or_not(tmp_path: Path, name: str, body: bytes):
    head = HTML.replace(b"\r\n\r\n", f"\r\n{name}\r\n\r\n".encode())
    (tmp_path / "a.warc.gz").write_bytes(
        warc(("<https://a.example/1>", head, body), ("https://a.example/2", HTML, page("two")))
    )
    first, second = read("warc", path=str(tmp_path / "a.warc.gz"))
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    assert (first.fields["html"], first.fields["url"]) == (page("one"), "https://a.example/1")


def test_a_warc_packed_as_bz2_is_read(tmp_path: Path):
    plain = gzip.decompress(warc(("https://a.example/1", HTML, page("one"))))
    (tmp_path / "a.warc.bz2").write_bytes(bz2.compress(plain))
    assert reasons(read("files", path=str(tmp_path / "a.warc.bz2"))) == ["Raw"]


def test_a_long_row_of_gdelt_loses_no_other(tmp_path: Path):
    (tmp_path / "a.export.CSV.zip").write_bytes(
        zipped(event_row(), event_row(id="2", url="https://x/" + "y" * 3_000_000))
    )
    assert reasons(read("gdelt", path=str(tmp_path / "a.export.CSV.zip"), take="events")) == ["Coded", "Coded"]
    (tmp_path / "b.export.CSV.zip").write_bytes(zipped(event_row(), event_row(url="https://x/" + "y" * 40_000_000)))
    assert reasons(read("gdelt", path=str(tmp_path / "b.export.CSV.zip"), take="events"))[-1] == "unreadable file"


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+09:00", "\ud800"])
def test_an_odd_value_costs_only_its_event(value: str):
    fields = {"source": "PRK", "target": "KOR", "cameo": "190", "event_date": value, "url": value}
    assert isinstance(to_mention(Coded("a:1", fields), load_scale(), country_names()), Rejection)
