"""Backfill: a period only, begun again where it stopped, with the bytes of a plain run."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness
from typer.testing import CliRunner

from pipeline import chain
from pipeline.chain import Period
from pipeline.cli import app
from pipeline.errors import SourceError
from pipeline.flows.backfill import backfill
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

COMMAND = Path(sys.executable).with_name("escalation")
TEXT = "North Korea shelled a South Korean island on Tuesday. It was day {n} of {year}. South Korea protested."
TOML = "[index]\nreplicates = 20\n"


def rows(year: int, days: int) -> list[dict]:
    first = date(year, 3, 1)
    return [
        {"text": TEXT.format(n=n, year=year), "date": str(first + timedelta(days=n)), "outlet": "A"}
        for n in range(days)
    ]


def tables(outputs: Path) -> dict[str, bytes]:
    return {str(p.relative_to(outputs)): p.read_bytes() for p in sorted(outputs.rglob("*.parquet"))}


def coded_at(outputs: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (outputs / "mentions").glob("[0-9]*.parquet")}


def test_a_killed_backfill_goes_on_where_it_stopped(jsonl, estimator, tmp_path: Path):
    (tmp_path / "escalation.toml").write_text(TOML)
    settings = Settings.model_validate({"index": {"replicates": 20}})
    chain.run([jsonl(*rows(2010, 200))], Store(tmp_path / "plain"), settings, estimator)
    every = jsonl(*rows(2010, 200), *rows(2009, 5), *rows(2011, 5))
    outputs = tmp_path / "out"
    command = [COMMAND, "backfill", "2010-01-01", "2010-12-31", every, "--outputs", outputs, "--plain", "--json"]
    killed = subprocess.Popen(
        [*command, "--workers", "2"], cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not coded_at(outputs) and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    before = coded_at(outputs)
    assert 0 < len(before) < 200
    assert not Store(outputs).summary()  # the index is published once, at the end
    done = subprocess.run([*command, "--engine", "serial"], cwd=tmp_path, capture_output=True, text=True, check=True)
    summary = json.loads(done.stdout)
    assert summary["outside"] == 10
    assert summary["known_articles"] == 200
    assert 0 < summary["coded_days"] <= 200 - len(before) + 1  # one file may have been under way
    after = coded_at(outputs)
    assert sum(after[name] == stamp for name, stamp in before.items()) >= len(before) - 1
    assert tables(outputs) == tables(tmp_path / "plain")


def test_a_backfill_leaves_other_days_and_the_last_night_alone(jsonl, estimator, tmp_path: Path):
    store, settings = Store(tmp_path / "out"), Settings.model_validate({"index": {"replicates": 20}})
    night = chain.run([jsonl(*rows(2012, 3))], store, settings, estimator)
    before = coded_at(store.root)
    other = Settings.model_validate({"index": {"replicates": 20}, "coder": {"min_probability": 0.3}})
    old = jsonl(*rows(2010, 4), {"text": "Nobody dates me."})
    period = Period(date(2010, 3, 2), date(2010, 3, 3))
    summary = chain.run([old], store, other, estimator, period=period)
    assert (summary.new_articles, summary.outside, summary.coded_days) == (2, 2, 2)
    assert summary.rejected == {"no date": 1}
    assert summary.gathered_at == night.gathered_at
    assert {name: stamp for name, stamp in coded_at(store.root).items() if name in before} == before
    assert store.days("articles") == [date(2010, 3, n) for n in (2, 3)] + [date(2012, 3, n) for n in (1, 2, 3)]


@pytest.fixture(scope="module")
def server():
    with prefect_test_harness(server_startup_timeout=120):
        yield


def test_the_flow_is_named_by_its_period_and_leaves_feeds_alone(server, jsonl, estimator, tmp_path: Path, caplog):
    feed = SourceSettings.model_validate({"kind": "feed", "url": "http://127.0.0.1:1/rss"})
    settings = Settings.model_validate({"index": {"replicates": 20}})
    sources = [feed, str(jsonl(*rows(2010, 3), *rows(2011, 2)))]
    summary = backfill("2010-01-01", "2010-12-31", sources, str(tmp_path / "out"), settings, "serial")
    assert (summary["coded_days"], summary["outside"], summary["fetched"]) == (3, 2, {})
    assert "Beginning flow run 'backfill 2010-01-01 to 2010-12-31'" in caplog.text
    assert "1 feeds are left to the nightly run" in caplog.text
    assert "2 left out, printed on other days than 2010-01-01 to 2010-12-31" in caplog.text
    assert "coded 2010-03-01 to 2010-03-03: 3 of 3 days" in caplog.text


def test_a_period_that_makes_no_sense_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="ends on 2010-01-01, before it begins on 2010-12-31: first day first"):
        CliRunner().invoke(app, ["backfill", "2010-12-31", "2010-01-01"], catch_exceptions=False)
    with pytest.raises(SourceError, match="'last year' is not a date; write YYYY-MM-DD"):
        CliRunner().invoke(app, ["backfill", "2010-12-31", "last year"], catch_exceptions=False)
