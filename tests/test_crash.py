"""A run killed at any moment, a full disk, and outputs that vanish: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from killed_run import SETTINGS, drawn
from typer.testing import CliRunner

from pipeline import chain, read_index
from pipeline.cli import app
from pipeline.errors import StoreError
from pipeline.settings import OutputSettings
from pipeline.store import Store
from pipeline.training.build import ready_coder

KILLS = 50
SEED = 20260616
STORY = "{who} shelled {whom} on Tuesday. {whom} said it had suspended all trade with {who}. It rained."


def stories(first: int, last: int) -> list[dict]:
    """Return a few days' articles, two a day."""
    pairs = [("North Korea", "South Korea"), ("South Korea", "North Korea")]
    return [
        {
            "text": STORY.format(who=who, whom=whom) + f" Report {day}.",
            "date": f"2010-11-{day:02}T0{n}:00:00Z",
            "outlet": f"Post {n}",
            "url": f"https://post{n}.example/{day}",
        }
        for day in range(first, last)
        for n, (who, whom) in enumerate(pairs)
    ]


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + json.dumps({"text": "Nobody dates me."}) + "\n")
    return path


class Runner:
    """Starts runs of the same sources in processes of their own, and kills them."""

    def __init__(self, like: Path) -> None:
        command = [sys.executable, str(Path(__file__).with_name("killed_run.py")), str(like)]
        self._parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._parent.stdout.readline() == "ready\n"

    def run(self, source: Path, outputs: str | Path, killed_after: float = 0) -> int:
        """Run to the end, or kill the run after some seconds; return its exit code."""
        self._parent.stdin.write(f"{killed_after}\t{source}\t{outputs}\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def close(self) -> None:
        self._parent.stdin.close()
        self._parent.stdout.close()
        self._parent.wait(timeout=30)


class Reader(threading.Thread):
    """Opens every table that anybody can see in a folder, again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.opened, self.broken = folder, 0, []
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            for path in self._seen():
                if path.name.startswith("."):
                    continue
                try:
                    pq.ParquetFile(path).read(use_threads=False)
                    self.opened += 1
                except FileNotFoundError:
                    continue  # a partition that went
                except Exception as error:
                    self.broken.append((path, error))
            time.sleep(0.03)

    def _seen(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("[!.]*/*.parquet")) + sorted(self.folder.glob("*.parquet"))
        except FileNotFoundError:
            return []  # a folder that went while it was listed

    def end(self) -> None:
        self._ended.set()
        self.join()


def tables(outputs: Path) -> dict[str, bytes]:
    return {str(path.relative_to(outputs)): path.read_bytes() for path in sorted(outputs.rglob("*.parquet"))}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> tuple[Path, Path]:
    """The articles of a first night, and those of the next, among them a late report of the first."""
    folder = tmp_path_factory.mktemp("sources")
    late = [{**stories(3, 4)[0], "outlet": "Late Post", "url": "https://late.example/3"}]
    return write(folder / "first.jsonl", stories(1, 4)), write(folder / "second.jsonl", stories(4, 6) + late)


@pytest.fixture(scope="module")
def runner(sources) -> Iterator[Runner]:
    running = Runner(sources[0])
    yield running
    running.close()


@pytest.fixture(scope="module")
def first_night(runner, sources, tmp_path_factory) -> Path:
    outputs = tmp_path_factory.mktemp("first") / "outputs"
    assert runner.run(sources[0], outputs) == 0
    return outputs


@pytest.fixture(scope="module")
def undisturbed(runner, sources, first_night, tmp_path_factory) -> tuple[Path, float]:
    """Outputs of two nights that nothing disturbed, and how long the second took, seconds."""
    outputs = copied(first_night, tmp_path_factory.mktemp("second") / "outputs")
    before = time.monotonic()
    assert runner.run(sources[1], outputs) == 0
    return outputs, time.monotonic() - before


def copied(outputs: Path, to: Path) -> Path:
    beside = to.with_name(f"{to.name}-beside")  # what is copied in place can be seen half
    shutil.copytree(outputs, beside)
    return beside.rename(to)


def nights_seen(outputs: Path) -> int:
    """Read the outputs as anybody would, and return how many nights were published."""
    store = Store(outputs)
    index, nights = store.whole(lambda: (read_index(outputs), len(store.days("vintages"))))
    assert set(index["dyad"]) == {"KOR-PRK"}
    stood = read_index(outputs, as_of="2100-01-01")
    pd.testing.assert_frame_equal(index, stood)
    assert len(store.days("directed_vintages")) == nights
    return nights


def test_runs_killed_at_any_moment_end_as_if_they_had_not_been(
    runner, sources, first_night, undisturbed, tmp_path: Path
):
    whole, seconds = undisturbed
    chance, outcomes, outputs = random.Random(SEED), Counter(), tmp_path / "outputs"  # noqa: S311 - not a secret
    reader = Reader(outputs)
    reader.start()
    for number in range(0, KILLS, 2):
        copied(first_night, outputs)
        moments = [chance.uniform(0, seconds), chance.uniform(0, seconds)]
        for moment in moments:
            killed = runner.run(sources[1], outputs, moment) == -signal.SIGKILL
            outcomes[killed, nights_seen(outputs)] += 1
        assert runner.run(sources[1], outputs) == 0, (number, moments)
        assert tables(outputs) == tables(whole), (number, moments)
        assert sorted(path.name for path in outputs.rglob(".*")) == [".lock", ".publication.json"], (number, moments)
        outputs.rename(tmp_path / f"done-{number}")
    reader.end()
    assert reader.broken == []
    assert reader.opened > KILLS
    assert outcomes[True, 1] > KILLS / 10, outcomes  # killed before the night was published


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB, where one may be mounted; elsewhere a limit of file sizes has to do."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here ({mounted.stderr.strip()}); the limit of file sizes is tested")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_ends_the_run_and_harms_nothing(undrawn, small_disk: Path, sources, first_night, undisturbed):
    coder = ready_coder("lexicon")
    outputs = copied(first_night, small_disk / "outputs")
    index = read_index(outputs)
    for free in (0, 8, 16, 32, 48):  # KiB left: full at the first file, and later and later
        fill(small_disk, free)
        with pytest.raises(StoreError, match=r"No space left on device.*last good version is untouched"):
            chain.run([sources[1]], Store(outputs), SETTINGS, coder)
        pd.testing.assert_frame_equal(read_index(outputs), index)
        assert result_set(outputs) == result_set(first_night)
        assert not list(outputs.rglob("*.tmp"))
        (small_disk / "filler").unlink()
    chain.run([sources[1]], Store(outputs), SETTINGS, coder)
    assert tables(outputs) == tables(undisturbed[0])


def fill(disk: Path, left_kib: int) -> None:
    """Fill a disk but for some KiB."""
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    os.truncate(disk / "filler", max(0, (disk / "filler").stat().st_size - left_kib * 1024))


@pytest.fixture
def undrawn(monkeypatch):
    monkeypatch.setattr("pipeline.report.render_report", drawn)


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))  # Python ignores the signal, and the write fails
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_files_that_may_not_grow_end_the_run_and_harm_nothing(undrawn, sources, first_night, undisturbed, tmp_path):
    outputs, coder = copied(first_night, tmp_path / "outputs"), ready_coder("lexicon")
    index = (undisturbed[0] / "directed_index.parquet").stat().st_size
    for size, published in ((4_000, first_night), (index - 1, first_night), (15_000, undisturbed[0])):
        with longest_file(size), pytest.raises(StoreError, match=r"File too large.*last good version is untouched"):
            chain.run([sources[1]], Store(outputs), SETTINGS, coder)
        assert result_set(outputs) == result_set(published)
        assert not list(outputs.rglob("*.tmp"))
    chain.run([sources[1]], Store(outputs), SETTINGS, coder)
    assert tables(outputs) == tables(undisturbed[0])


def result_set(outputs: Path) -> dict[str, bytes]:
    """Return the tables that are published together."""
    work = ("articles", "mentions", "copies", "quarantine")
    return {name: content for name, content in tables(outputs).items() if not name.startswith(work)}


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen]]:
    """Outputs that another process holds until its input ends."""
    script = (
        "import sys\nfrom pipeline.store import Store\nwith Store(sys.argv[1]).writing():\n print(flush=True)\n input()"
    )
    outputs = tmp_path / "outputs"
    command = [sys.executable, "-c", script, str(outputs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        yield outputs, child
        child.kill()


def test_the_command_line_refuses_at_once_or_waits(undrawn, held, sources):
    outputs, child = held
    words = ["run", str(sources[0]), "--plain", "--coder", "lexicon", "--outputs", str(outputs)]
    refused = CliRunner().invoke(app, words)
    assert isinstance(refused.exception, StoreError)
    assert f"process {child.pid} on" in str(refused.exception)
    timer = threading.Timer(1.0, child.communicate, ("go\n",))
    timer.start()
    waited = CliRunner().invoke(app, [*words, "--wait", "120"])
    timer.join()
    assert waited.exit_code == 0, (waited.output, waited.exception)
    assert (outputs / "tension_index.parquet").exists()


def test_the_settings_can_wait_too(undrawn, held, sources):
    outputs, child = held
    patient = SETTINGS.model_copy(update={"outputs": OutputSettings(wait_seconds=120)})
    threading.Timer(0.5, child.communicate, ("go\n",)).start()
    chain.run([sources[0]], Store(outputs), patient, ready_coder("lexicon"))
    assert (outputs / "tension_index.parquet").exists()
