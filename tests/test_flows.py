"""The Prefect flow against the plain chain, on a server of the test's own."""

from pathlib import Path
from typing import ClassVar

import pytest
from prefect.blocks.abstract import NotificationBlock
from prefect.testing.utilities import prefect_test_harness

from pipeline import chain
from pipeline.flows.nightly import nightly
from pipeline.settings import Settings
from pipeline.store import Store


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
