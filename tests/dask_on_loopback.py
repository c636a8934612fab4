"""A Dask scheduler and workers of the tests' own, on free ports of loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_SECONDS = 90


class Cluster(NamedTuple):
    """The address of a scheduler, and the processes of its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a scheduler and workers, without nannies that would replace one that is killed; stop them at the end."""
    file, log = folder / "scheduler.json", (folder / "dask.log").open("wb")
    where = ["--scheduler-file", str(file), "--host", "127.0.0.1"]
    quiet = ["--no-dashboard"]
    processes = [_start("scheduler", [*where, "--port", "0", *quiet], folder, log)]
    try:
        deadline = time.monotonic() + _SECONDS
        while not (file.exists() and file.read_text().strip().endswith("}")):
            if processes[0].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the Dask scheduler did not start: {(folder / 'dask.log').read_text()}")
            time.sleep(0.1)
        one = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
        processes += [_start("worker", [*where, *one, *quiet], folder, log) for _ in range(workers)]
        yield Cluster(json.loads(file.read_text())["address"], processes[1:])
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def _start(what: str, arguments: list[str], folder: Path, log: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", what, *arguments]
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)  # type: ignore[call-overload]
