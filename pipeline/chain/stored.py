"""The store → all mentions and all reports, of the coder here and of other systems, and what a human said of them."""

from __future__ import annotations

import pyarrow as pa

from pipeline.corrections import FILE, Corrections, corrections_in
from pipeline.scale import load_scale
from pipeline.store import Keep, Store
from pipeline.tables import ARTICLES, CODED, MENTIONS

_REPORT = ["article_id", "url", "outlet", "title", "published_at"]


def all_mentions(store: Store, keep: Keep | None = None) -> pa.Table:
    """Return every stored mention, or those that are kept, with columns as in `tables.MENTIONS`."""
    coded = store.read("coded", CODED, MENTIONS.names, keep=keep)
    return with_coded(store.read("mentions", MENTIONS, keep=keep), coded)


def with_coded(mentions: pa.Table, coded: pa.Table) -> pa.Table:
    """Return mentions of the coder here with those of other systems below them."""
    return pa.concat_tables([mentions, coded.select(mentions.column_names).cast(mentions.schema)])


def all_reports(store: Store, keep: Keep | None = None) -> pa.Table:
    """Return what mentions point to, or those that are kept.

    Columns: article id, url, outlet, title (empty if coded elsewhere) and time of printing.
    """
    articles = store.read("articles", ARTICLES, _REPORT, keep=keep)
    coded = store.read("coded", CODED, [name for name in _REPORT if name != "title"], keep=keep)
    coded = coded.group_by("article_id", use_threads=False).aggregate(
        [(name, "first") for name in ("url", "outlet", "published_at")]
    )
    coded = coded.rename_columns({f"{name}_first": name for name in ("url", "outlet", "published_at")})
    title = pa.array([""] * coded.num_rows, pa.string())
    return pa.concat_tables([articles, coded.append_column("title", title).select(_REPORT).cast(articles.schema)])


def corrections_of(store: Store) -> Corrections:
    """Return the corrections of a store; none is no correction.

    Raises
    ------
    CorrectionError
        If a column is missing or a value is not allowed, with the line.
    """
    content = store.read_bytes(FILE)
    return Corrections() if content is None else corrections_in(content, store.full(FILE), load_scale())
