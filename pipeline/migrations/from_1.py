"""Schema 1 → 2: an article's id depends on its text, its language is told, and the quarantine knows its records.

Schema 1 did not write down what told a date of printing, nor how a refused record could be read again: the dates count
as given, and what lay in quarantine can be looked at but not tried again.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.extract.language import language_of
from pipeline.records import Rejection, content_id
from pipeline.urls import canonical_url, same_page

_UTC = pa.timestamp("us", tz="UTC")


def articles(table: pa.Table) -> pa.Table:
    """Return articles with the ids that reading them again would give; of two with one id the first printed."""
    rows = sorted((_article(row) for row in table.to_pylist()), key=lambda row: row["published_at"])
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["article_id"], row)
    columns = [*table.schema, pa.field("date_source", pa.string()), pa.field("revised_at", _UTC)]
    return pa.Table.from_pylist([first[key] for key in sorted(first)], schema=pa.schema(columns))


def _article(row: dict[str, Any]) -> dict[str, Any]:
    text, url = f"{row['title']} {row['body']}", canonical_url(row["url"])
    return {
        **row,
        "article_id": content_id(same_page(url) if url else row["outlet"], " ".join(text.split())),
        "url": url,
        "language": language_of(text, row["language"]),
        "date_source": "given",
        "revised_at": None,
    }


def quarantine(table: pa.Table) -> pa.Table:
    """Return refused records with their identity."""
    aside = [Rejection(**row) for row in table.select(["place", "reason", "detail", "content"]).to_pylist()]
    empty = pa.array([""] * len(aside), pa.string())
    ids = pa.array([one.rejection_id for one in aside], pa.string())
    return table.append_column("rejection_id", ids).append_column("form", empty).append_column("known", empty)


STEPS = {"articles": articles, "quarantine": quarantine}
