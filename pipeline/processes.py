"""Processes that work beside this one; those that parse what strangers wrote have limits, and can be killed."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import suppress
from pathlib import Path

from pebble import ProcessPool

_MIB = 1 << 20


def start_pool(workers: int, memory_mib: int = 0, max_tasks: int = 0) -> ProcessPool:
    """Return a pool of processes.

    Parameters
    ----------
    workers
        How many; each starts with its first task.
    memory_mib
        Memory that each may ask for beyond what it starts with, MiB (Linux); 0 is any.
    max_tasks
        Tasks after which a process makes room for a fresh one; 0 is never.
    """
    return ProcessPool(
        max_workers=workers,
        max_tasks=max_tasks,
        initializer=_prepare,
        initargs=(memory_mib,),
        context=multiprocessing.get_context("spawn"),  # a fork of a process with threads may hang
    )


def stop_pool(pool: ProcessPool) -> None:
    """End a pool and its processes, whatever they are doing."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _prepare(memory_mib: int) -> None:
    """Make a worker ready: it dies at once when it is told to, and may ask for so much memory beyond its start."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler in Python would wait for the parser to return
    if memory_mib == 0:
        return
    with suppress(ImportError, OSError, ValueError):  # there is no such limit on Windows, and none that holds on macOS
        import resource  # noqa: PLC0415

        statm = Path("/proc/self/statm").read_text(encoding="ascii")
        most = int(statm.split()[0]) * resource.getpagesize() + memory_mib * _MIB
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
