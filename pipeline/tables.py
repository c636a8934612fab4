"""Every table's Arrow schema, once; each field carries its meaning, unit, range and sign as metadata.

`docs/data-dictionary.md` is generated from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from pipeline.records import Alert, Article, CodedMention, Copy, Event, Mention, Rejection

SCHEMA_VERSION = "2"
_UTC = pa.timestamp("us", tz="UTC")


def _field(name: str, kind: pa.DataType, meaning: str, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


def _schema(title: str, columns: Sequence[pa.Field]) -> pa.Schema:
    return pa.schema(columns, metadata={"table": title, "schema_version": SCHEMA_VERSION})


ARTICLES = _schema(
    "articles",
    [
        _field(
            "article_id", pa.string(), "hash of the url, or the outlet where there is none, and the normalised text"
        ),
        _field("url", pa.string(), "where it was printed; empty if unknown"),
        _field("outlet", pa.string(), "who printed it; empty if unknown"),
        _field("title", pa.string(), "headline; empty if it has none"),
        _field("body", pa.string(), "main text"),
        _field("language", pa.string(), "ISO 639-1 code, as given or detected; und if unsure"),
        _field("published_at", _UTC, "when the outlet printed it, UTC; midnight where only the day is known"),
        _field("fetched_at", _UTC, "when it was fetched, UTC; null for files", nullable=True),
        _field("source", pa.string(), "the file or feed it came from"),
        _field(
            "date_source",
            pa.string(),
            "what told published_at: given, feed, sitemap, gdelt, metadata, url, page or default",
        ),
        _field("revised_at", _UTC, "when this version was printed, UTC; null for the first", nullable=True),
    ],
)

MENTIONS = _schema(
    "mentions",
    [
        _field("mention_id", pa.string(), "hash of article, sentence, pair and event type"),
        _field("article_id", pa.string(), "the article that claims it"),
        _field("sentence_no", pa.int32(), "number of the sentence in its article, from 0 (the title)"),
        _field("sentence", pa.string(), "the sentence, spaces folded"),
        _field("source", pa.string(), "who acts: ISO 3166-1 alpha-3, or an organisation's code"),
        _field("source_role", pa.string(), "GOV MIL OPP REB CVL MED IGO …; empty for the country as such"),
        _field("target", pa.string(), "who is acted upon: ISO 3166-1 alpha-3, or an organisation's code"),
        _field("target_role", pa.string(), "as source_role"),
        _field("event_type", pa.string(), "PLOVER event type"),
        _field("mode", pa.string(), "PLOVER mode; empty if none fits"),
        _field("status", pa.string(), "happened, announced, hypothetical, denied or historical (to its article)"),
        _field("score", pa.float64(), "PLOVER score of type and mode, -10 … +10, negative is conflict"),
        _field("probability", pa.float64(), "calibrated probability of the event type, 0 … 1"),
        _field(
            "event_date",
            pa.date32(),
            "when it happened; first day of the period; null if unknown",
            nullable=True,
        ),
        _field("date_precision", pa.string(), "day, week, month, quarter, year or decade"),
        _field(
            "date_rule",
            pa.string(),
            "what dated it: the rule of a phrase, as `escalation dates` names it; told (the day of which its article "
            "told last), published (the day of printing), carried (the month or year that an old story has come to), "
            "or past cue without a date",
        ),
        _field(
            "evidence",
            pa.string(),
            "the lexicon phrase that bears the type, and whether the target is a rival nobody named; empty if none",
        ),
    ],
)

CODED = _schema(
    "coded",
    [
        *MENTIONS,
        _field("url", pa.string(), "the report it was coded from; empty if unknown"),
        _field("outlet", pa.string(), "who printed the report; empty if unknown"),
        _field("published_at", _UTC, "when the report was printed, UTC"),
    ],
)

COPIES = _schema(
    "copies",
    [
        _field("article_id", pa.string(), "an article that is a copy"),
        _field("copy_of", pa.string(), "the earlier article whose text it shares"),
        _field("containment", pa.float64(), "share of the shorter text that both have, 0 … 1"),
    ],
)

EVENTS = _schema(
    "events",
    [
        _field("event_id", pa.string(), "hash of who, whom, what and when"),
        _field("source", pa.string(), "who acts: ISO 3166-1 alpha-3, or an organisation's code"),
        _field("target", pa.string(), "who is acted upon"),
        _field("event_type", pa.string(), "PLOVER event type"),
        _field("mode", pa.string(), "PLOVER mode of the likeliest mentions; empty if none"),
        _field("status", pa.string(), "happened if any mention says so; historical if only recalled"),
        _field("score", pa.float64(), "score of type and mode, -10 … +10, negative is conflict"),
        _field("event_date", pa.date32(), "when it happened; first day of the period"),
        _field(
            "date_precision", pa.string(), "day, week, month, quarter, year or decade; only day enters the daily index"
        ),
        _field("n_mentions", pa.int32(), "sentences that report it"),
        _field("n_articles", pa.int32(), "articles that report it, copies of one text counted once"),
        _field("n_outlets", pa.int32(), "outlets that printed it, copies counted; an article without outlet is one"),
        _field("first_seen_at", _UTC, "when the first article that reports it was printed, UTC"),
        _field("confidence", pa.float64(), "probability that at least one mention is right, 0 … 1"),
        _field("mention_ids", pa.list_(pa.string()), "its mentions, sorted"),
        _field("article_ids", pa.list_(pa.string()), "its articles, sorted"),
    ],
)

REJECTIONS = _schema(
    "quarantine",
    [
        _field("rejection_id", pa.string(), "hash of place, reason and content"),
        _field("place", pa.string(), "file and line or member, or url"),
        _field("reason", pa.string(), "why it was set aside, by name"),
        _field("detail", pa.string(), "what was found and how to mend it"),
        _field("form", pa.string(), "what content is: line, record, page or link; empty if it cannot be read again"),
        _field("known", pa.string(), "what is known besides, as JSON; empty if nothing"),
        _field("content", pa.binary(), "the record as it came; where it has no form, at most 64 KiB of it"),
    ],
)


def _index_columns(pair: Sequence[pa.Field]) -> list[pa.Field]:
    return [
        _field("date", pa.date32(), "the day, UTC"),
        *pair,
        _field(
            "tension",
            pa.float64(),
            "0 … 100, 50 is balance, rises with conflict; null without coverage",
            nullable=True,
        ),
        _field("low", pa.float64(), "lower end of the interval of tension", nullable=True),
        _field("high", pa.float64(), "upper end of the interval of tension", nullable=True),
        _field(
            "conflict",
            pa.float64(),
            "conflict of the day, ≤ 0, in scores of a usual day; null without coverage",
            nullable=True,
        ),
        _field(
            "cooperation",
            pa.float64(),
            "cooperation of the day, ≥ 0, in scores of a usual day; null without coverage",
            nullable=True,
        ),
        _field(
            "level",
            pa.float64(),
            "decayed sum of conflict and cooperation up to the day; negative is conflict",
        ),
        _field("n_events", pa.int32(), "scored events of the pair on the day"),
        _field("n_articles", pa.int32(), "articles printed on the day, or that report an event of it"),
        _field(
            "percentile",
            pa.float64(),
            "share of the covered days so far at or below this tension, 0 … 100",
            nullable=True,
        ),
        _field(
            "highest_since",
            pa.date32(),
            "last earlier day at least as tense; null if there is none",
            nullable=True,
        ),
        _field("as_of", _UTC, "nothing printed later entered, UTC"),
    ]


INDEX = _schema(
    "tension_index",
    _index_columns([_field("dyad", pa.string(), "the two codes in alphabetical order, as KOR-PRK")]),
)
DIRECTED = _schema(
    "directed_index",
    _index_columns(
        [
            _field("dyad", pa.string(), "source>target, as PRK>KOR"),
            _field("source", pa.string(), "who acts"),
            _field("target", pa.string(), "who is acted upon"),
        ]
    ),
)


ALERTS = _schema(
    "alerts",
    [
        _field("rule", pa.string(), "the line that was crossed"),
        _field("dyad", pa.string(), "whose index"),
        _field("date", pa.date32(), "the covered day that lies on or above the line when the one before lay below"),
        _field("value", pa.float64(), "tension, percentile or rise on that day"),
        _field("threshold", pa.float64(), "the line"),
    ],
)


def _vintage(title: str, index: pa.Schema) -> pa.Schema:
    """Return the schema of a night's changes to an index: its columns, null where a row is gone."""
    columns = [field.with_nullable(field.type != pa.string()) for field in index if field.name != "as_of"]
    return _schema(title, [*columns, _field("removed", pa.bool_(), "the row is gone from this night on")])


VINTAGES = _vintage("vintages", INDEX)
DIRECTED_VINTAGES = _vintage("directed_vintages", DIRECTED)
SCHEMAS = (INDEX, DIRECTED, VINTAGES, DIRECTED_VINTAGES, EVENTS, MENTIONS, CODED, ARTICLES, COPIES, REJECTIONS, ALERTS)


def table_of(records: Iterable[Article | Mention | Event | Rejection | Copy | Alert], schema: pa.Schema) -> pa.Table:
    """Turn records into a table of `schema`."""
    rows = list(records)
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in schema.names}
    return pa.table(columns, schema=schema)


def articles_of(table: pa.Table) -> list[Article]:
    """Turn a table of `ARTICLES` into records."""
    return [Article(**row) for row in table.to_pylist()]


def coded_of(table: pa.Table) -> list[CodedMention]:
    """Turn a table of `CODED` into records."""
    return [CodedMention(**row) for row in table.to_pylist()]


def rejections_of(table: pa.Table) -> list[Rejection]:
    """Turn a table of `REJECTIONS` into records."""
    return [Rejection(**row) for row in table.drop_columns(["rejection_id"]).to_pylist()]
