"""Mentions → events: reports of one occurrence, merged across sentences, outlets and nights.

One source does one kind of thing to one target once a day (the field's one-a-day filter). `slots` says which event
each mention belongs to, `events` what is known of each. The result depends on the set of mentions, never on their
order. Mentions are columns here: a decade of them is a million, and a record of each takes minutes.
"""

from __future__ import annotations

import pyarrow as pa

from pipeline.merge.events import REPORTS, events_of
from pipeline.merge.slots import Slots, slots_of
from pipeline.scale import Scale

NEEDED = [
    "mention_id",
    "article_id",
    "source",
    "target",
    "event_type",
    "mode",
    "status",
    "probability",
    "event_date",
    "date_precision",
    "date_rule",
]
"""Columns of the mentions that events depend on."""
__all__ = ["NEEDED", "REPORTS", "Slots", "events_of", "merge", "slots_of"]


def merge(mentions: pa.Table, reports: pa.Table, scale: Scale, lookback_days: int) -> pa.Table:
    """Merge mentions into events, sorted by date and id.

    Parameters
    ----------
    mentions
        Mentions in any order, columns `NEEDED`; those without an event date make no event.
    reports
        Columns as in `REPORTS`, for the article of every mention and every copy of it.
    scale
        Scores the type and mode of each event.
    lookback_days
        A report without date joins a dated event at most this many days older.

    Returns
    -------
    pyarrow.Table
        Columns as in `tables.EVENTS`.
    """
    dated = mentions.filter(mentions["event_date"].is_valid())
    return events_of(dated, slots_of(dated, lookback_days), reports, scale)
