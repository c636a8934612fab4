"""Schedules that fire by themselves: on a server with PostgreSQL, and served here after missed nights."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer

from pipeline.cli import app

TOP = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("escalation")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_a_run_fires_by_itself_on_a_server_with_postgresql():
    done = subprocess.run(
        [sys.executable, TOP / "benchmarks" / "scheduled.py"], capture_output=True, text=True, check=False
    )
    if "apt-get install postgresql" in done.stderr and not os.environ.get("CI"):
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    evidence = json.loads(done.stdout)
    assert evidence["database"].startswith("PostgreSQL 1")
    run = evidence["fired"][0]
    assert (run["state_name"], run["fired_by"]) == ("Completed", "SCHEDULE")
    due = datetime.fromisoformat(run["expected_start_time"])
    assert run["name"] == f"nightly {due:%Y-%m-%d}"
    assert datetime.fromisoformat(run["start_time"]) - due < timedelta(minutes=2)
    assert evidence["rows"]["deployment"] == 2
    assert evidence["rows"]["artifact"] >= 5
    assert evidence["index"]


def test_serve_starts_at_once_after_a_missed_night(tmp_path: Path, estimator):
    article = {"text": "North Korea shelled a South Korean island on Tuesday.", "date": "2010-11-23", "outlet": "A"}
    (tmp_path / "articles.jsonl").write_text(json.dumps(article) + "\n")
    outputs, log = tmp_path / "out", tmp_path / "log"
    outputs.mkdir()
    (outputs / "summary.json").write_text(json.dumps({"gathered_at": "2020-01-01T02:15:00+00:00"}))
    once_a_year = ["--cron", f"15 2 1 {(datetime.now().astimezone().month + 5) % 12 + 1} *"]
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "PYTHONUNBUFFERED": "1"}
    environment.pop("PREFECT_API_URL", None)
    with log.open("w") as file:
        process = subprocess.Popen(
            [COMMAND, "serve", "articles.jsonl", "--outputs", outputs, *once_a_year],
            cwd=tmp_path,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        deadline = time.monotonic() + 240
        while "Finished in state" not in _of_the_run(log) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    said = log.read_text()
    assert "was missed; a run starts now and does the work of all that were missed" in said
    assert "Finished in state Completed()" in _of_the_run(log), said
    assert json.loads((outputs / "summary.json").read_text())["articles"] == 1


def _of_the_run(log: Path) -> str:
    return "\n".join(line for line in log.read_text().splitlines() if "Flow run 'nightly" in line)


def shown_lines() -> list[str]:
    text = (TOP / "docs" / "operations" / "schedule.md").read_text()
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in shown_lines() if line.startswith("escalation ")])
def test_commands_of_the_page_are_understood(line: str):
    name, *arguments = shlex.split(line)[1:]
    command = typer.main.get_command(app).commands[name]
    command.make_context(name, arguments)  # an unknown option, or a value that is none, raises


def test_the_page_and_the_study_use_the_same_commands_of_prefect():
    study = (TOP / "benchmarks" / "scheduled.py").read_text()
    shown = [shlex.split(line)[1:] for line in shown_lines() if line.startswith("prefect ")]
    assert len(shown) == 6
    for words in shown:
        plain = [word for word in words if word != "--no-prompt"]
        for word in [plain[0], *(word for word in plain if word.startswith("--"))]:
            assert f'"{word}"' in study, " ".join(words)
