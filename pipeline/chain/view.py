"""Stored articles → what was known at a moment: which version of each page, and which articles are one story.

Of the versions of a page the one that stood at that moment counts; the older ones stay in the store and count at
earlier moments. Copies of one text, and the versions of one page, are one story, however many outlets printed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.copies import stories
from pipeline.merge import Report
from pipeline.settings import Settings
from pipeline.urls import same_page

NEEDED = ["article_id", "url", "outlet", "language", "published_at", "revised_at"]
"""Columns of the articles that a view depends on."""
Reports = Mapping[str, Report]
"""Article id → who printed it, when, and as part of which story."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class View:
    """What was known: the reports that count, the day each story was first printed, unread articles by language."""

    reports: Reports
    printed: Mapping[str, date]
    unread: dict[str, int]


def view_at(articles: pa.Table, coded: pa.Table, copies: pa.Table, moment: datetime, settings: Settings) -> View:
    """Return the view at a moment.

    Parameters
    ----------
    articles
        Columns `NEEDED` of all stored articles.
    coded
        Ready-coded mentions; each names its report.
    copies
        Columns `article_id` and `copy_of`.
    moment
        Nothing printed later is in the view.
    settings
        Which languages the coder reads.
    """
    rows = [row for row in articles.to_pylist() if _known_at(row) <= moment]
    unread = Counter(row["language"] for row in rows if not settings.coder.reads(row["language"]))
    rows = [row for row in rows if settings.coder.reads(row["language"])]
    known = {row["article_id"] for row in rows}
    newest, same = _versions(rows)
    links = zip(copies["article_id"].to_pylist(), copies["copy_of"].to_pylist(), strict=True)
    story = stories([*same, *(link for link in links if known.issuperset(link))])
    rows += _reports_of(coded, moment)
    newest |= {row["article_id"] for row in rows} - known
    reports: dict[str, Report] = {}
    printed: dict[str, date] = {}
    for row in rows:
        own = story.get(row["article_id"], row["article_id"])
        day = row["published_at"].date()
        printed[own] = min(day, printed.get(own, day))
        if row["article_id"] in newest:
            reports[row["article_id"]] = Report(row["outlet"], row["published_at"], own)
    return View(reports, printed, dict(unread))


def last_known(articles: pa.Table, coded: pa.Table) -> date:
    """Return the last day on which anything stored was printed."""
    columns = (articles["published_at"], articles["revised_at"], coded["published_at"])
    moments: Iterator[datetime | None] = (pc.max(column).as_py() for column in columns)
    return max(moment.date() for moment in moments if moment is not None)


def _known_at(row: Mapping[str, Any]) -> datetime:
    known: datetime = row["revised_at"] or row["published_at"]
    return known


def _versions(rows: Rows) -> tuple[set[str], list[tuple[str, str]]]:
    """Return the articles that are the newest of their page, and links from every other version to its first."""
    pages: dict[str, Rows] = {}
    for row in rows:
        pages.setdefault(same_page(row["url"]) if row["url"] else row["article_id"], []).append(row)
    newest, links = set(), []
    for versions in pages.values():
        versions.sort(key=lambda row: (_known_at(row), row["published_at"], row["article_id"]))
        newest.add(versions[-1]["article_id"])
        links += [(row["article_id"], versions[0]["article_id"]) for row in versions[1:]]
    return newest, links


def _reports_of(coded: pa.Table, moment: datetime) -> Rows:
    columns = coded.select(["article_id", "outlet", "published_at"]).to_pylist()
    found = {row["article_id"]: {**row, "revised_at": None} for row in columns if row["published_at"] <= moment}
    return list(found.values())
