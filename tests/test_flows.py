"""The Prefect flow against the plain chain, on a server of the test's own."""

import errno
import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from prefect.blocks.abstract import NotificationBlock
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.flow_engine import run_flow
from prefect.states import Scheduled
from prefect.testing.utilities import prefect_test_harness

from pipeline import chain
from pipeline.errors import EscalationError, StoreError
from pipeline.flows import serving, tasks
from pipeline.flows.engines import EngineChoice
from pipeline.flows.nightly import CATCH_UP, nightly
from pipeline.flows.run_pages import sparkline
from pipeline.flows.serving import Schedule, missed_run
from pipeline.settings import Settings
from pipeline.store import Store

QUICK = Settings.model_validate({"index": {"replicates": 20}})
SHELLING = {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"}
TRADE = {"text": "South Korea suspended trade with North Korea.", "date": "2010-11-25", "outlet": "B"}
NOBODY = {"text": "Nobody dates me."}


@pytest.fixture(scope="module", autouse=True)
def server():
    with prefect_test_harness(server_startup_timeout=120):
        yield


def tables(outputs: Path) -> dict[str, bytes]:
    return {str(p.relative_to(outputs)): p.read_bytes() for p in sorted(outputs.rglob("*.parquet"))}


def test_flow_and_chain_give_the_same_tables(jsonl, estimator, tmp_path: Path):
    path = jsonl(
        {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"},
        {"text": "South Korea suspended trade with North Korea.", "date": "2010-05-24", "outlet": "B"},
        {"text": "Nobody dates me."},
    )
    chain.run([path], Store(tmp_path / "plain"), Settings(), estimator)
    summary = nightly([str(path)], str(tmp_path / "flow"))
    assert tables(tmp_path / "flow") == tables(tmp_path / "plain")
    assert summary["rejected"] == {"no date": 1}
    assert (tmp_path / "flow" / "report.html").exists()


class Desk(NotificationBlock):
    """A notification block that remembers what it was told."""

    told: ClassVar[list[str]] = []

    def notify(self, body: str, subject: str | None = None) -> None:
        self.told.append(body)


def test_an_alert_is_an_event_and_a_notification_once(jsonl, estimator, tmp_path: Path, monkeypatch):
    events: list[dict] = []
    monkeypatch.setattr(
        "pipeline.flows.announcing.emit_event", lambda name, **said: events.append({"name": name, **said})
    )
    monkeypatch.setattr("pipeline.flows.announcing.Block.load", lambda _: Desk())
    path = jsonl(
        {"text": "South Korea thanked North Korea for the calm.", "date": "2010-11-20", "outlet": "A"},
        {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"},
    )
    rule = {"dyad": "KOR-PRK", "level": 55, "notify": "desk/one"}
    settings = Settings.model_validate({"alerts": [rule, {"dyad": "IND-PAK", "jump": 5}]})
    first = nightly([str(path)], str(tmp_path / "out"), settings)
    again = nightly([str(path)], str(tmp_path / "out"), settings)
    assert len(first["alerts"]) == 1
    assert first["alerts"][0].startswith("KOR-PRK crossed level 55 on 2010-11-23: ")
    assert again["alerts"] == []
    assert Desk.told == first["alerts"]
    assert [(one["name"], one["resource"]) for one in events] == [
        ("escalation.alert", {"prefect.resource.id": "escalation.dyad.KOR-PRK"})
    ]


def test_a_run_is_named_by_its_day_and_leaves_artifacts(jsonl, estimator, tmp_path: Path, caplog):
    path = jsonl(SHELLING, TRADE, NOBODY)
    state = nightly([str(path)], str(tmp_path / "out"), QUICK, timezone="Asia/Seoul", return_state=True)
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
        chosen = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        artifacts = {one.key: one for one in client.read_artifacts(flow_run_filter=chosen)}
    local = run.expected_start_time.astimezone(serving.ZoneInfo("Asia/Seoul"))
    assert run.name == f"nightly {local:%Y-%m-%d}"
    assert set(artifacts) == {"summary", "new-events", "index", "coverage", "quarantine"}
    assert "| new articles | 2 |" in artifacts["summary"].data
    first = json.loads(artifacts["new-events"].data)[0]
    assert (first["who"], first["date"]) == ("PRK>KOR", "2010-11-23")
    assert first["sentence"] == SHELLING["text"]
    line = next(line for line in artifacts["index"].data.splitlines() if line.startswith("| KOR-PRK |"))
    assert any(bar in line for bar in "▅▆▇█")
    assert json.loads(artifacts["coverage"].data)[0] == {"day": "2010-11-25", "articles": 1, "outlets": 1}
    assert json.loads(artifacts["quarantine"].data) == [{"reason": "no date", "this run": 1, "in quarantine": 1}]
    assert "2 new articles, 0 known already; set aside: no date 1 (see: escalation quarantine)" in caplog.text
    assert "coded 2010-11-23 to 2010-11-25: 2 of 2 days" in caplog.text
    assert "published 1 dyads, 2010-11-23 to 2010-11-25, from 2 articles" in caplog.text


def test_a_night_may_run_again_with_the_same_bytes(jsonl, estimator, tmp_path: Path):
    path = jsonl(SHELLING, TRADE)
    first = nightly([str(path)], str(tmp_path / "out"), QUICK)
    before = tables(tmp_path / "out")
    again = nightly([str(path)], str(tmp_path / "out"), QUICK)
    assert (first["coded_days"], again["coded_days"], again["known_articles"]) == (2, 0, 2)
    assert tables(tmp_path / "out") == before


def test_bars_of_a_line():
    assert sparkline([0.0, float("nan"), 50.0, 99.0, 100.0]) == "▁·▅██"


def late_run(client, outputs: Path, path: Path, hours: float, *tags: str):
    """Make a run that was due some hours ago, as a schedule leaves one behind when nobody serves it."""
    flow_run = client.create_flow_run(
        nightly,
        parameters={"sources": [str(path)], "outputs": str(outputs), "settings": QUICK.model_dump(mode="json")},
        state=Scheduled(scheduled_time=datetime.now(UTC) - timedelta(hours=hours)),
        tags=tags,
    )
    return client.read_flow_run(flow_run.id)


def test_one_run_after_an_outage_does_the_work_of_all_nights(jsonl, estimator, tmp_path: Path):
    outputs, path = tmp_path / "out", jsonl(SHELLING)
    nightly([str(path)], str(outputs), QUICK)
    path = jsonl(SHELLING, TRADE)
    with get_client(sync_client=True) as client:
        summary = Store(outputs).summary()
        summary["gathered_at"] = (datetime.now(UTC) - timedelta(hours=80)).isoformat()
        (outputs / "summary.json").write_text(json.dumps(summary))
        runs = [late_run(client, outputs, path, hours, CATCH_UP) for hours in (72, 48, 24)]
        by_hand = late_run(client, outputs, path, 1)
        states = [run_flow(nightly, run, return_type="state") for run in (*runs, by_hand)]
    assert [state.name for state in states] == ["Completed", "Skipped", "Skipped", "Completed"]
    assert all(state.is_completed() for state in states)
    assert "nothing to do: the run of" in states[1].message
    assert Store(outputs).summary()["articles"] == 2


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        ("2026-11-20T17:15:30+00:00", "2026-11-21T17:14:00+00:00", None),
        ("2026-11-20T17:15:30+00:00", "2026-11-21T17:16:00+00:00", "2026-11-22 02:15"),
        ("2026-11-20T17:15:30+00:00", "2026-11-29T08:00:00+00:00", "2026-11-22 02:15"),
        ("", "2026-11-29T08:00:00+00:00", None),
    ],
)
def test_a_missed_run_is_the_first_after_the_last(last, now, missed, tmp_path: Path):
    (tmp_path / "summary.json").write_text(json.dumps({"gathered_at": last} if last else {}))
    found = missed_run(Store(tmp_path), Schedule("15 2 * * *", "Asia/Seoul"), datetime.fromisoformat(now))
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == missed


@pytest.mark.parametrize("catch_up", [True, False])
def test_serve_makes_up_for_a_missed_run(catch_up, jsonl, estimator, tmp_path: Path, monkeypatch, caplog):
    served = []
    monkeypatch.setattr("prefect.serve", lambda deployment, limit: served.append(deployment))
    outputs = tmp_path / "out"
    outputs.mkdir()
    (outputs / "summary.json").write_text(json.dumps({"gathered_at": "2020-01-01T02:15:00+00:00"}))
    monkeypatch.setattr(serving, "NAME", f"catching up {catch_up}")
    schedule = Schedule("15 2 1 1 *", "Asia/Seoul", catch_up)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.flows.serving.scheduling_server", server_at_hand)
        serving.serve([], str(outputs), QUICK, schedule, EngineChoice())
    assert "the run of 2021-01-01 02:15 KST was missed" in caplog.text
    with get_client(sync_client=True) as client:
        runs = [
            run for run in client.read_flow_runs() if CATCH_UP in run.tags and run.parameters["outputs"] == str(outputs)
        ]
    assert len(runs) == (1 if catch_up else 0)
    assert served[0].parameters["timezone"] == "Asia/Seoul"


@contextmanager
def server_at_hand():
    yield "the server of the tests"


def test_a_cron_line_that_makes_no_sense_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("pipeline.flows.serving.scheduling_server", server_at_hand)
    with pytest.raises(EscalationError, match="--cron 'at night' --timezone 'UTC'"):
        serving.serve([], str(tmp_path), QUICK, Schedule("at night"), EngineChoice())


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (ConnectionResetError("reset"), True),
        (TimeoutError("slow"), True),
        (OSError("an object store says no, without a number"), True),
        (caused(StoreError("cannot write"), OSError(errno.EIO, "input/output error")), True),
        (caused(StoreError("cannot write"), OSError(errno.ENOSPC, "no space left")), False),
        (FileNotFoundError(errno.ENOENT, "no such file"), False),
        (StoreError("another run writes here"), False),
        (ValueError("a fault of ours"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, passing: bool):
    assert tasks.is_passing(error) is passing
    assert (tasks.code_here.retries, tasks.code_beside.retries) == (0, 0)


def test_a_source_that_fails_for_a_moment_is_read_again(jsonl, estimator, tmp_path: Path, monkeypatch):
    asked = []

    def gather(*given, **named):
        asked.append(given)
        if len(asked) == 1:
            raise ConnectionResetError("the file server went away")
        return real(*given, **named)

    real = chain.gather
    monkeypatch.setattr(chain, "gather", gather)
    monkeypatch.setattr(tasks.gather, "retry_delay_seconds", [0, 0])
    assert nightly([str(jsonl(SHELLING))], str(tmp_path / "out"), QUICK)["new_articles"] == 1
    assert len(asked) == 2
