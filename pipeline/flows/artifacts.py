"""What a run leaves in Prefect for people: five artifacts, shown beside the run and under the Artifacts page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from pipeline.chain import Summary
from pipeline.flows.run_pages import coverage_rows, index_page, new_events, quarantine_rows, summary_page
from pipeline.store import Store


def leave_artifacts(store: Store, summary: Summary, days: Collection[date]) -> None:
    """Show what a run did: `days` are those whose articles it coded."""
    create_markdown_artifact(summary_page(summary), key="summary", description="what the run did")
    create_table_artifact(new_events(store, days), key="new-events", description="weightiest events of the days coded")
    create_markdown_artifact(index_page(store), key="index", description="the leading dyads")
    create_table_artifact(coverage_rows(store), key="coverage", description="articles of the last days")
    create_table_artifact(quarantine_rows(summary), key="quarantine", description="what was set aside, and why")
