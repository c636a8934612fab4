import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from conftest import make_article, make_mention

from pipeline.errors import StoreError
from pipeline.store import Store, note_of
from pipeline.tables import ARTICLES, MENTIONS, SCHEMAS, articles_of, table_of

DAY = date(2020, 6, 16)


def test_a_partition_opens_with_pandas_and_keeps_its_note(tmp_path: Path):
    store = Store(tmp_path)
    assert store.write_day("mentions", DAY, table_of([make_mention()], MENTIONS), "made by a test")
    assert store.note("mentions", DAY) == "made by a test"
    frame = pd.read_parquet(tmp_path / "mentions")
    assert frame["source"].tolist() == ["PRK"]
    assert store.days("mentions") == [DAY]


def test_writing_the_same_again_touches_nothing(tmp_path: Path):
    store, table = Store(tmp_path), table_of([make_mention()], MENTIONS)
    store.write_day("mentions", DAY, table)
    before = (tmp_path / "mentions" / "2020-06-16.parquet").stat().st_mtime_ns
    assert not store.write_day("mentions", DAY, table)
    assert (tmp_path / "mentions" / "2020-06-16.parquet").stat().st_mtime_ns == before


def test_articles_come_back_as_they_went(tmp_path: Path):
    article = make_article("Seoul protested.")
    assert articles_of(table_of([article], ARTICLES)) == [article]


def test_a_second_writer_is_told_to_wait(tmp_path: Path):
    with Store(tmp_path).writing(), pytest.raises(StoreError, match="another run"), Store(tmp_path).writing():
        pass


def test_what_a_dead_run_left_half_written_is_swept(tmp_path: Path):
    (tmp_path / "mentions").mkdir()
    leftover = tmp_path / "mentions" / ".2020-06-16.parquet.tmp"
    leftover.write_text("half")
    assert Store(tmp_path).days("mentions") == []
    with Store(tmp_path).writing():
        assert not leftover.exists()


def test_a_write_that_fails_leaves_the_last_good_file(tmp_path: Path, monkeypatch):
    store = Store(tmp_path)
    store.write_bytes("index", b"good")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        store.write_bytes("index", b"new")
    assert (tmp_path / "index").read_bytes() == b"good"


def test_a_missing_index_tells_how_to_build_it(tmp_path: Path):
    with pytest.raises(StoreError, match="escalation run"):
        Store(tmp_path).read_file("tension_index.parquet")


def test_tables_of_another_version_are_named(tmp_path: Path):
    store = Store(tmp_path)
    store.write_day("articles", DAY, table_of([make_article("Seoul protested.")], ARTICLES).drop_columns("date_source"))
    with pytest.raises(StoreError, match="another version of the tables"):
        store.read("articles", ARTICLES)


def test_remote_urls_are_refused_for_now():
    with pytest.raises(StoreError, match="local folder"):
        Store("s3://bucket/outputs")


def test_notes_and_meanings():
    assert note_of(table_of([], MENTIONS)) == {}
    assert all(field.metadata[b"meaning"] for schema in SCHEMAS for field in schema)
