"""Which engine codes: this process, processes beside it, or a Dask cluster; with Prefect's tasks or without.

This process alone reads and writes the store, whose lock it holds. Engines get batches and give mentions back, so that
a cluster needs no folder in common with it, and a worker that was given up for dead writes nothing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pipeline.chain import Coders, Engine, on_the_spot
from pipeline.chain.engine import Coded
from pipeline.errors import EngineError
from pipeline.training.build import ready_coder

EngineName = Literal["serial", "process", "dask"]
_WAIT_SECONDS = 60


@dataclass(frozen=True)
class EngineChoice:
    """An engine by name: how many `workers` (0 is one a core), and for Dask the `address` of a scheduler.

    Without an address, Dask works with a cluster of its own on this machine.

    Raises
    ------
    EngineError
        If there is no such engine, or it has no use for what is given.
    """

    name: str = "serial"
    workers: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        if self.name not in get_args(EngineName):
            raise EngineError(f"there is no engine {self.name!r}; take one of {', '.join(get_args(EngineName))}")
        if self.workers < 0:
            raise EngineError(f"--workers {self.workers}: give a number from 1, or 0 for one a core")
        if self.workers > 1 and self.name == "serial":
            raise EngineError(f"--workers {self.workers}: the engine serial has one; add --engine process")
        if self.address and self.name != "dask":
            raise EngineError(f"--address {self.address}: only --engine dask has an address")
        if self.address and self.workers:
            raise EngineError(f"--workers {self.workers}: the cluster at {self.address} has its own; leave it out")
        if self.name == "dask" and find_spec("prefect_dask") is None:
            raise EngineError(
                "--engine dask needs Prefect's Dask integration, which is not installed; "
                "call: pip install 'escalation-index[dask]'"
            )


@contextmanager
def plain_engine(choice: EngineChoice, kind: str) -> Iterator[Engine]:
    """Open an engine that knows no Prefect, with a coder of a kind.

    Raises
    ------
    EngineError
        If it is Dask, which is reached through Prefect.
    """
    if choice.name == "dask":
        raise EngineError("--engine dask goes through Prefect; leave out --plain, or take --engine process")
    if choice.name == "process":
        with Coders(choice.workers, partial(ready_coder, kind)) as coders:
            yield coders.engine
    else:
        yield on_the_spot(ready_coder(kind))


@contextmanager
def task_engine(choice: EngineChoice, kind: str) -> Iterator[Engine]:
    """Open an engine inside a flow: every batch is a task run of Prefect, wherever it is coded."""
    from prefect.task_runners import ThreadPoolTaskRunner  # noqa: PLC0415 - the plain chain goes without Prefect

    from pipeline.flows.tasks import code_beside, code_here  # noqa: PLC0415

    if choice.name == "dask":
        with _dask(choice) as dask:
            count = sum(dask.client.ncores().values())
            yield Engine(lambda batch: dask.submit(code_here, {"batch": batch, "kind": kind}), count)
    elif choice.name == "process":
        count = choice.workers or os.cpu_count() or 1
        threads: Any = ThreadPoolTaskRunner(max_workers=count)  # each waits for a process
        with Coders(count, partial(ready_coder, kind)) as coders, threads:
            yield Engine(lambda batch: threads.submit(code_beside, {"batch": batch, "coders": coders}), count)
    else:
        yield Engine(lambda batch: Coded(code_here(batch, kind)))


@contextmanager
def _dask(choice: EngineChoice) -> Iterator[Any]:
    """Start a Dask cluster here, or connect to one; yield the task runner once there is a worker."""
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415
    from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra

    logging.getLogger("distributed").setLevel(logging.WARNING)
    own = {"n_workers": choice.workers or None, "threads_per_worker": 1, "dashboard_address": None}
    runner: Any = DaskTaskRunner(address=choice.address) if choice.address else DaskTaskRunner(cluster_kwargs=own)
    with temporary_settings({PREFECT_API_URL: _server(choice)}), runner:  # the settings travel with each task
        try:
            runner.client.wait_for_workers(1, timeout=_WAIT_SECONDS)
        except (OSError, ValueError) as error:
            raise EngineError(
                f"no Dask scheduler with a worker at {choice.address or 'this machine'} ({error}); start them with: "
                "dask scheduler --port 8786, and on each machine: dask worker tcp://SCHEDULER:8786 --nthreads 1"
            ) from error
        yield runner


def _server(choice: EngineChoice) -> str:
    """Return the address of the Prefect server that workers tell of their task runs."""
    from prefect.context import FlowRunContext  # noqa: PLC0415
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415

    configured = PREFECT_API_URL.value()
    if configured:
        return str(configured)
    host = urlsplit(choice.address).hostname
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        raise EngineError(
            f"the workers at {choice.address} tell a Prefect server of their work, and the one of this run can be "
            "reached from this machine only; start one that they reach, with: prefect server start --host 0.0.0.0, "
            "and set PREFECT_API_URL to its address here"
        )
    context = FlowRunContext.get()
    assert context is not None  # noqa: S101 - engines are opened inside a flow
    return str(context.client.api_url)
