"""Events → scored events of days: which of them count, on which day, and with what weight.

An event counts when it happened (or is only recalled, and then on its own day), when the day is known, and
when the coder is sure enough. A plan counts only as the promise (AGREE) or threat (THREATEN) that it is.
How widely it was reported enters as salience, log2(1 + outlets).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from pipeline.records import Event
from pipeline.scale import MUTUAL
from pipeline.settings import IndexSettings

SPOKEN = frozenset({"AGREE", "THREATEN"})


def counts(event: Any, settings: IndexSettings) -> bool:
    """Whether an event, or a row of their table, enters the daily index."""
    real = event.status in ("happened", "historical")
    spoken = event.status == "announced" and event.event_type in SPOKEN
    known = event.date_precision == "day" and event.event_date >= settings.start
    return (real or spoken) and known and event.confidence >= settings.min_confidence


def score_events(events: Iterable[Event], as_of: datetime, settings: IndexSettings) -> pd.DataFrame:
    """Return one row a scored event.

    Columns: `event_id`, `date` (of the event, or of the speech where it is a plan), `source`, `target`,
    `dyad`, `score` (−10 … +10), `salience` (≥ 1), `share` (½ for each direction of a mutual act, so that the
    act counts once in its dyad, else 1), `confidence` (0 … 1), `article_ids`.
    """
    rows = [
        (
            event.event_id,
            _scored_day(event),
            event.source,
            event.target,
            "-".join(sorted((event.source, event.target))),
            event.event_type,
            event.score,
            float(np.log2(1 + event.n_outlets)),
            event.confidence,
            event.article_ids,
        )
        for event in events
        if event.first_seen_at <= as_of and counts(event, settings)
    ]
    names = [
        "event_id",
        "date",
        "source",
        "target",
        "dyad",
        "event_type",
        "score",
        "salience",
        "confidence",
        "article_ids",
    ]
    frame = pd.DataFrame(rows, columns=names).sort_values(["date", "event_id"], ignore_index=True)
    mutual = frame["event_type"].isin(MUTUAL)
    size = frame.groupby(["date", "dyad", "event_type"])["event_id"].transform("size")
    frame["share"] = np.where(mutual, 1.0 / size, 1.0)
    return frame.drop(columns="event_type")


def _scored_day(event: Event) -> date:
    """Return the day an event counts on: a plan was spoken when it was printed, whatever day it is for."""
    return event.first_seen_at.date() if event.status == "announced" else event.event_date


def end_of(day: date) -> datetime:
    """Return the last instant of a day, UTC."""
    return datetime.combine(day, time.max, UTC)
