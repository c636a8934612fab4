"""The line as a Prefect flow.

A task wraps a batch of days, never one article. What a task makes lies in the store before it ends, so that a
run that died is simply started again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from pipeline import chain
from pipeline.chain import Summary
from pipeline.flows.announcing import announce
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store
from pipeline.training.build import ready_coder


@task(name="gather")
def gather_task(sources: Sequence[SourceSettings], outputs: str, settings: Settings) -> Summary:
    """Read the sources, fetch what they lead to, and add the articles to the store."""
    return chain.gather(sources, Store(outputs), settings)


@task(name="copies")
def copies_task(outputs: str, settings: Settings) -> None:
    """Find the copies among the articles of every day that changed."""
    chain.mark_copies(Store(outputs), settings.copies)


@task(name="code", task_run_name="code {days[0]} and {count} more days")
def code_task(days: Sequence[date], count: int, outputs: str, settings: Settings) -> None:
    """Code the articles of some days."""
    chain.code_days(Store(outputs), days, settings, ready_coder(settings.coder.kind))


@task(name="publish")
def publish_task(outputs: str, settings: Settings, as_of: date | None, summary: Summary) -> Summary:
    """Merge, score, and publish the index."""
    return chain.publish(Store(outputs), settings, as_of, summary)


@task(name="report")
def report_task(outputs: str) -> list[str]:
    """Draw the plot and write the page."""
    return chain.write_report(Store(outputs))


@flow(name="nightly", flow_run_name="nightly {outputs}", log_prints=False, validate_parameters=False)
def nightly(
    sources: Sequence[SourceSettings | dict[str, Any] | str] = (),
    outputs: str = "outputs",
    settings: Settings | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Bring the index up to date with its sources.

    Parameters
    ----------
    sources
        Files or folders of articles; by default the sources that the settings name.
    outputs
        Where everything is kept.
    settings
        Defaults if None.
    as_of
        Leave out what was printed after this day.
    """
    settings = settings if isinstance(settings, Settings) else Settings.model_validate(settings or {})
    chosen = [SourceSettings.of(source) for source in sources or settings.sources]
    logger = get_run_logger()
    store = Store(outputs)
    with store.writing(settings.outputs.wait_seconds):
        summary = gather_task(chosen, outputs, settings)
        copies_task(outputs, settings)
        key = chain.coder_key(ready_coder(settings.coder.kind), settings, chain.corrections_of(store))
        batches = chain.stale_batches(store, key)
        logger.info("%d new articles, %d batches of days to code", summary.new_articles, len(batches))
        for batch in batches:
            code_task(batch, len(batch) - 1, outputs, settings)
        summary = publish_task(outputs, settings, as_of, summary)
        report_task(outputs)
    announce(summary.alerts, settings)
    create_markdown_artifact(_summary_page(summary), key="summary", description="what the run did")
    logger.info("index of %d dyads to %s", summary.dyads, summary.last_day)
    return summary.as_dict()


def _summary_page(summary: Summary) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in summary.as_dict().items())
    return f"| | |\n|---|---|\n{rows}\n"
