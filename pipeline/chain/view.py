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

NEEDED = ["article_id", "url", "outlet", "language", "published_at", "revised_at", "fetched_at"]
"""Columns of the articles that a view depends on."""
Reports = Mapping[str, Report]
"""Article id → who printed it, when, and as part of which story."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class View:
    """What was known at a moment.

    `reports` are those that count, `printed` the day each story was first printed, `unread` the number of articles by
    language that the coder does not read, `superseded` that of versions with a newer one.
    """

    reports: Reports
    printed: Mapping[str, date]
    unread: dict[str, int]
    superseded: int


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
    rows: Rows = articles.to_pylist()
    unread = Counter(
        row["language"] for row in rows if row["published_at"] <= moment and not settings.coder.reads(row["language"])
    )
    rows = [row for row in rows if settings.coder.reads(row["language"])]
    rows, newest, same = _known(rows + _reports_of(coded), moment)
    known = {row["article_id"] for row in rows}
    links = zip(copies["article_id"].to_pylist(), copies["copy_of"].to_pylist(), strict=True)
    story = stories([*same, *(link for link in links if known.issuperset(link))])
    reports: dict[str, Report] = {}
    printed: dict[str, date] = {}
    for row in rows:
        own: str = story.get(row["article_id"]) or row["article_id"]
        day = row["published_at"].date()
        printed[own] = min(day, printed.get(own, day))
        if row["article_id"] in newest:
            reports[row["article_id"]] = Report(row["outlet"], row["published_at"], own)
    return View(reports, printed, dict(unread), len(known) - len(newest))


def last_known(articles: pa.Table, coded: pa.Table) -> date:
    """Return the last day on which anything stored was printed or fetched."""
    columns = (*(articles[name] for name in ("published_at", "revised_at", "fetched_at")), coded["published_at"])
    moments: Iterator[datetime | None] = (pc.max(column).as_py() for column in columns)
    return max(moment.date() for moment in moments if moment is not None)


def _known(rows: Rows, moment: datetime) -> tuple[Rows, set[str], list[tuple[str, str]]]:
    """Return what was known at a moment: the rows, the newest of each page, and links from other versions to the first.

    Events coded elsewhere are of the same story as the article of their page, and neither's version.
    """
    known: Rows = []
    newest: set[str] = set()
    links: list[tuple[str, str]] = []
    for versions in _versions(rows):
        then = [row for n, row in enumerate(versions) if _known_at(row, first=n == 0) <= moment]
        own = [row["article_id"] for row in then if not row.get("coded")]
        newest.update(own[-1:], (row["article_id"] for row in then if row.get("coded")))
        links += [(row["article_id"], then[0]["article_id"]) for row in then[1:]]
        known += then
    return known, newest, links


def _known_at(row: Mapping[str, Any], first: bool) -> datetime:
    """Return from when on a version stood: a later one without a date of its own from when it was fetched."""
    known: datetime = row["revised_at"] or (None if first else row["fetched_at"]) or row["published_at"]
    return known


def _versions(rows: Rows) -> list[Rows]:
    """Return the versions of each page, oldest first.

    Articles that share a url and not the day of printing are different articles, unless one says that it is a
    revision; so are all that name nothing but a site.
    """
    pages: dict[str, Rows] = {}
    for row in rows:
        page = same_page(row["url"])
        pages.setdefault(page if _names_a_page(page) else row["article_id"], []).append(row)
    found: list[Rows] = []
    for versions in pages.values():
        versions.sort(key=_order)
        found.append(versions[:1])
        for row in versions[1:]:
            if _is_version(row, found[-1][0]):
                found[-1].append(row)
            else:
                found.append([row])
    return found


def _is_version(row: Mapping[str, Any], first: Mapping[str, Any]) -> bool:
    same_day: bool = row["published_at"].date() == first["published_at"].date()
    return same_day or bool(row["revised_at"] or row.get("coded") or first.get("coded"))


def _order(row: Mapping[str, Any]) -> tuple[datetime, datetime, datetime, str]:
    published = row["published_at"]
    return row["revised_at"] or published, row["fetched_at"] or published, published, row["article_id"]


def _names_a_page(page: str) -> bool:
    return bool(page.partition("://")[2].partition("/")[2])


def _reports_of(coded: pa.Table) -> Rows:
    """Return the reports of events coded elsewhere, each with its earliest printing."""
    reports: dict[str, dict[str, Any]] = {}
    for row in coded.select(["article_id", "url", "outlet", "published_at"]).to_pylist():
        old = reports.get(row["article_id"])
        if old is None or row["published_at"] < old["published_at"]:
            reports[row["article_id"]] = {**row, "language": "", "revised_at": None, "fetched_at": None, "coded": True}
    return list(reports.values())
