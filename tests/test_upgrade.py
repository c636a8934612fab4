"""A store of schema 1, as its program wrote it → the present schema, losing nothing and coding nothing twice."""

import json
import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline import chain, explain, read_index
from pipeline.chain.quarantine import aside
from pipeline.cli import app
from pipeline.errors import StoreError
from pipeline.fetch import Ledger
from pipeline.fetch.ledger import LEDGER_FILE, LEDGER_VERSION
from pipeline.migrations import KEPT, STEPS, migrated
from pipeline.records import content_id
from pipeline.settings import Settings
from pipeline.store import INDEX_FILE, Store
from pipeline.tables import ARTICLES, SCHEMA_VERSION, SCHEMAS, articles_of
from pipeline.training.build import ready_coder
from pipeline.versions import PRESENT

UTC_TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
ARTICLES_1 = [
    *((name, TEXT) for name in ("article_id", "url", "outlet", "title", "body", "language")),
    ("published_at", UTC_TIME),
    ("fetched_at", UTC_TIME),
    ("source", TEXT),
]
MENTIONS_1 = [
    ("mention_id", TEXT),
    ("article_id", TEXT),
    ("sentence_no", pa.int32()),
    *((name, TEXT) for name in ("sentence", "source", "source_role", "target", "target_role", "event_type", "mode")),
    ("status", TEXT),
    ("score", pa.float64()),
    ("probability", pa.float64()),
    ("event_date", pa.date32()),
    *((name, TEXT) for name in ("date_precision", "date_rule", "evidence")),
]
REJECTIONS_1 = [("place", TEXT), ("reason", TEXT), ("detail", TEXT), ("content", pa.binary())]
SHELLED = "North Korea shelled a South Korean island on Tuesday, killing two soldiers."
AGREED = "South Korea and North Korea signed an agreement to end hostile acts."
ROWS = [
    {"url": "http://www.example.org/shelled?utm_source=x", "text": SHELLED, "date": "2010-11-23", "title": "Shells"},
    {"outlet": "Harbour Wire", "text": AGREED, "date": "2018-09-19", "title": "An accord"},
    {"url": "https://example.org/seoul", "text": "Seoul condemned Pyongyang.", "date": "2010-11-24", "language": "eng"},
]


def old_id(row: dict[str, str]) -> str:
    """Schema 1 knew an article by its url alone, and by outlet and text where it had none."""
    text = " ".join(f"{row.get('title', '')} {row['text']}".split())
    return content_id(row["url"]) if "url" in row else content_id(row.get("outlet", ""), text)


def old_article(row: dict[str, str]) -> dict[str, object]:
    return {
        "article_id": old_id(row),
        **{name: row.get(name, "") for name in ("url", "outlet", "title", "language")},
        "body": row["text"],
        "published_at": datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
        "fetched_at": None,
        "source": "articles.jsonl",
    }


def write(path: Path, title: str, columns: list[tuple[str, pa.DataType]], rows: list[dict[str, object]]) -> None:
    metadata = {"table": title, "schema_version": "1", "escalation_index": ""}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(columns, metadata=metadata)), path, compression="zstd")


def restamp(path: Path, version: str | None) -> None:
    """Write a file again as if a program of another schema had."""
    table = pq.read_table(path, partitioning=None)
    metadata = {**table.schema.metadata, b"schema_version": (version or "").encode()}
    if version is None:
        del metadata[b"schema_version"]
    pq.write_table(table.replace_schema_metadata(metadata), path)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An outputs folder as the program of schema 1 left it."""
    root = tmp_path / "outputs"
    for row in ROWS:
        write(root / "articles" / f"{row['date']}.parquet", "articles", ARTICLES_1, [old_article(row)])
        mention = {name: "" for name, kind in MENTIONS_1 if kind == TEXT} | {
            "mention_id": f"m{row['date']}",
            "article_id": old_id(row),
            "sentence_no": 1,
            "score": -9.0,
            "probability": 0.9,
            "event_date": date.fromisoformat(row["date"]),
        }
        write(root / "mentions" / f"{row['date']}.parquet", "mentions", MENTIONS_1, [mention])
    refused = {"place": "articles.jsonl:4", "reason": "no date", "detail": "give a date", "content": b"{'text': 'x'}"}
    for name in ("aa", "bb"):  # refused in two nights, and so kept twice
        write(root / "quarantine" / f"{name}.parquet", "quarantine", REJECTIONS_1, [refused])
    return root


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def run(source: Path, root: Path) -> chain.Summary:
    return chain.run([source], Store(root), Settings(), ready_coder("lexicon"))


def versions(root: Path) -> set[str]:
    return {pq.read_schema(path).metadata[b"schema_version"].decode() for path in root.rglob("*.parquet")}


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.parquet"))}


def test_every_version_has_its_step_and_every_kept_table_its_schema():
    assert sorted(STEPS) == list(range(1, PRESENT))
    assert {schema.metadata[b"schema_version"].decode() for schema in SCHEMAS} == {SCHEMA_VERSION}
    assert all(KEPT[name].metadata[b"table"].decode() == name for name in KEPT)
    assert all(name in KEPT for steps in STEPS.values() for name in steps)


def test_a_run_refuses_the_old_and_names_the_command(old: Path, source: Path):
    before = contents(old)
    with pytest.raises(StoreError, match=rf"schema 1.*escalation upgrade --outputs {old}"):
        run(source, old)
    with pytest.raises(StoreError, match="schema 1"):
        chain.retry(Store(old), Settings())
    assert contents(old) == before


def test_an_upgraded_store_is_what_a_new_one_would_be(old: Path, source: Path, tmp_path: Path):
    assert chain.upgrade(Store(old)) == {"articles": 3, "quarantine": 2}
    summary = run(source, old)
    assert (summary.new_articles, summary.known_articles) == (0, 3), "an article read again is known"
    assert versions(old) == {SCHEMA_VERSION}
    run(source, tmp_path / "fresh")
    for name in ("tension_index", "directed_index"):
        upgraded, fresh = (pq.read_table(root / f"{name}.parquet") for root in (old, tmp_path / "fresh"))
        assert upgraded.num_rows
        assert upgraded.equals(fresh, check_metadata=True)
    ids = [pq.read_table(root / "articles")["article_id"].to_pylist() for root in (old, tmp_path / "fresh")]
    assert sorted(ids[0]) == sorted(ids[1])
    assert explain("KOR-PRK", "2010-11-23", old).events


def test_what_schema_1_did_not_know_is_filled_in(old: Path):
    chain.upgrade(Store(old))
    by_day = {day: articles_of(Store(old).read_day("articles", day))[0] for day in Store(old).days("articles")}
    shelled, seoul, accord = (by_day[day] for day in sorted(by_day))
    assert (shelled.url, shelled.language, shelled.date_source) == ("http://www.example.org/shelled", "en", "given")
    assert (seoul.language, accord.outlet, accord.revised_at) == ("en", "Harbour Wire", None)
    (refused,) = aside(Store(old))
    assert (refused.reason, refused.form, refused.content) == ("no date", "", b"{'text': 'x'}")


def test_two_urls_of_one_page_become_one_article_of_the_first_day(old: Path):
    twin = ROWS[0] | {"url": "https://m.example.org/shelled/", "date": "2010-11-25"}
    write(old / "articles" / "2010-11-25.parquet", "articles", ARTICLES_1, [old_article(twin)])
    later = old_article(ROWS[0] | {"url": "https://example.org/shelled#top"})
    later["published_at"] = datetime(2010, 11, 23, 9, tzinfo=UTC)
    write(old / "articles" / "2010-11-23.parquet", "articles", ARTICLES_1, [later, old_article(ROWS[0])])
    chain.upgrade(Store(old))
    assert date(2010, 11, 25) not in Store(old).days("articles")
    (kept,) = articles_of(Store(old).read_day("articles", date(2010, 11, 23)))
    assert kept.published_at == datetime(2010, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_upgrade_that_died_goes_on_from_there(old: Path, source: Path, tmp_path: Path, monkeypatch, after: int):
    whole = tmp_path / "whole"
    shutil.copytree(old, whole)
    chain.upgrade(Store(whole))
    written = []
    write_file = Store.write_file

    def dying(self: Store, name: str, table: pa.Table, note: str = "") -> bool:
        if len(written) == after:
            raise KeyboardInterrupt
        written.append(name)
        return write_file(self, name, table, note)

    monkeypatch.setattr(Store, "write_file", dying)
    with pytest.raises(KeyboardInterrupt):
        chain.upgrade(Store(old))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="escalation upgrade"):
        run(source, old)
    assert sum(chain.upgrade(Store(old)).values()) == 5 - after
    assert contents(old) == contents(whole)
    assert chain.upgrade(Store(old)) == {}


@pytest.mark.parametrize("file", ["articles/2010-11-23.parquet", "mentions/2018-09-19.parquet", INDEX_FILE])
def test_a_newer_store_is_refused_untouched(old: Path, source: Path, file: str):
    chain.upgrade(Store(old))
    run(source, old)
    restamp(old / file, "3")
    before = contents(old)
    for attempt in (lambda: run(source, old), lambda: chain.upgrade(Store(old))):
        with pytest.raises(StoreError, match=f"{file} is of schema 3, and this program knows schemas up to 2"):
            attempt()
    assert contents(old) == before


def test_a_newer_index_is_not_shown(old: Path, source: Path):
    chain.upgrade(Store(old))
    run(source, old)
    restamp(old / INDEX_FILE, "3")
    with pytest.raises(StoreError, match="install the version that wrote it"):
        read_index(old)


def test_a_table_of_another_program_is_refused(old: Path, source: Path):
    chain.upgrade(Store(old))
    restamp(old / "articles" / "2010-11-23.parquet", None)
    with pytest.raises(StoreError, match="carries no schema version"):
        run(source, old)


def test_vintages_and_their_method_survive(old: Path, source: Path, tmp_path: Path):
    root = tmp_path / "nights"
    run(source, root)
    before = read_index(root, "KOR-PRK", as_of="2018-09-19")
    derived = [*root.glob("events/*.parquet"), *root.glob("mentions/*.parquet"), *root.glob("*_index.parquet")]
    for path in (*root.glob("*vintages/*.parquet"), *derived):
        restamp(path, "1")
    assert chain.upgrade(Store(root)) == {"vintages": 1, "directed_vintages": 1}
    after = read_index(root, "KOR-PRK", as_of="2018-09-19")
    assert before.equals(after)
    assert before.attrs == after.attrs
    with pytest.raises(StoreError, match="schema 1"):
        read_index(root, "KOR-PRK")  # the published index follows with the next run
    source.write_text(json.dumps({"text": "Seoul condemned Pyongyang again.", "date": "2018-09-21"}))
    run(source, root)
    assert versions(root) == {SCHEMA_VERSION}
    assert read_index(root, "KOR-PRK", as_of="2018-09-19").equals(before)


def test_a_table_without_a_step_stays_as_it_is():
    table = ARTICLES.empty_table()
    assert migrated(table, "articles", "articles/x.parquet").schema.equals(ARTICLES, check_metadata=True)


def test_the_command_upgrades_once_and_says_so(old: Path):
    first = CliRunner().invoke(app, ["upgrade", "--outputs", str(old)])
    assert first.exit_code == 0
    assert "now of schema 2: 3 of articles, 2 of quarantine files" in " ".join(first.output.split())
    again = CliRunner().invoke(app, ["upgrade", "--outputs", str(old)])
    assert "nothing to do" in again.output
    counted = CliRunner().invoke(app, ["upgrade", "--outputs", str(old), "--json"])
    assert json.loads(counted.output) == {"schema": 2, "files": {}}


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(StoreError, match="nothing to upgrade"):
        chain.upgrade(Store(tmp_path / "outptus"))
    assert not (tmp_path / "outptus").exists()


def test_a_newer_ledger_is_refused(tmp_path: Path):
    base = sqlite3.connect(tmp_path / LEDGER_FILE)
    base.execute(f"pragma user_version = {LEDGER_VERSION + 1}")
    base.close()
    with pytest.raises(StoreError, match=f"version {LEDGER_VERSION + 1}"), Ledger(tmp_path) as ledger:
        ledger.want([])


def test_a_ledger_of_before_versions_is_taken_over(tmp_path: Path):
    with Ledger(tmp_path) as ledger:
        ledger.want([])
    base = sqlite3.connect(tmp_path / LEDGER_FILE)
    assert base.execute("pragma user_version").fetchone() == (LEDGER_VERSION,)
    base.execute("pragma user_version = 0")
    base.close()
    with Ledger(tmp_path) as ledger:
        assert ledger.wanted() == []
