"""Events → scored events of days: which of them count, on which day, and with what weight.

An event counts when it happened (or is only recalled, and then on its own day), when the day is known, and
when the coder is sure enough. A plan counts only as the promise (AGREE) or threat (THREATEN) that it is.
How widely it was reported enters as salience, log2(1 + outlets).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.scale import MUTUAL
from pipeline.settings import IndexSettings

SPOKEN = frozenset({"AGREE", "THREATEN"})
_BOTH = 2  # sides of a dyad


def counts(event: Any, settings: IndexSettings) -> bool:
    """Whether an event, or a row of their table, enters the daily index."""
    real = event.status in ("happened", "historical")
    spoken = event.status == "announced" and event.event_type in SPOKEN
    known = event.date_precision == "day" and event.event_date >= settings.start
    return (real or spoken) and known and event.confidence >= settings.min_confidence


def _counted(events: pa.Table, settings: IndexSettings) -> pa.ChunkedArray:
    """Return `counts` of each row of a table of events."""
    real = pc.is_in(events["status"], pa.array(["happened", "historical"]))
    spoken = pc.and_(pc.equal(events["status"], "announced"), pc.is_in(events["event_type"], pa.array(sorted(SPOKEN))))
    known = pc.and_(
        pc.equal(events["date_precision"], "day"), pc.greater_equal(events["event_date"], pa.scalar(settings.start))
    )
    sure = pc.greater_equal(events["confidence"], settings.min_confidence)
    return pc.and_(pc.and_(pc.or_(real, spoken), known), sure)


def score_events(events: pa.Table, as_of: datetime, settings: IndexSettings) -> pa.Table:
    """Return one row a scored event, of a table of events.

    Columns: `event_id`, `date` (of the event, or of the speech where it is a plan), `source`, `target`,
    `dyad`, `score` (−10 … +10), `salience` (≥ 1), `share` (½ for each direction of a mutual act or an exchange, so that
    it counts once in its dyad, else 1), `confidence` (0 … 1), `article_ids`; in order of date and id.
    """
    seen = pc.less_equal(events["first_seen_at"], pa.scalar(as_of, events.schema.field("first_seen_at").type))
    events = events.filter(pc.and_(seen, _counted(events, settings))).combine_chunks()
    forth = pc.less_equal(events["source"], events["target"])
    one, other = (pc.if_else(forth, events[a], events[b]) for a, b in (("source", "target"), ("target", "source")))
    scored = pa.table(
        {
            "event_id": events["event_id"],
            "date": _scored_days(events),
            "source": events["source"],
            "target": events["target"],
            "dyad": pc.binary_join_element_wise(one, other, "-"),
            "event_type": events["event_type"],
            "mode": events["mode"],
            "score": events["score"],
            "salience": pa.array(np.log2(1.0 + events["n_outlets"].to_numpy())),
            "confidence": events["confidence"],
            "article_ids": events["article_ids"],
        }
    ).sort_by([("date", "ascending"), ("event_id", "ascending")])
    return scored.append_column("share", pa.array(_shares(scored))).drop_columns(["event_type", "mode"])


def _shares(scored: pa.Table) -> NDArray[np.float64]:
    """Return the share of each act: what two parties do to each other in one act has one from both."""
    act = scored.select(["date", "dyad", "event_type"]).to_pandas().groupby(["date", "dyad", "event_type"]).ngroup()
    mutual = pc.is_in(scored["event_type"], pa.array(sorted(MUTUAL))).to_numpy()
    sizes = np.bincount(act, minlength=1)[act]
    exchanged = _exchanged(scored, np.flatnonzero((sizes > 1) & ~mutual))
    return np.where(mutual, 1.0 / np.maximum(sizes, 1), np.where(exchanged, 0.5, 1.0))


def _exchanged(scored: pa.Table, among: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether two parties did the same to each other, told by the very same articles: they exchanged fire.

    Only the rows `among` are looked at, those that are not alone with their day, dyad and type.
    """
    frame = scored.select(["date", "dyad", "event_type", "mode", "source", "article_ids"]).take(among).to_pandas()
    frame["article_ids"] = frame["article_ids"].map(tuple)
    sides = frame.groupby(["date", "dyad", "event_type", "mode", "article_ids"])["source"].transform("nunique")
    found = np.zeros(scored.num_rows, np.bool_)
    found[among[sides.to_numpy() == _BOTH]] = True
    return found


def _scored_days(events: pa.Table) -> pa.ChunkedArray:
    """Return the day each event counts on: a plan was spoken when it was printed, whatever day it is for."""
    printed = events["first_seen_at"].cast(pa.date32())
    return pc.if_else(pc.equal(events["status"], "announced"), printed, events["event_date"])


def end_of(day: date) -> datetime:
    """Return the last instant of a day, UTC."""
    return datetime.combine(day, time.max, UTC)
