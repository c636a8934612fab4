"""The outputs in a folder and in an object store: the same tests for both, then what only one of them has."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from conftest import make_article, make_mention

from pipeline.errors import StoreError
from pipeline.store import Store, lock, note_of
from pipeline.tables import ARTICLES, MENTIONS, SCHEMAS, articles_of, table_of

DAY, NEXT = date(2020, 6, 16), date(2020, 6, 17)


def mentions(*days: str) -> pa.Table:
    return table_of([make_mention(day=day) for day in days or ("2020-06-16",)], MENTIONS)


def test_a_partition_opens_with_pandas_and_keeps_its_note(outputs):
    store = Store(outputs)
    assert store.write_day("mentions", DAY, mentions(), "made by a test")
    assert store.note("mentions", DAY) == "made by a test"
    frame = pd.read_parquet(f"{outputs}/mentions")
    assert frame["source"].tolist() == ["PRK"]
    assert store.days("mentions") == [DAY]
    assert store.note("mentions", NEXT) is None


def test_writing_the_same_again_touches_nothing(outputs):
    store, table = Store(outputs), mentions()
    with store.writing():
        assert store.write_day("mentions", DAY, table)
        assert not store.write_day("mentions", DAY, table)
    with Store(outputs).writing():
        assert not store.write_day("mentions", DAY, table)
        assert store.write_day("mentions", DAY, table, "another note")
    assert not Store(outputs).write_day("mentions", DAY, table, "another note")


def test_a_partition_in_parts_depends_on_its_rows_alone(outputs, monkeypatch):
    monkeypatch.setattr("pipeline.store.parts.GROUP_ROWS", 4)
    store, table = Store(outputs), mentions(*["2020-06-16"] * 11)
    halves, ones = [table.slice(0, 6), table.slice(6)], [table.slice(n, 1) for n in range(11)]
    with store.writing():
        assert store.write_day_parts("mentions", DAY, MENTIONS, iter(halves), "note")
        assert not store.write_day_parts("mentions", DAY, MENTIONS, iter(ones), "note")
        assert store.write_day_parts("mentions", DAY, MENTIONS, iter(ones), "another")
    assert store.note("mentions", DAY) == "another"
    assert store.read_day("mentions", DAY).equals(table)
    parts = list(store.iter_day("mentions", DAY, ["sentence"], 3))
    assert max(part.num_rows for part in parts) == 3
    assert pa.concat_tables(parts).equals(table.select(["sentence"]))


def test_a_short_partition_in_parts_is_that_written_whole(outputs):
    store, table = Store(outputs), mentions("2020-06-16", "2020-06-17")
    store.write_day("mentions", DAY, table, "note")
    assert not store.write_day_parts("mentions", DAY, MENTIONS, [table.slice(0, 1), table.slice(1)], "note")
    assert store.write_day_parts("mentions", DAY, MENTIONS, [])
    assert store.days("mentions") == []


def test_a_partition_whose_parts_end_early_stays_as_it_was(outputs, monkeypatch):
    monkeypatch.setattr("pipeline.store.parts.GROUP_ROWS", 2)
    store, table = Store(outputs), mentions(*["2020-06-16"] * 7)

    def parts():
        yield table
        raise KeyboardInterrupt

    store.write_day("mentions", DAY, table.slice(0, 1))
    with pytest.raises(KeyboardInterrupt):
        store.write_day_parts("mentions", DAY, MENTIONS, parts())
    assert store.read_day("mentions", DAY).num_rows == 1
    assert Store(outputs).days("mentions") == [DAY]


def test_a_digest_is_that_of_the_bytes_there_now(outputs):
    store = Store(outputs)
    with store.writing():
        store.write_day("mentions", DAY, mentions(), "one")
        first = store.digest("mentions", DAY)
        assert store.digest("mentions", DAY) == first
        store.write_day("mentions", DAY, mentions(), "two")
        assert store.digest("mentions", DAY) != first
        store.write_day("mentions", DAY, mentions(), "one")
        assert store.digest("mentions", DAY) == first
    assert Store(outputs).digest("mentions", DAY) == first


def test_an_empty_table_removes_a_partition(outputs):
    store = Store(outputs)
    with store.writing():
        store.write_day("mentions", DAY, mentions())
        store.write_day("mentions", NEXT, mentions())
        assert store.write_day("mentions", DAY, MENTIONS.empty_table())
        assert not store.write_day("mentions", DAY, MENTIONS.empty_table())
        assert store.days("mentions") == [NEXT]
    assert Store(outputs).days("mentions") == [NEXT]
    assert Store(outputs).read("mentions", MENTIONS).num_rows == 1


def test_all_days_are_read_in_order_whole_and_in_columns(outputs):
    store = Store(outputs)
    days = [date(2020, 6, n) for n in range(1, 29)]
    with store.writing():
        for day in reversed(days):
            store.write_day("mentions", day, mentions(day.isoformat()))
    assert store.read("mentions", MENTIONS)["event_date"].to_pylist() == days
    assert Store(outputs).read("mentions", MENTIONS, ["event_date"])["event_date"].to_pylist() == days
    assert store.read("coded", MENTIONS).num_rows == 0


def test_files_of_a_folder(outputs):
    store = Store(outputs)
    with store.writing():
        store.write_file("quarantine/b.parquet", mentions())
        store.write_file("quarantine/a.parquet", mentions())
        store.write_bytes("quarantine/readme.txt", b"no table")
    assert Store(outputs).files("quarantine") == ["quarantine/a.parquet", "quarantine/b.parquet"]
    assert store.read_folder("quarantine", MENTIONS).num_rows == 2
    assert store.remove("quarantine/a.parquet")
    assert not store.remove("quarantine/a.parquet")
    assert store.has("quarantine/b.parquet")
    assert not store.has("quarantine/a.parquet")
    assert store.read_bytes("quarantine/readme.txt") == b"no table"
    assert store.read_bytes("nothing") is None


def test_a_digest_is_that_of_the_bytes_wherever_they_lie(outputs, tmp_path: Path):
    store, here = Store(outputs), Store(tmp_path / "here")
    for one in (store, here):
        one.write_day("mentions", DAY, mentions())
    assert store.digest("mentions", DAY) == here.digest("mentions", DAY)
    with store.writing():
        assert store.digest("mentions", DAY) == here.digest("mentions", DAY)


def test_articles_come_back_as_they_went():
    article = make_article("Seoul protested.")
    assert articles_of(table_of([article], ARTICLES)) == [article]


def test_a_second_writer_is_told_who_writes(outputs):
    with Store(outputs).writing():
        with pytest.raises(
            StoreError, match=rf"another run writes to .*: process {os.getpid()} on .* since 20.*--wait"
        ):
            Store(outputs).writing().__enter__()
        Store(outputs).write_bytes("still", b"mine")
    with Store(outputs).writing():
        pass


def test_a_second_writer_waits_if_asked(outputs, monkeypatch):
    first = Store(outputs).writing()
    first.__enter__()
    threading.Timer(0.5, first.__exit__, (None, None, None)).start()
    before = time.monotonic()
    with Store(outputs).writing(wait=60):
        assert 0.3 < time.monotonic() - before < 30


def test_a_wait_ends_in_a_refusal(outputs):
    with Store(outputs).writing(), pytest.raises(StoreError, match="another run"), Store(outputs).writing(wait=0.5):
        pass


def test_an_error_of_the_run_frees_the_lock(outputs):
    with pytest.raises(ZeroDivisionError), Store(outputs).writing():
        raise ZeroDivisionError
    with Store(outputs).writing():
        pass


def test_what_is_published_together_appears_together(outputs):
    writer, reader = Store(outputs), Store(outputs)
    with writer.writing():
        writer.write_file("a.parquet", mentions())
        writer.write_day("events", DAY, mentions())
        with writer.publishing():
            writer.write_file("a.parquet", mentions("2020-06-16", "2020-06-17"))
            writer.write_file("b.parquet", mentions())
            writer.write_day("events", NEXT, mentions())
            writer.remove("events/2020-06-16.parquet")
            assert pd.read_parquet(f"{outputs}/a.parquet").shape[0] == 1
            assert not Store(outputs).has("b.parquet")
            assert writer.days("events") == [NEXT]
        assert writer.read_file("a.parquet").num_rows == 2
        assert writer.days("events") == [NEXT]
    assert reader.days("events") == [NEXT]
    assert pd.read_parquet(f"{outputs}/a.parquet").shape[0] == 2
    assert reader.has("b.parquet")


def test_days_are_written_by_some_threads_while_others_look(outputs, quick_turns):
    store, days = Store(outputs), [DAY + timedelta(number) for number in range(60)]

    with store.writing(), store.publishing():
        with ThreadPoolExecutor(2) as pool:
            halves = [
                pool.submit(store.write_days, "events", [(day, mentions()) for day in days[half::2]]) for half in (0, 1)
            ]
            while not all(half.done() for half in halves):
                store.days("events")
            for half in halves:
                half.result()
        assert store.days("events") == days
    assert Store(outputs).days("events") == days


@pytest.fixture
def quick_turns():
    """Let threads take turns as often as they can."""
    every = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(every)


def test_a_publication_that_fails_changes_nothing(outputs):
    store = Store(outputs)
    with store.writing():
        store.write_file("a.parquet", mentions())
        with suppress(ZeroDivisionError), store.publishing():
            store.write_file("a.parquet", mentions("2020-06-16", "2020-06-17"))
            raise ZeroDivisionError
        assert Store(outputs).read_file("a.parquet").num_rows == 1
        assert not Store(outputs).has(".next/1/a.parquet")
    with store.writing(), store.publishing():
        store.write_file("b.parquet", mentions())
    assert Store(outputs).read_file("a.parquet").num_rows == 1


def died_moving(outputs: str, monkeypatch) -> None:
    """Publish, and die after the pointer was switched, before any file has moved."""
    store = Store(outputs)
    with store.writing():
        store.write_file("a.parquet", mentions())
        store.write_day("events", DAY, mentions())
        with monkeypatch.context() as patch:
            patch.setattr("pipeline.store.publication._settle", lambda *_: None)
            with store.publishing():
                store.write_file("a.parquet", mentions("2020-06-16", "2020-06-17"))
                store.write_day("events", NEXT, mentions())
                store.remove("events/2020-06-16.parquet")


def test_readers_see_a_publication_that_its_run_could_not_end(outputs, monkeypatch):
    died_moving(outputs, monkeypatch)
    reader = Store(outputs)
    assert reader.read_file("a.parquet").num_rows == 2
    assert reader.days("events") == [NEXT]
    assert reader.read("events", MENTIONS).num_rows == 1
    assert reader.note("events", NEXT) == ""
    assert not reader.has("events/2020-06-16.parquet")
    assert pd.read_parquet(f"{outputs}/a.parquet").shape[0] == 1  # whoever reads past us sees a whole file still


def test_the_next_run_ends_a_publication_that_another_could_not(outputs, monkeypatch):
    died_moving(outputs, monkeypatch)
    with Store(outputs).writing():
        pass
    assert pd.read_parquet(f"{outputs}/a.parquet").shape[0] == 2
    assert Store(outputs).days("events") == [NEXT]
    assert pd.read_parquet(f"{outputs}/events").shape[0] == 1


def test_a_reader_of_several_files_sees_one_publication(outputs):
    writer, reader, seen = Store(outputs), Store(outputs), []

    def publish(rows: int) -> None:
        with writer.writing(), writer.publishing():
            for name in ("a.parquet", "b.parquet"):
                writer.write_file(name, mentions(*["2020-06-16"] * rows))

    def read() -> tuple[int, int]:
        first = reader.read_file("a.parquet").num_rows
        if not seen:
            publish(2)
        seen.append((first, reader.read_file("b.parquet").num_rows))
        return seen[-1]

    publish(1)
    assert reader.whole(read) == (2, 2)
    assert seen == [(1, 2), (2, 2)]


def test_a_reader_gives_up_when_everything_always_changes(outputs):
    writer, number = Store(outputs), iter(range(100))

    def read() -> None:
        with writer.writing(), writer.publishing():
            writer.write_bytes("a", b"%d" % next(number))

    with pytest.raises(StoreError, match="was published anew 5 times"):
        Store(outputs).whole(read)
    with pytest.raises(StoreError, match="there is no"):
        Store(outputs).whole(lambda: Store(outputs).read_file("c.parquet"))


def test_a_missing_index_tells_how_to_build_it(outputs):
    assert not Store(outputs).exists()
    with pytest.raises(StoreError, match=r"there is no .*escalation run SOURCE --outputs "):
        Store(outputs).read_file("tension_index.parquet")
    assert Store(outputs).summary() == {}


def test_tables_of_another_version_are_named(outputs):
    store = Store(outputs)
    store.write_day("articles", DAY, table_of([make_article("Seoul protested.")], ARTICLES).drop_columns("date_source"))
    with pytest.raises(StoreError, match="another version of the tables"):
        store.read("articles", ARTICLES)


def test_a_lent_file_comes_back(outputs):
    for text, expected in ((b"1", None), (b"2", b"1")):
        with Store(outputs).writing(), Store(outputs).borrowed("state.sqlite") as path:
            assert (path.read_bytes() if path.exists() else None) == expected
            path.write_bytes(text)
        assert Store(outputs).read_bytes("state.sqlite") == text


@pytest.mark.parametrize("url", ["sftp://host/outputs", "http://host/outputs", "hdfs://host/outputs"])
def test_places_that_cannot_replace_a_file_in_one_step_are_refused(url: str):
    with pytest.raises(StoreError, match=r"cannot replace a file in one step") as told:
        Store(url)
    assert url in str(told.value)


def test_urls_of_folders_and_urls_that_went_through_a_path(tmp_path: Path, object_store):
    assert Store(f"file://{tmp_path}").root == tmp_path
    assert Store(Path(f"file://{tmp_path}")).root == tmp_path
    assert Store(Path("s3://bucket/one/two/")).where == "s3://bucket/one/two"
    assert Store("some/folder").full("a.parquet") == str(Path("some/folder/a.parquet"))
    with pytest.raises(StoreError, match="no folder of this machine"):
        _ = Store("s3://bucket/one").root


def test_notes_and_meanings():
    assert note_of(table_of([], MENTIONS)) == {}
    assert all(field.metadata[b"meaning"] for schema in SCHEMAS for field in schema)


def test_a_pointer_that_is_none_is_named(outputs):
    Store(outputs).write_bytes(".publication.json", b"{}")
    with pytest.raises(StoreError, match=r"\.publication\.json cannot be read"):
        Store(outputs).read_file("tension_index.parquet")


# only in a folder


def test_the_lock_of_a_dead_run_is_free(tmp_path: Path):
    script = (
        "import sys; from pipeline.store import Store; writing = Store(sys.argv[1]).writing(); writing.__enter__(); "
        "print('has it', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "has it\n"
        with pytest.raises(StoreError, match=f"process {child.pid} on"):
            Store(tmp_path).writing().__enter__()
        child.kill()
        child.wait()
        with Store(tmp_path).writing():
            assert lock.Holder.of((tmp_path / ".lock").read_bytes()).pid == os.getpid()
    assert (tmp_path / ".lock").read_bytes() == b""


def test_what_a_dead_run_left_half_written_is_swept(tmp_path: Path):
    (tmp_path / "mentions").mkdir()
    (tmp_path / ".next" / "7").mkdir(parents=True)
    leftover = tmp_path / "mentions" / ".2020-06-16.parquet.tmp"
    leftover.write_text("half")
    assert Store(tmp_path).days("mentions") == []
    with Store(tmp_path).writing():
        assert [path.name for path in tmp_path.rglob(".*")] == [".lock"]


def test_a_write_that_fails_leaves_the_last_good_file(tmp_path: Path, monkeypatch):
    store = Store(tmp_path)
    store.write_bytes("index", b"good")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left.*last good version"):
        store.write_bytes("index", b"new")
    assert (tmp_path / "index").read_bytes() == b"good"
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_name_is_flushed_to_disk_with_its_file(tmp_path: Path, monkeypatch):
    flushed, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (flushed.append(os.fstat(fd).st_ino), fsync(fd)))
    Store(tmp_path).write_day("mentions", DAY, mentions())
    folder = tmp_path / "mentions"
    assert flushed == [path.stat().st_ino for path in (tmp_path, folder / "2020-06-16.parquet", folder)]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot write to .*file"):
        Store(tmp_path / "file" / "outputs").writing().__enter__()
