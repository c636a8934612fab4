"""What a run did, in counts, for the summary file, the terminal and Prefect's artifact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is (0 if unknown)."""


@dataclass
class Summary:
    """Counts of one run.

    `gathered_at` is when the sources were read last, UTC: what was to be had before that is in. `outside` are articles
    that a backfill left out, for they were printed on other days, and `coded_days` the days it or a run coded.
    `rejected` counts by reason what this run set aside and `quarantined` all that lies aside. `fetched` tells what
    became of the urls that were wanted, and `in_vain` names the first of those not to be had so far. `aside` counts by
    reason what lies in quarantine, `coverage` the articles of the newest whole days and how many are usual there,
    `checks` holds what each check before publication said. `superseded` are
    versions of pages that have a newer one, `copies` articles beyond the first of their story, `unread` by language the
    stored articles that the coder cannot read: lost coverage. `alerts` are the lines crossed, and `example` is the
    tensest day of the dyad with most events.
    """

    gathered_at: str = ""
    new_articles: int = 0
    known_articles: int = 0
    outside: int = 0
    coded_days: int = 0
    coded_mentions: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    fetched: dict[str, int] = field(default_factory=dict)
    in_vain: list[str] = field(default_factory=list)
    quarantined: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    superseded: int = 0
    copies: int = 0
    mentions: int = 0
    events: int = 0
    scored_events: int = 0
    dyads: int = 0
    first_day: str = ""
    last_day: str = ""
    as_of: str = ""
    newest_article: str = ""
    schema_version: str = ""
    coverage: dict[str, Any] = field(default_factory=dict)
    checks: list[dict[str, str]] = field(default_factory=list)
    example: str = ""
    alerts: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return plain values, ready for JSON, reasons in order of name."""
        return {name: dict(sorted(v.items())) if isinstance(v, dict) else v for name, v in vars(self).items()}
