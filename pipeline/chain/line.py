"""The whole line on one screen, without Prefect: sources → articles → mentions → events → index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from pipeline.chain.batches import code_store
from pipeline.chain.copying import mark_copies
from pipeline.chain.engine import Engine
from pipeline.chain.gathering import gather
from pipeline.chain.meanwhile import meanwhile
from pipeline.chain.nights import clock, recorded
from pipeline.chain.period import Period
from pipeline.chain.publishing import publish
from pipeline.chain.reporting import write_report
from pipeline.chain.summary import Progress, Summary
from pipeline.coder.prediction import Coder
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store


def run(
    sources: Sequence[SourceSettings | Path],
    store: Store,
    settings: Settings,
    coder: Coder,
    as_of: date | None = None,
    progress: Progress = lambda *_: None,
    now: Callable[[], datetime] = clock,
    anyway: bool = False,
    engine: Engine | None = None,
    period: Period | None = None,
) -> Summary:
    """Add the sources to a store and publish its index.

    Parameters
    ----------
    sources
        Sources, or paths of files and folders of articles.
    store
        Where everything is kept.
    as_of
        Leave out what was printed after this day; by default nothing is left out.
    progress
        Called as the work goes on.
    now
        Gives the time (UTC) that fetched pages are marked with.
    anyway
        Publish also where a check before publication fails.
    engine
        Codes the articles; by default this process does, with `coder`.
    period
        Take and code only what was printed in it: a backfill.

    Raises
    ------
    CheckError
        If a check fails; the last good index stays.
    """
    with store.writing(settings.outputs.wait_seconds), recorded(store, now) as night:
        summary = night.summary = gather(sources, store, settings, progress, now, period)
        night.done("gather")
        copies = partial(mark_copies, store, settings.copies, progress)
        with meanwhile(copies, partial(night.done, "copies"), engine is not None and engine.coders > 1):
            summary.coded_days = code_store(store, settings, coder, progress, engine, period)
            night.done("code")
        publish(store, settings, as_of, summary, anyway, now)
        night.done("publish")
        write_report(store)
        night.done("report")
    return summary
