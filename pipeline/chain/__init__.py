"""The whole line on one screen, without Prefect: sources → articles → mentions → events → index.

Every step is a function of stored tables and settings; the flows wrap the same steps in tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from pipeline.chain.coding import code_articles, code_days, code_store, coder_key, correct, stale_batches
from pipeline.chain.copying import mark_copies
from pipeline.chain.gathering import clock, collect, gather, retry
from pipeline.chain.publishing import compute, index_tables, merge_table, publish, write_report
from pipeline.chain.stored import corrections_of
from pipeline.chain.summary import Progress, Summary
from pipeline.coder.prediction import Coder
from pipeline.settings import Settings, SourceSettings
from pipeline.store import Store

__all__ = [
    "Progress",
    "Summary",
    "clock",
    "code_articles",
    "code_days",
    "code_store",
    "coder_key",
    "collect",
    "compute",
    "correct",
    "corrections_of",
    "gather",
    "index_tables",
    "mark_copies",
    "merge_table",
    "publish",
    "retry",
    "run",
    "stale_batches",
    "write_report",
]


def run(
    sources: Sequence[SourceSettings | Path],
    store: Store,
    settings: Settings,
    coder: Coder,
    as_of: date | None = None,
    progress: Progress = lambda *_: None,
    now: Callable[[], datetime] = clock,
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
    """
    with store.writing(settings.outputs.wait_seconds):
        summary = gather(sources, store, settings, progress, now)
        mark_copies(store, settings.copies, progress)
        code_store(store, settings, coder, progress)
        publish(store, settings, as_of, summary)
        write_report(store)
    return summary
