"""`nightly` on a schedule, until interrupted.

A schedule needs a server that runs a scheduler. Where PREFECT_API_URL names none, one is started on a free
loopback port with the user's own Prefect database, and stopped at the end. A run that was missed, because nothing was
serving then, is made up for at the start: one run does the work of all, since it takes all that is new.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from pipeline.errors import EscalationError
from pipeline.flows.engines import EngineChoice
from pipeline.flows.scheduler import scheduling_server
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.deployments.runner import RunnerDeployment

NAME = "escalation"
_NOW = "a run starts now and does the work of all that were missed"
_LATER = "the next run does its work, too"
_log = logging.getLogger("prefect.escalation")


@dataclass(frozen=True)
class Schedule:
    """When to run: cron's five fields, in a time zone; `catch_up` makes up for a missed run at the start."""

    cron: str = "15 2 * * *"
    timezone: str = "UTC"
    catch_up: bool = True


def serve(
    sources: Sequence[SourceSettings], outputs: str, settings: Settings, schedule: Schedule, choice: EngineChoice
) -> None:
    """Run `nightly` at the times of a schedule."""
    with scheduling_server():
        from prefect import serve as serve_deployments  # noqa: PLC0415 - Prefect reads its server's address on import
        from prefect.schedules import Cron  # noqa: PLC0415

        from pipeline.flows.nightly import nightly  # noqa: PLC0415

        try:
            cron = Cron(schedule.cron, timezone=schedule.timezone)
            missed = missed_run(Store(outputs), schedule, datetime.now(UTC))
        except ValueError as error:
            raise EscalationError(f"--cron {schedule.cron!r} --timezone {schedule.timezone!r}: {error}") from error
        parameters = {
            "sources": [source.model_dump(mode="json") for source in sources],
            "outputs": outputs,
            "settings": settings.model_dump(mode="json"),
            "engine": choice.name,
            "workers": choice.workers,
            "address": choice.address,
            "timezone": schedule.timezone,
        }
        deployment = cast("RunnerDeployment", nightly.to_deployment(NAME, schedule=cron, parameters=parameters))
        if missed:
            _log.info(
                "%s", f"the run of {missed:%Y-%m-%d %H:%M %Z} was missed; " + (_NOW if schedule.catch_up else _LATER)
            )
            if schedule.catch_up:
                _start(cast("UUID", deployment.apply()))
        serve_deployments(deployment, limit=1)


def missed_run(store: Store, schedule: Schedule, now: datetime) -> datetime | None:
    """Return the first time of the schedule after the last run, if that has passed; None before the first run ever."""
    from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415

    last = str(store.summary().get("gathered_at", ""))
    if not last:
        return None
    cron = CronSchedule(cron=schedule.cron, timezone=schedule.timezone)
    due = asyncio.run(cron.get_dates(n=1, start=datetime.fromisoformat(last)))
    return due[0].astimezone(ZoneInfo(schedule.timezone)) if due and due[0] <= now else None


def _start(deployment: UUID) -> None:
    """Have a run start as soon as somebody serves the deployment."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.states import Scheduled  # noqa: PLC0415

    from pipeline.flows.nightly import CATCH_UP  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(deployment, state=Scheduled(), tags=[CATCH_UP])
