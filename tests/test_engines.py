"""Engines: the same bytes wherever the coding is done, also when a worker dies over it."""

import multiprocessing
import signal
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from coders_that_die import doomed, dying_once
from conftest import make_article
from dask_on_loopback import dask_cluster
from prefect.testing.utilities import prefect_test_harness

from pipeline import chain
from pipeline.chain import batches
from pipeline.corrections import Corrections
from pipeline.errors import EngineError
from pipeline.flows.engines import EngineChoice, plain_engine
from pipeline.flows.nightly import nightly
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.tables import ARTICLES, table_of
from pipeline.training.build import ready_coder

DAYS = 12
SETTINGS = Settings.model_validate({"index": {"replicates": 20}})


@pytest.fixture
def articles(jsonl) -> Path:
    texts = (
        "North Korea shelled a South Korean island on {day}.",
        "South Korea suspended trade with North Korea.",
        "Japan condemned North Korea. China met South Korea for talks.",
    )
    first = date(2010, 11, 1)
    rows = [
        {
            "text": text.format(day="Tuesday") + f" It was day {n}.",
            "date": str(first + timedelta(days=n)),
            "outlet": "A",
        }
        for n in range(DAYS)
        for text in texts
    ]
    return jsonl(*rows)


@pytest.fixture
def plain(articles: Path, estimator, tmp_path: Path) -> dict[str, bytes]:
    chain.run([articles], Store(tmp_path / "plain"), SETTINGS, estimator)
    return tables(tmp_path / "plain")


def tables(outputs: Path) -> dict[str, bytes]:
    return {str(p.relative_to(outputs)): p.read_bytes() for p in sorted(outputs.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def server():
    with prefect_test_harness(server_startup_timeout=120):
        yield


def test_a_dask_worker_killed_half_way_changes_nothing(server, articles, plain, tmp_path: Path, monkeypatch):
    written: list[list[date]] = []
    with dask_cluster(tmp_path) as cluster:

        def write_and_kill(*given):
            days = write(*given)
            if not written:
                cluster.workers[0].send_signal(signal.SIGKILL)
                cluster.workers[0].wait()
            written.append(days)
            return days

        write = batches._written
        monkeypatch.setattr(batches, "_written", write_and_kill)
        summary = nightly([str(articles)], str(tmp_path / "dask"), SETTINGS, engine="dask", address=cluster.address)
        assert cluster.workers[0].poll() == -signal.SIGKILL
        assert cluster.workers[1].poll() is None
    assert sum(len(days) for days in written) == summary["coded_days"] == DAYS
    assert len(written) > 2
    assert tables(tmp_path / "dask") == plain


def test_processes_beside_the_flow_give_the_same_bytes(server, articles, plain, tmp_path: Path):
    summary = nightly([str(articles)], str(tmp_path / "out"), SETTINGS, engine="process", workers=2)
    assert summary["coded_days"] == DAYS
    assert tables(tmp_path / "out") == plain


def test_a_process_that_dies_gives_its_batch_to_another(articles, plain, estimator, tmp_path: Path):
    with chain.Coders(2, partial(dying_once, tmp_path / "marker")) as coders:
        chain.run([articles], Store(tmp_path / "out"), SETTINGS, estimator, engine=coders.engine)
    assert (tmp_path / "marker").exists()
    assert tables(tmp_path / "out") == plain


def test_processes_are_gone_before_publishing_and_come_back(articles, jsonl, tmp_path: Path):
    store, coder = Store(tmp_path / "out"), ready_coder("lexicon")
    with chain.Coders(1, partial(ready_coder, "lexicon")) as coders:
        chain.run([articles], store, SETTINGS, coder, engine=coders.engine)
        assert multiprocessing.active_children() == []
        later = jsonl({"text": "North Korea shelled a South Korean island.", "date": "2010-12-01", "outlet": "B"})
        summary = chain.run([later], store, SETTINGS, coder, engine=coders.engine)
    assert summary.coded_days == 1


def test_a_batch_over_which_all_processes_die_ends_the_run(articles, estimator, tmp_path: Path):
    store = Store(tmp_path / "out")
    with chain.Coders(1, doomed) as coders, pytest.raises(EngineError, match=r"3 processes died over the batch"):
        chain.run([articles], store, SETTINGS, estimator, engine=coders.engine)
    assert store.days("mentions") == []
    with store.writing():  # the lock is free again
        pass


def test_a_worker_of_another_version_refuses_a_batch(estimator):
    table = table_of([make_article("North Korea shelled a South Korean island.")], ARTICLES)
    key = chain.coder_key(estimator, SETTINGS, Corrections())
    batch = chain.Batch((date(2020, 6, 16),), (table,), ("note",), SETTINGS, Corrections(), key)
    (mentions,) = chain.code_batch(batch, estimator)
    assert mentions.num_rows == 1
    with pytest.raises(EngineError, match="install the same escalation-index"):
        chain.code_batch(batch, SimpleNamespace(fingerprint="of other seeds"))


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (("threads",), "no engine 'threads'; take one of serial, process, dask"),
        (("serial", 4), "--workers 4: the engine serial has one; add --engine process"),
        (("process", -1), "--workers -1: give a number from 1"),
        (("process", 0, "tcp://127.0.0.1:1"), "only --engine dask has an address"),
        (("dask", 2, "tcp://127.0.0.1:1"), "has its own; leave it out"),
    ],
)
def test_an_engine_that_makes_no_sense_is_refused(choice, message):
    with pytest.raises(EngineError) as error:
        EngineChoice(*choice)
    assert message in str(error.value)


def test_dask_needs_its_extra_and_prefect(monkeypatch):
    with pytest.raises(EngineError, match="leave out --plain"), plain_engine(EngineChoice("dask"), "lexicon"):
        pass
    monkeypatch.setattr("pipeline.flows.engines.find_spec", lambda _: None)
    with pytest.raises(EngineError, match=r"pip install 'escalation-index\[dask\]'"):
        EngineChoice("dask")
