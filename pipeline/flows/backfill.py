"""A past period, by batches of days; what was coded before an interruption is not coded again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import flow, get_run_logger

from pipeline.chain import Period
from pipeline.flows.engines import EngineChoice
from pipeline.flows.line import GivenSettings, GivenSources, run_line, settings_of, sources_of
from pipeline.settings import SourceSettings


@flow(
    name="backfill",
    flow_run_name="backfill {first} to {last}",
    log_prints=False,
    validate_parameters=False,
    persist_result=False,
)
def backfill(
    first: date | str,
    last: date | str,
    sources: GivenSources = (),
    outputs: str = "outputs",
    settings: GivenSettings = None,
    engine: str = "process",
    workers: int = 0,
    address: str = "",
) -> dict[str, Any]:
    """Add what the sources hold of a period, and publish the index once, at the end.

    Parameters
    ----------
    first, last
        First and last day of printing, UTC (YYYY-MM-DD).
    sources
        Files or folders of articles; by default the sources that the settings name. Feeds are left to the nightly run:
        they hold only what is new.
    outputs, settings, engine, workers, address
        As of `nightly`.
    """
    period = Period(*(date.fromisoformat(str(day)) for day in (first, last)))
    read = settings_of(settings)
    chosen = sources_of(sources, read)
    kept = without_feeds(chosen)
    if len(kept) < len(chosen):
        get_run_logger().info(
            "%d feeds are left to the nightly run: they hold only what is new", len(chosen) - len(kept)
        )
    return run_line(kept, outputs, read, EngineChoice(engine, workers, address), period=period).as_dict()


def without_feeds(sources: Sequence[SourceSettings]) -> list[SourceSettings]:
    """Return the sources that may hold something of the past."""
    return [source for source in sources if source.kind != "feed"]
