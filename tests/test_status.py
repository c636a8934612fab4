"""`escalation status`: what it tells a person and a monitor, and how little it loads."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import chain
from pipeline.chain.summary import Summary
from pipeline.errors import SourceError, StoreError
from pipeline.settings import Settings, SourceSettings
from pipeline.status import Level, status
from pipeline.store import Store

COMMAND = Path(sys.executable).with_name("escalation")
NIGHT = datetime(2020, 6, 17, 2, tzinfo=UTC)


def told(folder: Path, *arguments: str, code: int) -> str:
    command = [COMMAND, "status", "--outputs", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture
def outputs(tmp_path: Path, jsonl, estimator) -> Path:
    path = jsonl(
        {"text": "North Korea blew up the liaison office on Tuesday, South Korea said.", "date": "2020-06-16"},
        {"text": "Nobody dates me."},
    )
    folder = tmp_path / "outputs"
    chain.run([SourceSettings.of(str(path))], Store(folder), Settings(), estimator, now=lambda: NIGHT)
    return folder


def rewritten(folder: Path, change) -> None:
    path = folder / "nights.json"
    journal = json.loads(path.read_text())
    change(journal)
    path.write_text(json.dumps(journal))


def test_a_published_night_is_well(outputs: Path):
    found = status(outputs, NIGHT + timedelta(hours=10))
    assert (found.level, found.reasons) == (Level.OK, [])
    facts = found.facts
    assert facts["last_night"]["state"] == "published"
    assert list(facts["last_night"]["steps"]) == ["gather", "copies", "code", "publish", "report"]
    assert facts["published_age_hours"] == 10.0
    assert facts["newest_article_age_hours"] == 36.0
    assert facts["quarantine"] == {"no date": 1}
    assert facts["lag"] == {"days_not_coded": 0, "days_not_indexed": 0, "articles_not_indexed": 0}
    assert facts["schema"]["stored"] == facts["schema"]["software"]
    assert facts["vintages"]["nights"] == 1
    assert facts["vintages"]["bytes"] > 1000
    assert not facts["being_written"]


def test_ages_are_judged_only_when_asked(outputs: Path):
    assert status(outputs, NIGHT, max_age_hours=30).level == Level.OK
    late = status(outputs, NIGHT + timedelta(hours=31), max_age_hours=30)
    assert late.level == Level.CRITICAL
    assert late.reasons[0].startswith("the last publication is 31.0 hours old")
    assert late.reasons[1].startswith("the newest article is 57.0 hours old")


def test_a_night_that_failed_is_critical_and_the_index_is_still_told(outputs: Path, jsonl, estimator):
    missing = SourceSettings.of(str(outputs.parent / "gone.jsonl"))
    with pytest.raises(SourceError):
        chain.run([missing], Store(outputs), Settings(), estimator, now=lambda: NIGHT + timedelta(days=1))
    found = status(outputs, NIGHT + timedelta(days=1))
    assert found.level == Level.CRITICAL
    assert "failed: there is no" in found.reasons[0]
    assert found.facts["index"]["as_of"].startswith("2020-06-16")
    assert found.facts["published_age_hours"] == 24.0


def test_a_night_that_died_is_told_from_one_at_work(outputs: Path):
    with Store(outputs).writing():
        night = chain.nights.Night(Store(outputs), lambda: NIGHT)
        night.write("running", ended=False)
        busy = status(outputs, NIGHT)
        assert (busy.level, busy.facts["being_written"]) == (Level.OK, True)
        assert busy.facts["last_night"]["state"] == "published"
    died = status(outputs, NIGHT)
    assert died.level == Level.CRITICAL
    assert "died" in died.reasons[0]


def test_what_waits_to_be_indexed_is_counted(outputs: Path, jsonl):
    path = jsonl({"text": "South Korea thanked North Korea.", "date": "2020-06-18"}, name="more.jsonl")
    store = Store(outputs)

    def dies(summary: Summary) -> None:
        with store.writing(), chain.recorded(store, lambda: NIGHT) as night:
            night.summary = summary
            raise RuntimeError("power cut")

    with store.writing():
        gathered = chain.gather([SourceSettings.of(str(path))], store, Settings())
    with pytest.raises(RuntimeError):
        dies(gathered)
    found = status(outputs, NIGHT)
    assert found.facts["lag"] == {"days_not_coded": 1, "days_not_indexed": 1, "articles_not_indexed": 1}
    assert found.reasons == [
        "the night of 2020-06-17T02:00:00+00:00 failed: RuntimeError: power cut",
        "1 days are stored and not coded",
    ]


def test_warnings_of_checks_and_sources_asked_in_vain(outputs: Path):
    def change(journal: dict) -> None:
        summary = journal["last"]["summary"]
        summary["in_vain"] = ["feed https://a.example/rss: timed out", "page https://a.example/1: timed out"]
        summary["checks"] = [{"name": "silence", "state": "warned", "found": "nothing of 'Wire'"}]

    rewritten(outputs, change)
    found = status(outputs, NIGHT)
    assert found.level == Level.WARNING
    assert found.reasons == [
        "silence warned: nothing of 'Wire'",
        "1 sources asked in vain: feed https://a.example/rss: timed out",
    ]


def test_outputs_without_a_journal_are_told_as_far_as_known(outputs: Path):
    (outputs / "nights.json").unlink()
    found = status(outputs, NIGHT)
    assert (found.level, found.facts["last_night"]) == (Level.OK, None)
    assert status(outputs, NIGHT, 30).reasons == ["the last publication is of unknown age, most are 30"]


def test_what_cannot_be_known_is_an_error_with_a_remedy(tmp_path: Path, outputs: Path):
    with pytest.raises(StoreError, match="escalation run"):
        status(tmp_path / "none", NIGHT)
    (outputs / "nights.json").write_text("{")
    with pytest.raises(StoreError, match=r"nights\.json: .*; remove it"):
        status(outputs, NIGHT)
    (outputs / "nights.json").write_text('{"nights": [{}]}')
    with pytest.raises(StoreError, match="the next run writes them anew"):
        status(outputs, NIGHT)


def test_the_command_ends_as_monitors_expect(outputs: Path, tmp_path: Path):
    assert told(outputs, code=0).startswith("OK: index of ")
    assert json.loads(told(outputs, "--json", code=0))["level"] == "OK"
    assert told(outputs, "--max-age", "30", code=2).startswith("CRITICAL: the last publication is ")
    rewritten(outputs, lambda journal: journal["last"]["summary"].update(in_vain=["feed x: gone"]))
    assert told(outputs, code=1).startswith("WARNING: ")
    assert told(tmp_path / "none", code=3).startswith("UNKNOWN: there is no index")
    assert json.loads(told(tmp_path / "none", "--json", code=3))["level"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("pipeline.cli", {"pandas", "numpy", "pyarrow", "pydantic", "prefect"}),
        ("pipeline.status", {"pandas", "pydantic", "prefect", "scipy", "sklearn", "httpx2"}),
        ("pipeline.reading", {"prefect", "scipy", "sklearn", "httpx2", "lxml", "matplotlib"}),
    ],
)
def test_what_must_start_fast_loads_nothing_heavy(module: str, heavy: set[str]):
    code = f"import sys, {module}; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
