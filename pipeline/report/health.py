"""What a run counted, and which days its index covers → the health of the sources, in rows to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.report.method import vintage
from pipeline.report.select import DyadReport

RECENT_DAYS = 30


@dataclass(frozen=True)
class Coverage:
    """How well a dyad is covered: `recent` days of the last `RECENT_DAYS`, `days` in all, and the last of them."""

    title: str
    recent: int
    days: int
    last_day: str


def coverage_of(report: DyadReport, method: Mapping[str, Any]) -> Coverage:
    """Count the covered days of a dyad; the last thirty end with the day of `as_of`."""
    days = report.series.index[report.series["tension"].notna()]
    end = vintage(method) or report.series.index.max()
    recent = (days > end - pd.Timedelta(days=RECENT_DAYS)) & (days <= end)
    last = str(days.max().date()) if len(days) else "none"
    return Coverage(report.title, int(recent.sum()), len(days), last)


def counts_of(summary: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return what the run says of its articles, each count with its name."""
    return [
        ("articles", _number(summary, "articles")),
        ("copies of another article", _number(summary, "copies")),
        ("superseded by a newer version", _number(summary, "superseded")),
        ("not read, by language", _listed(summary.get("unread"))),
        ("set aside by the last run, by reason", _listed(summary.get("rejected"))),
        ("in quarantine", _number(summary, "quarantined")),
        ("fetched by the last run", _listed(summary.get("fetched"))),
        ("mentions", _number(summary, "mentions")),
        ("events, of these scored", f"{_number(summary, 'events')}, {_number(summary, 'scored_events')}"),
        ("days", f"{summary.get('first_day') or '–'} to {summary.get('last_day') or '–'}"),
    ]


def _number(summary: Mapping[str, Any], name: str) -> str:
    value = summary.get(name)
    return "unknown" if value is None else f"{value:,}"


def _listed(counts: Mapping[str, int] | None) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in (counts or {}).items()) or "none"
