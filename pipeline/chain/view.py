"""Stored articles → what was known at a moment: which version of each page, and which articles are one story.

Of the versions of a page the one that stood at that moment counts; the older ones stay in the store and count at
earlier moments. Copies of one text, and the versions of one page, are one story, however many outlets printed it.

Nearly all pages have one version: they stay columns, and only the others are looked at row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.copies import stories
from pipeline.merge import REPORTS
from pipeline.merge.codes import Codes, Flags, as_flags, factorized, ordered, starts_of
from pipeline.settings import Settings
from pipeline.urls import names_a_page, same_pages

NEEDED = ["article_id", "url", "outlet", "language", "published_at", "revised_at", "fetched_at"]
"""Columns of the articles that a view depends on."""
PRINTED = pa.schema([("story", pa.string()), ("day", pa.date32())])
_PAGES = pa.schema(
    [
        ("article_id", pa.string()),
        ("url", pa.string()),
        ("outlet", pa.string()),
        ("published_at", REPORTS.field("published_at").type),
        ("revised_at", REPORTS.field("published_at").type),
        ("fetched_at", REPORTS.field("published_at").type),
        ("coded", pa.bool_()),
    ]
)
_STORIES = pa.schema([("article_id", pa.string()), ("story", pa.string())])
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class View:
    """What was known at a moment.

    `reports` are those that count, with who printed each, when, and the story; `printed` the day on which each story
    was first printed. `unread` is the number of articles by language that the coder does not read, `superseded` that of
    versions with a newer one.
    """

    reports: pa.Table
    printed: pa.Table
    unread: dict[str, int]
    superseded: int

    @property
    def stories_by_day(self) -> dict[date, int]:
        """How many stories were first printed on each day."""
        counts = self.printed.group_by("day").aggregate([("story", "count")])
        return dict(zip(counts["day"].to_pylist(), counts["story_count"].to_pylist(), strict=True))


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
    readable = _readable(articles["language"], settings)
    then = pc.less_equal(articles["published_at"], pa.scalar(moment, REPORTS.field("published_at").type))
    counted = pc.value_counts(articles["language"].filter(pc.and_(then, pc.invert(readable)))).to_pylist()
    pages = pa.concat_tables([_with(articles.filter(readable), "coded", False), _reports_of(coded)])
    known, newest, links = _known(pages, moment)
    ids = known["article_id"]
    both = pc.and_(pc.is_in(copies["article_id"], ids), pc.is_in(copies["copy_of"], ids))
    copied = copies.filter(both)
    story_of = stories([*links, *zip(copied["article_id"].to_pylist(), copied["copy_of"].to_pylist(), strict=True)])
    told = pa.table({"article_id": list(story_of), "story": list(story_of.values())}, _STORIES)
    own = pc.index_in(ids, told["article_id"])
    known = known.append_column("story", pc.coalesce(told["story"].take(own), ids))
    printed = pa.table({"story": known["story"], "day": known["published_at"].cast(pa.date32())})
    printed = printed.group_by("story").aggregate([("day", "min")])
    return View(
        reports=known.filter(newest).select(REPORTS.names).cast(REPORTS),
        printed=pa.table({"story": printed["story"], "day": printed["day_min"]}, schema=PRINTED),
        unread={row["values"]: row["counts"] for row in counted},
        superseded=known.num_rows - int(newest.sum()),
    )


def last_known(articles: pa.Table, coded: pa.Table) -> date:
    """Return the last day on which anything stored was printed or fetched."""
    columns = (*(articles[name] for name in ("published_at", "revised_at", "fetched_at")), coded["published_at"])
    moments: Iterator[datetime | None] = (pc.max(column).as_py() for column in columns)
    return max(moment.date() for moment in moments if moment is not None)


def _readable(languages: pa.ChunkedArray, settings: Settings) -> pa.ChunkedArray:
    read = [one for one in pc.unique(languages).to_pylist() if settings.coder.reads(one)]
    return pc.is_in(languages, pa.array(read, pa.string()))


def _known(pages: pa.Table, moment: datetime) -> tuple[pa.Table, Flags, list[tuple[str, str]]]:
    """Return what was known at a moment: the rows, which are the newest of their page, and links to the first version.

    Events coded elsewhere are of the same story as the article of their page, and neither's version.
    """
    page = same_pages(pages["url"])
    page = pc.if_else(names_a_page(page), page, pages["article_id"])
    number, _ = factorized(page)
    alone = np.bincount(number)[number] == 1
    stood = pc.coalesce(pages["revised_at"], pages["published_at"])
    known = alone & as_flags(pc.less_equal(stood, pa.scalar(moment, stood.type)))
    newest, links = known.copy(), []
    several = np.flatnonzero(~alone)
    rows = _with(_with(pages.take(several), "page", number[several]), "row", several).to_pylist()
    for versions in _versions(rows):
        then = [row for n, row in enumerate(versions) if _known_at(row, first=n == 0) <= moment]
        known[[row["row"] for row in then]] = True
        newest[[row["row"] for row in then if row["coded"]]] = True
        newest[[row["row"] for row in then if not row["coded"]][-1:]] = True
        links += [(row["article_id"], then[0]["article_id"]) for row in then[1:]]
    return pages.filter(pa.array(known)), newest[known], links


def _known_at(row: Mapping[str, Any], first: bool) -> datetime:
    """Return from when on a version stood: a later one without a date of its own from when it was fetched."""
    known: datetime = row["revised_at"] or (None if first else row["fetched_at"]) or row["published_at"]
    return known


def _versions(rows: Rows) -> list[Rows]:
    """Return the versions of each page, oldest first.

    Articles that share a url and not the day of printing are different articles, unless one says that it is a
    revision; so are all that name nothing but a site.
    """
    pages: dict[int, Rows] = {}
    for row in rows:
        pages.setdefault(row["page"], []).append(row)
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
    return same_day or bool(row["revised_at"] or row["coded"] or first["coded"])


def _order(row: Mapping[str, Any]) -> tuple[datetime, datetime, datetime, str]:
    published = row["published_at"]
    return row["revised_at"] or published, row["fetched_at"] or published, published, row["article_id"]


def _reports_of(coded: pa.Table) -> pa.Table:
    """Return the reports of events coded elsewhere, each with its earliest printing."""
    rows = coded.select(["article_id", "url", "outlet", "published_at"])
    rows = rows.sort_by([("article_id", "ascending"), ("published_at", "ascending")])
    rows = rows.take(starts_of(ordered(rows["article_id"])[0]))
    for name in ("revised_at", "fetched_at"):
        rows = rows.append_column(name, pa.nulls(rows.num_rows, _PAGES.field(name).type))
    return _with(rows, "coded", True)


def _with(table: pa.Table, name: str, value: bool | Codes) -> pa.Table:
    """Return a table of pages with one more column: an array, or one value for all."""
    values = np.full(table.num_rows, value) if isinstance(value, bool) else value
    wider = table.append_column(name, pa.array(values))
    return wider.select(_PAGES.names).cast(_PAGES) if isinstance(value, bool) else wider
