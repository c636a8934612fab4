"""Mentions → events: reports of one occurrence, merged across sentences, outlets and nights.

One source does one kind of thing to one target once a day (the field's one-a-day filter). A report without a
date of its own joins a dated event of the days just before it; one that knows only the month or year joins
the only event of that period. The result depends on the set of mentions, never on their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import prod
from typing import NamedTuple

from pipeline.records import Event, Mention, Precision, Status, content_id
from pipeline.scale import Scale

_UNDATED = "published"
_REAL = "real"
_KINDS = {"happened": _REAL, "historical": _REAL}
_MAX_CONFIDENCE = 0.999


class Report(NamedTuple):
    """What merging needs to know of an article: who printed it, when (UTC), and the story it is a copy of."""

    outlet: str
    published_at: datetime
    story: str


class Key(NamedTuple):
    """Who did what kind of thing to whom, and whether it is told as fact, plan, possibility or denial."""

    source: str
    target: str
    event_type: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Slot:
    when: date
    precision: Precision


def merge(mentions: Iterable[Mention], reports: Mapping[str, Report], scale: Scale, lookback_days: int) -> list[Event]:
    """Merge mentions into events, sorted by date and id.

    Parameters
    ----------
    mentions
        Mentions in any order; those without an event date make no event.
    reports
        Article id → outlet, time of printing and story, for every mention and every copy of its article.
    scale
        Scores the type and mode of each event.
    lookback_days
        A report without date joins a dated event at most this many days older.
    """
    by_key: dict[Key, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.event_date is not None:
            kind = _KINDS.get(mention.status, mention.status)
            by_key[Key(mention.source, mention.target, mention.event_type, kind)].append(mention)
    outlets = _outlets(reports)
    events = [
        _event(key, slot, members, reports, outlets, scale)
        for key, group in by_key.items()
        for slot, members in _slots(group, lookback_days).items()
    ]
    return sorted(events, key=lambda event: (event.event_date, event.event_id))


def _slots(group: Sequence[Mention], lookback_days: int) -> dict[_Slot, list[Mention]]:
    """Assign every mention of one key to a day, or to a week, month or year of its own."""
    slots: dict[_Slot, list[Mention]] = defaultdict(list)
    exact = [m for m in group if m.date_precision == "day" and m.date_rule != _UNDATED]
    undated = [m for m in group if m.date_precision == "day" and m.date_rule == _UNDATED]
    dated_days = {m.event_date for m in exact}
    for mention in exact:
        slots[_Slot(_day(mention), "day")].append(mention)
    for mention in undated:
        slots[_Slot(_latest(dated_days, _day(mention), lookback_days), "day")].append(mention)
    days = sorted({slot.when for slot in slots})
    for mention in group:
        if mention.date_precision != "day":
            first, last = _day(mention), _last_day(_day(mention), mention.date_precision)
            inside = [day for day in days if first <= day <= last]
            own = _Slot(inside[0], "day") if len(inside) == 1 else _Slot(first, mention.date_precision)
            slots[own].append(mention)
    return slots


def _day(mention: Mention) -> date:
    if mention.event_date is None:
        raise AssertionError(f"mention {mention.mention_id} without date reached a slot")
    return mention.event_date


def _latest(days: set[date | None], day: date, lookback: int) -> date:
    for back in range(lookback + 1):
        if (there := day - timedelta(days=back)) in days:
            return there
    return day


def _last_day(first: date, precision: Precision) -> date:
    """Return the last day of a period that begins on a day; a week ends on its Sunday, a half-year as a quarter."""
    if precision == "week":
        return first + timedelta(days=6 - first.weekday())
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[precision]
    beyond = first.month - 1 + months
    return date(first.year + beyond // 12, beyond % 12 + 1, 1) - timedelta(days=1)


def _outlets(reports: Mapping[str, Report]) -> dict[str, set[str]]:
    """Return who printed each story; an article without outlet is an outlet of its own."""
    outlets: dict[str, set[str]] = defaultdict(set)
    for article, report in reports.items():
        outlets[report.story].add(report.outlet or article)
    return outlets


def _event(
    key: Key,
    slot: _Slot,
    members: Sequence[Mention],
    reports: Mapping[str, Report],
    outlets: Mapping[str, set[str]],
    scale: Scale,
) -> Event:
    articles = sorted({m.article_id for m in members})
    best: dict[str, float] = defaultdict(float)
    modes: dict[str, float] = defaultdict(float)
    for mention in sorted(members, key=lambda m: m.mention_id):
        story = reports[mention.article_id].story
        best[story] = max(best[story], mention.probability)
        modes[mention.mode] += mention.probability
    mode = min(modes, key=lambda name: (-round(modes[name], 6), name))
    doubt = prod(1 - best[story] for story in sorted(best))
    return Event(
        event_id=content_id(*key, slot.when.isoformat(), slot.precision),
        source=key.source,
        target=key.target,
        event_type=key.event_type,
        mode=mode,
        status=_status(members),
        score=scale.score(key.event_type, mode),
        event_date=slot.when,
        date_precision=slot.precision,
        n_mentions=len(members),
        n_articles=len(best),
        n_outlets=len(set().union(*(outlets[story] for story in best))),
        first_seen_at=min(reports[article].published_at for article in articles),
        confidence=round(min(_MAX_CONFIDENCE, 1 - doubt), 4),
        mention_ids=tuple(sorted(m.mention_id for m in members)),
        article_ids=tuple(articles),
    )


def _status(members: Sequence[Mention]) -> Status:
    statuses = {m.status for m in members}
    return "happened" if "happened" in statuses else min(statuses)
