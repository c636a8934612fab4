"""The Prefect flow against the plain chain, on a server of the test's own."""

from pathlib import Path

import pytest
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
