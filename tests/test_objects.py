"""Outputs in an object store: the whole line against a folder, the lease, and a store that goes away."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from conftest import make_mention
from killed_run import SETTINGS, drawn
from test_crash import Runner
from typer.testing import CliRunner

from pipeline import chain, explain, read_index, read_mentions, read_revisions
from pipeline.cli import app
from pipeline.corrections import judged
from pipeline.errors import StoreError
from pipeline.fetch import Ledger
from pipeline.reading import find_mention, review
from pipeline.records import Link
from pipeline.store import Store
from pipeline.tables import MENTIONS, table_of
from pipeline.training.build import ready_coder

DAY = date(2010, 11, 23)
ARTICLES = [
    {"text": "South Korea suspended all trade with North Korea.", "date": "2010-11-22", "outlet": "A"},
    {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"},
    {"text": "North Korea shelled South Korea on Tuesday.", "date": "2010-11-24", "outlet": "B"},
    {"text": "Nobody dates me."},
]


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path: Path):
    """Draw nothing, try again less often, and keep working copies apart."""
    monkeypatch.setattr("pipeline.report.render_report", drawn)
    monkeypatch.setenv("ESCALATION_STATE", str(tmp_path / "state"))


@pytest.fixture
def brief(monkeypatch):
    """A lease whose times are short."""
    for name, seconds in {"BEAT": 0.2, "VALID": 0.7, "SILENT": 1.0, "_POLL": 0.1}.items():
        monkeypatch.setattr(f"pipeline.store.lease.{name}_SECONDS", seconds)


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(source: Path, outputs: str | Path) -> chain.Summary:
    return chain.run([source], Store(outputs), SETTINGS, ready_coder("lexicon"))


def same_tables(url: str, folder: Path) -> set[str]:
    """Check that every table of a folder lies in the object store byte for byte, and return their names."""
    from pipeline.store.bucket import Bucket  # noqa: PLC0415 - needs what may be missing

    there, names = Bucket(url), {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
    assert {name for name in there.below("") if name.endswith(".parquet")} == names
    for name in names:
        assert there.get(name)[0] == (folder / name).read_bytes(), name
    return names


def test_nights_in_an_object_store_give_the_tables_of_a_folder(object_store, tmp_path: Path):
    url, folder = object_store.fresh(), tmp_path / "folder"
    for rows in (ARTICLES[:2], ARTICLES, ARTICLES):
        source = write(tmp_path / "a.jsonl", rows)
        there, here = (run(source, outputs).as_dict() | {"gathered_at": ""} for outputs in (url, folder))
        assert there == here
    names = same_tables(url, folder)
    assert {name.partition("/")[0] for name in names} == {
        *("articles", "copies", "mentions", "events", "vintages", "directed_vintages", "quarantine"),
        *("tension_index.parquet", "directed_index.parquet"),
    }
    pd.testing.assert_frame_equal(
        pd.read_parquet(f"{url}/tension_index.parquet"), pd.read_parquet(folder / "tension_index.parquet")
    )
    assert len(pd.read_parquet(f"{url}/events")) == len(pd.read_parquet(folder / "events"))
    pd.testing.assert_frame_equal(read_index(url, as_of="2010-11-23"), read_index(folder, as_of="2010-11-23"))
    pd.testing.assert_frame_equal(read_revisions(url, "KOR-PRK"), read_revisions(folder, "KOR-PRK"))
    assert explain("KOR-PRK", DAY, url).as_dict() == explain("KOR-PRK", DAY, folder).as_dict()


def test_a_second_night_asks_little(object_store, tmp_path: Path, monkeypatch):
    from pipeline.store.bucket import Bucket  # noqa: PLC0415

    url = object_store.fresh()
    rows = [
        {**ARTICLES[0], "text": f"{ARTICLES[0]['text']} It was day {n}.", "date": f"2010-10-{n:02}"}
        for n in range(1, 31)
    ]
    run(write(tmp_path / "a.jsonl", rows), url)
    asked: Counter[str] = Counter()
    for name in ("get", "put", "put_new", "put_over", "listed", "below", "copy", "delete"):
        whole = getattr(Bucket, name)

        def counted(self, *given, _name=name, _whole=whole):
            asked[_name] += 1
            return _whole(self, *given)

        monkeypatch.setattr(Bucket, name, counted)
    run(write(tmp_path / "a.jsonl", rows), url)
    # articles thrice, mentions and events twice or once, copies once, for what is computed; none to tell what changed
    assert asked["get"] < 8 * 30 + 50, asked  # the checks before publication look at the days' outlets once more
    assert asked["listed"] < 20, asked
    assert asked["put_new"] + asked["put_over"] + asked["put"] < 12, asked
    assert asked["copy"] <= 1, asked  # the summary


def test_the_command_line_takes_a_url(object_store, tmp_path: Path):
    url, source = object_store.fresh(), write(tmp_path / "a.jsonl", ARTICLES)

    def said(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, "--outputs", url])
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    assert f"{url}/tension_index.parquet" in said("run", str(source), "--plain", "--coder", "lexicon").replace("\n", "")
    assert "KOR-PRK" in said("index", "show")
    assert "shelled" in said("explain", "KOR-PRK", "2010-11-23")
    assert "report.html" in said("report")
    assert "no date" in said("quarantine")
    assert "refused again: 1" in said("quarantine", "retry").replace("\n", " ")
    (row,) = [one for one in review(url)["most influential"] if "island" in one["sentence"]]
    said("correct", row["mention_id"], "none", "--reviewer", "kim")
    said("run", str(source), "--plain", "--coder", "lexicon")
    assert row["mention_id"] not in set(read_mentions(url)["mention_id"])
    assert explain("KOR-PRK", "2010-11-23", url).removed[0]["reviewer"] == "kim"
    assert "1 removed" in said("quarantine", "forget")


def test_a_correction_there_is_one_here(object_store, tmp_path: Path):
    url, folder = object_store.fresh(), tmp_path / "folder"
    for outputs in (url, folder):
        run(write(tmp_path / "a.jsonl", ARTICLES), outputs)
        worst = review(outputs)["most influential"][0]
        row = judged(find_mention(outputs, worst["mention_id"]), "no event", {}, DAY, "kim", "")
        chain.correct(Store(outputs), row)
        run(write(tmp_path / "a.jsonl", ARTICLES), outputs)
    same_tables(url, folder)


def test_large_tables_are_fetched_by_column(object_store, monkeypatch):
    store = Store(object_store.fresh())
    rows = [make_mention(article=f"a{n}", evidence=os.urandom(50).hex()) for n in range(2000)]
    with store.writing():
        store.write_day("mentions", DAY, table_of(rows, MENTIONS))
    monkeypatch.setattr("pipeline.store.objects._LARGE", 1000)
    assert store.read("mentions", MENTIONS).to_pylist() == table_of(rows, MENTIONS).to_pylist()
    assert store.read("mentions", MENTIONS, ["score"])["score"].to_pylist() == [-8.5] * 2000


# the lease


def test_a_writer_renews_its_lease(object_store, brief):
    url = object_store.fresh()
    with Store(url).writing():
        time.sleep(2.5)
        with pytest.raises(StoreError, match="another run"):
            Store(url).writing().__enter__()
        assert Store(url).write_bytes("a", b"still mine")


def holder(url: str) -> subprocess.Popen:
    """Start a process that holds the lock of a url."""
    script = (
        "import sys\nfrom pipeline.store import Store, lease\n"
        "lease.BEAT_SECONDS, lease.VALID_SECONDS, lease.SILENT_SECONDS = 0.2, 0.7, 1.0\n"
        "with Store(sys.argv[1]).writing():\n print('has it', flush=True)\n sys.stdin.readline()\n"
        " Store(sys.argv[1]).write_bytes('late', b'late')\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "has it\n"
    return child


def test_the_lease_of_a_dead_run_is_taken_over(object_store, brief):
    url = object_store.fresh()
    with holder(url) as child:
        with pytest.raises(StoreError, match=rf"process {child.pid} on .*may take over from 1 seconds"):
            Store(url).writing().__enter__()
        child.kill()
        child.communicate()
    with Store(url).writing(wait=30):
        Store(url).write_bytes("a", b"mine")
    assert Store(url).read_bytes("a") == b"mine"


def test_a_run_that_slept_through_its_lease_writes_no_more(object_store, brief):
    url = object_store.fresh()
    with holder(url) as child:
        child.send_signal(signal.SIGSTOP)
        with Store(url).writing(wait=30):
            Store(url).write_bytes("late", b"in time")
            child.send_signal(signal.SIGCONT)
            _, error = child.communicate("go\n")
    assert child.returncode == 1
    assert "writes no more" in error or "was changed by something else" in error
    assert Store(url).read_bytes("late") == b"in time"


def test_two_who_try_at_once_do_not_both_write(object_store):
    url, held, refused = object_store.fresh(), [], []
    start, tried = threading.Barrier(6), threading.Barrier(6)

    def work() -> None:
        start.wait()
        try:
            with Store(url).writing():
                held.append(1)
                tried.wait()
        except StoreError:
            refused.append(1)
            tried.wait()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(held), len(refused)) == (1, 5)


def test_a_store_that_ignores_conditions_is_refused(object_store, monkeypatch):
    from pipeline.store.bucket import Bucket  # noqa: PLC0415

    monkeypatch.setattr(Bucket, "put_new", Bucket.put)
    with pytest.raises(StoreError, match="ignores conditions"):
        Store(object_store.fresh()).writing().__enter__()


def test_what_somebody_else_changes_meanwhile_is_not_overwritten(object_store):
    from pipeline.store.bucket import Bucket  # noqa: PLC0415

    url = object_store.fresh()
    with Store(url).writing():
        Store(url).write_bytes("a", b"1")
        Bucket(url).put("a", b"by hand")
        with pytest.raises(StoreError, match="was changed by something else"):
            Store(url).write_bytes("a", b"2")
    assert Store(url).read_bytes("a") == b"by hand"


def test_a_catalog_that_is_broken_or_old_costs_requests_only(object_store):
    from pipeline.store.bucket import Bucket  # noqa: PLC0415

    url = object_store.fresh()
    with Store(url).writing():
        Store(url).write_day("mentions", DAY, table_of([make_mention()], MENTIONS), "one")
    there = Bucket(url)
    old = there.get(".catalog.json.gz")[0]
    Store(url).write_day("mentions", DAY, table_of([make_mention()], MENTIONS), "two")
    for content in (old, b"broken", old[:-5]):
        there.put(".catalog.json.gz", content)
        with Store(url).writing():
            assert Store(url).note("mentions", DAY) == "two"


# a store that goes away


def test_a_store_that_vanishes_ends_the_run_and_keeps_what_was_published(object_store, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pipeline.store.bucket.RETRIES", 1)
    url, folder = object_store.fresh(), tmp_path / "folder"
    for outputs in (url, folder):
        run(write(tmp_path / "a.jsonl", ARTICLES[:2]), outputs)
    before = read_index(url)
    coding = chain.code_store

    def gone(*given) -> None:
        coding(*given)
        object_store.vanish()

    monkeypatch.setattr("pipeline.chain.line.code_store", gone)
    try:
        with pytest.raises(StoreError, match=rf"cannot reach {url}.*what was published stands, run again"):
            run(write(tmp_path / "a.jsonl", ARTICLES), url)
        with pytest.raises(StoreError, match=rf"cannot reach {url}"):
            read_index(url)
    finally:
        object_store.come_back()
    pd.testing.assert_frame_equal(read_index(url), before)
    monkeypatch.setattr("pipeline.chain.line.code_store", coding)
    with pytest.raises(StoreError, match="another run"):  # its lock could not be given back, and runs out
        run(tmp_path / "a.jsonl", url)
    for name, seconds in {"SILENT": 0.5, "_POLL": 0.1}.items():
        monkeypatch.setattr(f"pipeline.store.lease.{name}_SECONDS", seconds)
    for outputs in (url, folder):
        run(tmp_path / "a.jsonl", outputs)
    same_tables(url, folder)


def test_a_bucket_that_is_not_there_is_named(object_store, monkeypatch):
    monkeypatch.setattr("pipeline.store.bucket.RETRIES", 1)
    with pytest.raises(StoreError, match=r"s3://nowhere/outputs: there is no such bucket"):
        Store("s3://nowhere/outputs").writing().__enter__()


def test_runs_killed_over_an_object_store_end_as_if_they_had_not_been(object_store, tmp_path: Path):
    from pipeline.store.bucket import Bucket  # noqa: PLC0415

    first, second = write(tmp_path / "a.jsonl", ARTICLES[:2]), write(tmp_path / "b.jsonl", ARTICLES)
    folder, chance, killed = tmp_path / "folder", random.Random(16), 0  # noqa: S311 - not a secret
    runner = Runner(first)
    try:
        for source in (first, second):
            before = time.monotonic()
            assert runner.run(source, folder) == 0
            seconds = 2 * (time.monotonic() - before)  # requests take their time
        for _ in range(6):
            url = object_store.fresh()
            assert runner.run(first, url) == 0
            code = runner.run(second, url, chance.uniform(0, seconds))
            killed += code == -signal.SIGKILL
            stood = Store(url).whole(lambda url=url: (read_index(url), read_index(url, as_of="2100-01-01")))
            pd.testing.assert_frame_equal(*stood)
            Bucket(url).delete([".lock"])  # as one may who knows that the run is dead
            assert runner.run(second, url) == 0
            same_tables(url, folder)
            hidden = {name for name in Bucket(url).below("") if name.startswith(".")}
            assert hidden == {".lock", ".publication.json", ".catalog.json.gz"}
    finally:
        runner.close()
    assert killed > 0


# the ledger


def test_a_ledger_goes_on_where_it_died_and_elsewhere_from_the_last_run(object_store, tmp_path: Path, monkeypatch):
    url = object_store.fresh()

    def note(link: str, dies: bool = False) -> list[str]:
        with Store(url).writing(), Store(url).borrowed("fetched.sqlite") as path:
            with Ledger(path.parent) as ledger:
                before = [one.link.url for one in ledger.wanted()]
                ledger.want([Link(link, "page", {})])
            if dies:
                monkeypatch.setattr("pipeline.store.bucket.Bucket.put", lost)
        return before

    def lost(*_: object) -> None:
        raise StoreError("the machine died")

    whole = __import__("pipeline.store.bucket", fromlist=["Bucket"]).Bucket.put
    assert note("https://one.example/") == []
    with pytest.raises(StoreError, match="the machine died"):
        note("https://two.example/", dies=True)
    monkeypatch.setattr("pipeline.store.bucket.Bucket.put", whole)
    assert note("https://three.example/") == ["https://one.example/", "https://two.example/"]  # same machine
    monkeypatch.setenv("ESCALATION_STATE", str(tmp_path / "elsewhere"))
    assert len(note("https://four.example/")) == 3
    monkeypatch.setenv("ESCALATION_STATE", str(tmp_path / "state"))
    assert len(note("https://five.example/")) == 4  # what elsewhere brought back is newer than the copy here
