"""The steps of the line as Prefect tasks; a task wraps a batch of days, never one article.

What a task makes lies in the store before the run goes on, so that a run that died is simply started again, and Prefect
keeps no results. Tried again is only what may go better in a moment: reading sources, and writing to a store that is
far away. Fetching tries again by itself. Coding is a pure function, and an error there is an error for ever.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from pipeline import chain
from pipeline.chain import Batch, Coders, Period, Summary
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store
from pipeline.training.build import ready_coder

_LASTING = {
    getattr(errno, name)
    for name in "ENOENT EACCES EPERM EEXIST ENOTDIR EISDIR EINVAL ENOSPC EROFS EDQUOT ENAMETOOLONG ELOOP".split()
    if hasattr(errno, name)
}
"""Errors of the operating system that no waiting mends; an object store's have no number."""


def is_passing(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is of a network or disk that may be well again in a moment."""
    while error is not None:
        if isinstance(error, OSError):
            return error.errno not in _LASTING
        error = error.__cause__
    return False


def _may_pass(_task: object, _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.data, BaseException) and is_passing(state.data)


_worldly: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": [30, 300],
    "retry_condition_fn": _may_pass,
    "persist_result": False,
    "cache_policy": NO_CACHE,
}
_pure: dict[str, Any] = {"persist_result": False, "cache_policy": NO_CACHE}


@task(name="gather", **_worldly)
def gather(sources: Sequence[SourceSettings], outputs: str, settings: Settings, period: Period | None) -> Summary:
    """Read the sources, fetch what they lead to, and add the articles to the store."""
    return chain.gather(sources, Store(outputs), settings, period=period)


@task(name="copies", **_worldly)
def mark_copies(outputs: str, settings: Settings) -> None:
    """Find the copies among the articles of every day that changed."""
    chain.mark_copies(Store(outputs), settings.copies)


@task(name="code", task_run_name="code {batch}", **_pure)
def code_here(batch: Batch, kind: str) -> list[pa.Table]:
    """Code a batch in the process that runs the task: that of the flow, or a worker of Dask."""
    return chain.code_batch(batch, ready_coder(kind))


@task(name="code", task_run_name="code {batch}", **_pure)
def code_beside(batch: Batch, coders: Coders) -> list[pa.Table]:
    """Have a batch coded by a process beside this one."""
    return coders.submit(batch).result()


@task(name="publish", **_worldly)
def publish(outputs: str, settings: Settings, as_of: date | None, summary: Summary, anyway: bool) -> Summary:
    """Merge, score, check, and publish the index."""
    return chain.publish(Store(outputs), settings, as_of, summary, anyway)


@task(name="report", **_worldly)
def report(outputs: str) -> list[str]:
    """Draw the plot and write the page."""
    return chain.write_report(Store(outputs))
