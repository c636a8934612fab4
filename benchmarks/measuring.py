"""What the benchmarks measure with: processor and wall seconds, peak memory, and where the figures are kept.

`benchmarks/results.json` has a section for each script, so that each can be run alone; `before.json` is an earlier
`results.json`, kept to compare with. Wall seconds are told beside the processor's, which are the same on a machine that
others use too.
"""

import hashlib
import json
import os
import platform
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
LIBRARIES = ("ahocorasick-rs", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")
_EVERY = 0.5  # seconds between looks at the memory


@dataclass
class Spent:
    """Seconds of the processor and on the wall, filled when the block ends."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def spent() -> Iterator[Spent]:
    """Measure a block: this process's seconds, and those of its children that have ended."""
    found = Spent()
    before, start = cpu_seconds(), time.perf_counter()
    try:
        yield found
    finally:
        found.cpu, found.wall = cpu_seconds() - before, time.perf_counter() - start


def cpu_seconds() -> float:
    """Return the processor's seconds of this process, and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mib() -> int:
    """Return the most memory that this process has held, MiB (Linux: the high-water mark of resident memory)."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) >> 10
    return 0


def forget_peak() -> None:
    """Let the high-water mark start again from what is held now (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def memory_of_all(top: int | None = None) -> int:
    """Return the memory of a process and its children, bytes, shared pages counted once (Linux)."""
    total, waiting = 0, [top or os.getpid()]
    while waiting:
        pid = waiting.pop()
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
            waiting += [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return total


@dataclass
class Watch:
    """Samples the memory of a process and its children while it runs."""

    top: int
    peak: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self.stop.wait(_EVERY):
            self.peak = max(self.peak, memory_of_all(self.top))


def keep(section: str, figures: Any) -> None:
    """Write a section of the results, and say what machine and libraries they are of."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results["machine"] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        **{name: version(name) for name in LIBRARIES},
    }
    results[section] = figures
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def digest_of(path: Path) -> str:
    """Return 16 hexadecimal digits over a file: runs are comparable where they read the same bytes."""
    digest = hashlib.blake2b(digest_size=8)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
