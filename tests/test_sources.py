import bz2
import gzip
import json
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import SourceError
from pipeline.extract import extract_all, parse_time
from pipeline.records import Article, Rejection
from pipeline.settings import ArticleSettings, PageSettings, SourceSettings
from pipeline.sources import read_sources

ROW = {
    "text": "Seoul protested.",
    "date": "2020-06-16",
    "link": "https://a.example/1",
    "headline": "Protest",
    "source": "A",
}
LIMIT = 1_000_000


def read(*paths: Path | str, limit: int = LIMIT, **settings) -> list[Article | Rejection]:
    chosen = ArticleSettings(**settings)
    raws = read_sources([SourceSettings.of(path) for path in paths], limit)
    return list(extract_all(raws, chosen, PageSettings()))


def reasons(items: list[Article | Rejection]) -> list[str]:
    return [item.reason if isinstance(item, Rejection) else "ok" for item in items]


def test_field_names_of_the_field_are_known(jsonl):
    (article,) = read(jsonl(ROW))
    assert isinstance(article, Article)
    assert (article.body, article.title, article.outlet, article.url) == (
        "Seoul protested.",
        "Protest",
        "A",
        "https://a.example/1",
    )
    assert article.published_at.isoformat() == "2020-06-16T00:00:00+00:00"


def test_own_field_names_by_settings(jsonl):
    path = jsonl({"corps": "Seoul protested.", "jour": "2020-06-16"})
    (article,) = read(path, fields={"body": "corps", "published_at": "jour"})
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "Seoul protested."}, "no date"),
        ({"text": "Seoul protested.", "date": "soon"}, "unreadable date"),
        ({"text": "Seoul protested.", "date": "0001-01-01"}, "unreadable date"),
        ({"text": "  ", "date": "2020-06-16"}, "empty body"),
        ({"words": "Seoul protested.", "date": "2020-06-16"}, "missing column"),
        ('{"text": ', "broken JSON"),
        ("[1, 2]", "broken JSON"),
    ],
)
def test_a_bad_record_is_named_and_the_rest_is_read(jsonl, row, reason: str):
    assert reasons(read(jsonl(ROW, row, ROW))) == ["ok", reason, "ok"]


def test_broken_utf8_and_an_endless_line_are_set_aside(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    good = json.dumps(ROW).encode() + b"\n"
    path.write_bytes(good + b'{"text": "\xff\xfe"}\n' + b'{"text": "' + b"x" * 3_000_000 + b'"}\n' + good)
    assert reasons(read(path)) == ["ok", "broken UTF-8", "too long", "ok"]


def test_a_given_date_serves_what_carries_none(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Seoul protested.")
    assert reasons(read(tmp_path)) == ["no date"]
    assert reasons(read(tmp_path, default_date="2020-06-16")) == ["ok"]


def test_csv_and_parquet_and_gzip_give_the_same_article(tmp_path: Path):
    (tmp_path / "a.csv").write_text('text,date,outlet\n"Seoul, again, protested.",2020-06-16,A\n')
    pq.write_table(
        pa.table({"text": ["Seoul, again, protested."], "date": ["2020-06-16"], "outlet": ["A"]}),
        tmp_path / "b.parquet",
    )
    with gzip.open(tmp_path / "c.jsonl.gz", "wt") as file:
        file.write(json.dumps({"text": "Seoul, again, protested.", "date": "2020-06-16", "outlet": "A"}) + "\n")
    articles = read(tmp_path)
    assert len(articles) == 3
    assert len({article.article_id for article in articles if isinstance(article, Article)}) == 1


def test_csv_with_broken_rows(tmp_path: Path):
    (tmp_path / "a.csv").write_bytes(b"text,date\nSeoul protested.,2020-06-16\nonly one\n\xff\xfe,2020-06-16\n")
    assert reasons(read(tmp_path / "a.csv")) == ["ok", "broken row", "broken UTF-8"]


def test_manifest_dates_its_files_and_names_the_missing(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Seoul protested.")
    (tmp_path / "stray.txt").write_text("Nobody dates me.")
    (tmp_path / "manifest.csv").write_text(
        "file,published_at,outlet\na.txt,2020-06-16,A\nb.txt,2020-06-16,A\n../x,2020-06-16,A\n"
    )
    assert reasons(read(tmp_path)) == ["ok", "missing file", "missing file", "not in manifest"]


def test_html_gives_its_text_title_and_date(tmp_path: Path):
    paragraphs = "".join(
        f"<p>Seoul protested against the launch for the {n}th time this year, officials said.</p>" for n in range(9)
    )
    page = (
        '<html><head><title>Protest</title><meta property="article:published_time" content="2020-06-16T08:00:00Z">'
        f"</head><body><nav>Home</nav><article><h1>Protest</h1>{paragraphs}</article></body></html>"
    )
    (tmp_path / "a.html").write_text(page)
    (article,) = read(tmp_path / "a.html")
    assert isinstance(article, Article)
    assert article.title == "Protest"
    assert "Seoul protested" in article.body
    assert article.published_at.date().isoformat() == "2020-06-16"


def test_the_wrong_place_is_an_error(tmp_path: Path):
    with pytest.raises(SourceError, match="there is no"):
        read(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="holds no articles"):
        read(tmp_path)
    (tmp_path / "a.pdf").write_text("")
    with pytest.raises(SourceError, match="no known kind"):
        read(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2020-06-16", "2020-06-16T00:00:00+00:00"),
        ("2020-06-16T09:00:00+09:00", "2020-06-16T00:00:00+00:00"),
        ("Tue, 16 Jun 2020 09:00:00 +0900", "2020-06-16T00:00:00+00:00"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times(text: str, utc: str | None):
    moment = parse_time(text)
    assert (moment.isoformat() if moment else None) == utc


def test_packed_files_globs_and_file_systems_give_the_same_articles(tmp_path: Path):
    line = json.dumps({"text": "Seoul protested.", "date": "2020-06-16"}).encode() + b"\n"
    (tmp_path / "a.jsonl.bz2").write_bytes(bz2.compress(line))
    (tmp_path / "b.jsonl.zst").write_bytes(pa.compress(line, codec="zstd", asbytes=True))
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "c.jsonl").write_bytes(line)
    (tmp_path / "notes.md").write_text("not an article")
    (tmp_path / ".hidden.jsonl").write_bytes(b"half written")
    memory = fsspec.filesystem("memory")
    memory.pipe("/news/2020/d.jsonl.gz", gzip.compress(line))
    for where, count in (
        (str(tmp_path), 3),
        (f"{tmp_path}/*.jsonl.*", 2),
        (f"{tmp_path}/*/c.jsonl", 1),
        (f"file://{tmp_path}/deeper", 1),
        ("memory://news", 1),
        ("memory://news/*/*.gz", 1),
    ):
        assert reasons(read(where)) == ["ok"] * count, where


def test_broken_archives_are_set_aside(tmp_path: Path):
    whole = gzip.compress(b"".join(json.dumps(ROW | {"n": n}).encode() + b"\n" for n in range(20_000)))
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "wrong.csv.gz").write_bytes(b"not packed at all")
    (tmp_path / "wrong.parquet").write_bytes(b"PAR1 but no more")
    (tmp_path / "wrong.txt.zst").write_bytes(b"not packed")
    found = reasons(read(tmp_path))
    assert found.count("unreadable file") == 4
    assert found.count("ok") > 1000


@pytest.mark.parametrize(
    ("where", "message"),
    [("https://a.example/rss", "kind pages, feed or sitemap"), ("nothing-such://a/b", "cannot reach nothing-such")],
)
def test_urls_that_are_no_files_are_explained(where: str, message: str):
    with pytest.raises(SourceError, match=message):
        read(where)


def test_one_odd_record_costs_only_itself(tmp_path: Path):
    good = json.dumps(ROW).encode() + b"\n"
    odd = (
        b'{"text": 1%s}\n' % (b"0" * 5000)
        + b'{"text": "Seoul \\ud800 protested.", "date": "2020-06-16", "url": "http://\\ud800"}\n'
    )
    (tmp_path / "a.jsonl").write_bytes(good + odd + good.replace(b"/1", b"/2"))
    found = read(tmp_path / "a.jsonl")
    assert reasons(found) == ["ok", "broken JSON", "ok", "ok"]
    days = pa.table(
        {"text": ["a", "b", "c"], "date": pa.array([18000, 2_000_000_000, 18001], pa.int32()).cast(pa.date32())}
    )
    pq.write_table(days, tmp_path / "b.parquet")
    assert reasons(read(tmp_path / "b.parquet")) == ["ok", "broken row", "ok"]
