"""The whole line in tasks: what a nightly run and a backfill share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from prefect import get_run_logger

from pipeline import chain
from pipeline.chain import Period, Summary
from pipeline.chain.meanwhile import meanwhile
from pipeline.flows import tasks
from pipeline.flows.announcing import announce
from pipeline.flows.artifacts import leave_artifacts
from pipeline.flows.engines import EngineChoice, task_engine
from pipeline.settings import Settings, SourceSettings, load_settings
from pipeline.store import Store
from pipeline.training.build import late_coder

GivenSources = Sequence[SourceSettings | dict[str, Any] | str]
"""Sources, or paths of files and folders; those of the settings if there are none."""
GivenSettings = Settings | dict[str, Any] | str | None
"""Settings, their values, the path of their file (read when the run starts), or None for the defaults."""


def settings_of(given: GivenSettings) -> Settings:
    """Return settings however a deployment gives them."""
    if isinstance(given, Settings):
        return given
    return load_settings(Path(given)) if isinstance(given, str) else Settings.model_validate(given or {})


def sources_of(given: GivenSources, settings: Settings) -> list[SourceSettings]:
    """Return sources however a deployment gives them."""
    return [SourceSettings.of(source) for source in given or settings.sources]


def run_line(
    sources: Sequence[SourceSettings],
    outputs: str,
    settings: Settings,
    choice: EngineChoice,
    as_of: date | None = None,
    period: Period | None = None,
    anyway: bool = False,
) -> Summary:
    """Bring the index up to date with its sources, or with what they hold of a period; log what a person needs."""
    logger = get_run_logger()
    store = Store(outputs)
    logger.info("%d sources into %s, coded by the engine %s", len(sources), store.where, choice.name)
    with store.writing(settings.outputs.wait_seconds), chain.recorded(store) as night:
        summary = night.summary = tasks.gather(sources, outputs, settings, period)
        logger.info("%s", gathered(summary, period))
        night.done("gather")
        copies = partial(tasks.mark_copies, outputs, settings)
        with meanwhile(copies, partial(night.done, "copies"), choice.name != "serial"):
            days = _code(store, settings, choice, period)
            summary.coded_days = len(days)
            night.done("code")
        summary = night.summary = tasks.publish(outputs, settings, as_of, summary, anyway)
        night.done("publish")
        tasks.report(outputs)
        leave_artifacts(store, summary, days)
        night.done("report")
    announce(summary.alerts, settings)
    for check in summary.checks:
        if check["state"] in ("warned", "failed"):
            logger.warning("check of %s %s: %s", check["name"], check["state"], check["found"])
    logger.info("%s", published(summary, store))
    return summary


def _code(store: Store, settings: Settings, choice: EngineChoice, period: Period | None) -> list[date]:
    """Code every stale day, and return those days."""
    logger = get_run_logger()
    key = chain.coder_key(late_coder(settings.coder.kind), settings, chain.corrections_of(store))
    days = chain.stale_days(store, key, period)
    if not days:
        logger.info("nothing to code")
        return days
    done = 0
    with task_engine(choice, settings.coder.kind) as engine:
        for coded in chain.code_days(store, days, settings, key, engine):
            done += len(coded)
            logger.info("coded %s to %s: %d of %d days", coded[0], coded[-1], done, len(days))
    return days


def gathered(summary: Summary, period: Period | None = None) -> str:
    """Return in one line what the sources brought."""
    parts = [f"{summary.new_articles:,} new articles, {summary.known_articles:,} known already"]
    if summary.coded_mentions:
        parts.append(f"{summary.coded_mentions:,} events coded elsewhere")
    if period:
        parts.append(f"{summary.outside:,} left out, printed on other days than {period}")
    parts += [f"{count:,} urls {name}" for name, count in summary.fetched.items() if count]
    if summary.rejected:
        reasons = ", ".join(f"{name} {count:,}" for name, count in sorted(summary.rejected.items()))
        parts.append(f"set aside: {reasons} (see: escalation quarantine)")
    if summary.in_vain:
        parts.append(f"asked in vain: {summary.in_vain[0]}" + (" and others" if len(summary.in_vain) > 1 else ""))
    return "; ".join(parts)


def published(summary: Summary, store: Store) -> str:
    """Return in one line what was published, and where."""
    days = f"{summary.first_day} to {summary.last_day}" if summary.first_day else "no day"
    return (
        f"published {summary.dyads:,} dyads, {days}, from {summary.articles:,} articles and {summary.events:,} events; "
        f"{summary.quarantined:,} records in quarantine, {len(summary.alerts)} alerts; see {store.full('report.html')}"
    )
