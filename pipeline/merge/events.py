"""Mentions and the event that each belongs to → events: how sure, how widely told, first seen when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.merge.codes import Codes, Values, as_codes, different, lists, numbered, ordered, starts_of, whole
from pipeline.merge.slots import Slots
from pipeline.records import content_id
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
_NEEDED = ["mention_id", "article_id", "mode", "status", "probability"]
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
    order = pc.sort_indices(
        pa.table({"of": slots.of, "mention_id": mentions["mention_id"]}),
        [("of", "ascending"), ("mention_id", "ascending")],
    )
    mentions, of = mentions.select(_NEEDED).take(order), slots.of[order.to_numpy()]
    starts, events = starts_of(of), range(len(slots.when))
    story, _ = ordered(reports["story"])
    article = as_codes(pc.index_in(whole(mentions["article_id"]), whole(reports["article_id"])))
    told = _told(of, story[article], mentions["probability"].to_numpy())
    modes = _modes(of, mentions)
    articles, article_starts = _articles(of, mentions["article_id"])
    known = zip(slots.source, slots.target, slots.event_type, slots.kind, slots.when, slots.precision, strict=True)
    scores = {one: scale.score(*one) for one in set(zip(slots.event_type, modes, strict=True))}
    columns = {
        "event_id": [content_id(*names, when.isoformat(), precision) for *names, when, precision in known],
        "source": slots.source,
        "target": slots.target,
        "event_type": slots.event_type,
        "mode": modes,
        "status": _statuses(mentions["status"], starts),
        "score": [scores[one] for one in zip(slots.event_type, modes, strict=True)],
        "event_date": slots.when,
        "date_precision": slots.precision,
        "n_mentions": np.bincount(of, minlength=len(events)).astype(np.int32),
        "n_articles": np.bincount(told.event, minlength=len(events)).astype(np.int32),
        "n_outlets": _outlets(told, story, reports, len(events)),
        "first_seen_at": _first_seen(article, starts, reports),
        "confidence": _confidences(told),
        "mention_ids": lists(whole(mentions["mention_id"]), starts),
        "article_ids": lists(articles, article_starts),
    }
    return pa.table(columns, schema=EVENTS).sort_by([("event_date", "ascending"), ("event_id", "ascending")])


def _told(of: Codes, story: Codes, probability: Values) -> _Told:
    """Return the stories of each event, each with the probability of its likeliest mention."""
    if not len(of):
        return _Told(of, of, probability)
    both = of * (int(story.max()) + 1) + story
    order = np.argsort(both, kind="stable")
    starts = starts_of(both[order])
    best = np.maximum.reduceat(probability[order], starts)
    return _Told(of[order][starts], story[order][starts], best)


def _modes(of: Codes, mentions: pa.Table) -> list[str]:
    """Return the mode of each event with the highest sum of probabilities, of equal ones the first by name."""
    mode, names = ordered(mentions["mode"])
    each, pairs = numbered(of * len(names) + mode)
    event, mode = np.divmod(pairs, max(len(names), 1))
    sums = np.bincount(each, mentions["probability"].to_numpy(), len(pairs))
    rounded = np.array([round(one, 6) for one in sums.tolist()])
    order = np.lexsort((mode, -rounded, event))
    return [names[one] for one in mode[order][starts_of(event[order])]]


def _confidences(told: _Told) -> list[float]:
    """Return the probability that at least one story is right."""
    starts = starts_of(told.event)
    doubt = np.multiply.reduceat(1 - told.best, starts) if len(starts) else np.zeros(0)
    return [round(min(_MAX_CONFIDENCE, 1 - one), 4) for one in doubt.tolist()]


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


def _articles(of: Codes, articles: pa.ChunkedArray) -> tuple[pa.Array, Codes]:
    """Return the articles of each event in order, event after event, and where those of each begin."""
    number, names = ordered(articles)
    both = different(of * len(names) + number)
    event, number = np.divmod(both, max(len(names), 1))
    return pa.array(names, pa.string()).take(pa.array(number)), starts_of(event)


def _statuses(statuses: pa.ChunkedArray, starts: Codes) -> list[str]:
    """Return the status of each event: that it happened, if any mention says so, else that it is only recalled.

    Mentions of another status make events of their own.
    """
    number, names = ordered(statuses)
    first = np.minimum.reduceat(number, starts) if len(starts) else number
    return [names[one] for one in first]
