"""The night: everything that is new since the last run, whenever that was.

A run after an outage of five nights does the work of all five; the scheduled runs of the nights between then find that
it is done and end at once. A night may be run again at will: the same bytes come out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from prefect import flow, get_run_logger
from prefect.context import FlowRunContext
from prefect.states import Completed

from pipeline.flows.engines import EngineChoice
from pipeline.flows.line import GivenSettings, GivenSources, run_line, settings_of, sources_of
from pipeline.store import Store

CATCH_UP = "catch-up"
"""Tag of a run that makes up for missed nights."""
DONE_ALREADY = "Skipped"
"""Name of the state in which a night ends whose work a later run has done."""


def _name() -> str:
    """Name a run by the day it was meant for, in the time zone of its schedule."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    parameters = (context.parameters if context else None) or {}
    moment = (run.expected_start_time if run else None) or datetime.now(UTC)
    return f"nightly {moment.astimezone(ZoneInfo(parameters.get('timezone', 'UTC'))):%Y-%m-%d}"


@flow(name="nightly", flow_run_name=_name, log_prints=False, validate_parameters=False, persist_result=False)
def nightly(
    sources: GivenSources = (),
    outputs: str = "outputs",
    settings: GivenSettings = None,
    as_of: date | None = None,
    engine: str = "serial",
    workers: int = 0,
    address: str = "",
    timezone: str = "UTC",
    publish_anyway: bool = False,
) -> dict[str, Any]:
    """Bring the index up to date with its sources.

    Parameters
    ----------
    sources
        Files or folders of articles; by default the sources that the settings name.
    outputs
        Where everything is kept.
    settings
        Settings, their values, or the path of their file; the defaults if None.
    as_of
        Leave out what was printed after this day.
    engine, workers, address
        Where articles are coded; see `EngineChoice`.
    timezone
        IANA name of the zone in which the run is named by its day.
    publish_anyway
        Publish also where a check before publication fails.
    """
    choice = EngineChoice(engine, workers, address)
    after = _done_already(Store(outputs))
    if after:
        get_run_logger().info("%s", after)
        return cast("dict[str, Any]", Completed(name=DONE_ALREADY, message=after))  # Prefect ends the run in it
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    read = settings_of(settings)
    return run_line(sources_of(sources, read), outputs, read, choice, day, anyway=publish_anyway).as_dict()


def _done_already(store: Store) -> str:
    """Tell that a run that began after this one was due has done its work; empty if there was none."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.expected_start_time is None or run.run_count > 1:
        return ""
    last = str(store.summary().get("gathered_at", ""))
    by_itself = run.auto_scheduled or CATCH_UP in run.tags
    if not by_itself or not last or datetime.fromisoformat(last) < run.expected_start_time:
        return ""
    return f"nothing to do: the run of {last} took all that was new when this one was due, {run.expected_start_time}"
