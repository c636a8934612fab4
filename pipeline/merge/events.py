"""Mentions and the event that each belongs to → events: how sure, how widely told, first seen when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.merge.codes import (
    Codes,
    Values,
    as_codes,
    content_ids,
    different,
    lists,
    numbered,
    order_by,
    ordered,
    starts_of,
    whole,
)
from pipeline.merge.slots import Slots
from pipeline.scale import Scale
from pipeline.tables import EVENTS

REPORTS = pa.schema(
    [
        ("article_id", pa.string()),
        ("outlet", pa.string()),
        ("published_at", pa.timestamp("us", tz="UTC")),
        ("story", pa.string()),
    ]
)
"""What merging needs to know of articles: who printed each, when, and the story it is a copy of."""
_MAX_CONFIDENCE = 0.999


class _Told(NamedTuple):
    """Each event and story that tells it, in order of both: their numbers, and the highest probability."""

    event: Codes
    story: Codes
    best: Values


def events_of(mentions: pa.Table, slots: Slots, reports: pa.Table, scale: Scale) -> pa.Table:
    """Return what is known of each event, sorted by date and id.

    Parameters
    ----------
    mentions
        Dated mentions, columns as in `tables.MENTIONS`.
    slots
        The event of each; every event has a mention.
    reports
        Columns as in `REPORTS`, for the article of every mention and every copy of it.
    scale
        Scores the type and mode of each event.
    """
    order = order_by(slots.of, mentions["mention_id"])
    of, probability = slots.of[order], mentions["probability"].to_numpy()[order]
    starts, events = starts_of(of), len(slots.when)
    story, _ = ordered(reports["story"])
    article = as_codes(pc.index_in(whole(mentions["article_id"]), whole(reports["article_id"])))[order]
    told = _told(of, story[article], probability)
    modes = _modes(of, mentions["mode"], order, probability)
    claim = [slots.source, slots.target, slots.event_type, slots.kind, slots.when.cast(pa.string()), slots.precision]
    table = {
        "event_id": content_ids(claim),
        "source": slots.source,
        "target": slots.target,
        "event_type": slots.event_type,
        "mode": modes,
        "status": _statuses(mentions["status"], order, starts),
        "score": _scores(slots.event_type, modes, scale),
        "event_date": slots.when,
        "date_precision": slots.precision,
        "n_mentions": np.bincount(of, minlength=events).astype(np.int32),
        "n_articles": np.bincount(told.event, minlength=events).astype(np.int32),
        "n_outlets": _outlets(told, story, reports, events),
        "first_seen_at": _first_seen(article, starts, reports),
        "confidence": _confidences(told),
        "mention_ids": lists(whole(mentions["mention_id"]).take(pa.array(order)), starts),
        "article_ids": _articles(of, article, reports["article_id"]),
    }
    columns = pa.table(table, schema=EVENTS)
    return columns.take(order_by(as_codes(slots.when.cast(pa.int32())), columns["event_id"]))


def _told(of: Codes, story: Codes, probability: Values) -> _Told:
    """Return the stories of each event, each with the probability of its likeliest mention."""
    if not len(of):
        return _Told(of, of, probability)
    both = of * (int(story.max()) + 1) + story
    order = np.argsort(both, kind="stable")
    starts = starts_of(both[order])
    best = np.maximum.reduceat(probability[order], starts)
    return _Told(of[order][starts], story[order][starts], best)


def _modes(of: Codes, modes: pa.ChunkedArray, order: Codes, probability: Values) -> pa.Array:
    """Return the mode of each event with the highest sum of probabilities, of equal ones the first by name."""
    mode, names = ordered(modes)
    each, pairs = numbered(of * len(names) + mode[order])
    event, mode = np.divmod(pairs, max(len(names), 1))
    sums = np.round(np.bincount(each, probability, len(pairs)), 6)
    best = np.lexsort((mode, -sums, event))
    return pa.array(names, pa.string()).take(pa.array(mode[best][starts_of(event[best])]))


def _scores(event_types: pa.Array, modes: pa.Array, scale: Scale) -> Values:
    (one, types), (other, names) = ordered(event_types), ordered(modes)
    each, known = numbered(one * max(len(names), 1) + other)
    pairs = (divmod(pair, len(names)) for pair in known.tolist())
    return np.array([scale.score(types[a], names[b]) for a, b in pairs], np.float64)[each]


def _confidences(told: _Told) -> Values:
    """Return the probability that at least one story is right."""
    starts = starts_of(told.event)
    doubt = np.multiply.reduceat(1 - told.best, starts) if len(starts) else np.zeros(0)
    sure, of = np.unique(np.minimum(_MAX_CONFIDENCE, 1 - doubt), return_inverse=True)
    return np.array([round(one, 4) for one in sure.tolist()])[of]


def _outlets(told: _Told, story: Codes, reports: pa.Table, events: int) -> pa.Array:
    """Count who printed the stories of each event; an article without outlet is an outlet of its own."""
    outlet, names = ordered(pc.if_else(pc.equal(reports["outlet"], ""), reports["article_id"], reports["outlet"]))
    printed = different(story * len(names) + outlet)
    of_story, outlet = np.divmod(printed, max(len(names), 1))
    first, end = np.searchsorted(of_story, told.story), np.searchsorted(of_story, told.story, "right")
    sizes = end - first
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    every = np.repeat(told.event, sizes) * len(names) + outlet[np.repeat(first, sizes) + within]
    return pa.array(np.bincount(different(every) // max(len(names), 1), minlength=events).astype(np.int32))


def _first_seen(article: Codes, starts: Codes, reports: pa.Table) -> pa.Array:
    published = as_codes(reports["published_at"].cast(pa.int64()))[article]
    first = np.minimum.reduceat(published, starts) if len(starts) else published
    return pa.array(first).cast(REPORTS.field("published_at").type)


def _articles(of: Codes, article: Codes, names: pa.ChunkedArray) -> pa.ListArray:
    """Return the articles of each event in order."""
    by_name = order_by(np.zeros(len(names), np.int64), names)
    rank = np.empty(len(names), np.int64)
    rank[by_name] = np.arange(len(names))
    event, place = np.divmod(different(of * len(names) + rank[article]), max(len(names), 1))
    return lists(whole(names).take(pa.array(by_name[place])), starts_of(event))


def _statuses(statuses: pa.ChunkedArray, order: Codes, starts: Codes) -> pa.Array:
    """Return the status of each event: that it happened, if any mention says so, else that it is only recalled.

    Mentions of another status make events of their own.
    """
    number, names = ordered(statuses)
    first = np.minimum.reduceat(number[order], starts) if len(starts) else number
    return pa.array(names, pa.string()).take(pa.array(first))
