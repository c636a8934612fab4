"""Mentions → which event each belongs to.

A report without a date of its own joins a dated event of the days just before it; one that knows only the month or
year joins the only event of that period.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.merge.codes import (
    Codes,
    Flags,
    Strings,
    as_codes,
    as_flags,
    combined,
    different,
    numbered,
    ordered,
    whole,
)

_UNDATED = ("published", "told")
_REAL = "real"
PRECISIONS = ("day", "week", "month", "quarter", "year", "decade")
_DAY = 0
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = 1 << 22
"""More than the days of any calendar: a key and a day, from the year 1 on, make one number."""


class Slots(NamedTuple):
    """The events of some mentions: `of` is the number of each mention's event.

    The others have one value an event: who, whom, what and as which kind of claim, the first day of when, and with
    which precision.
    """

    of: Codes
    source: pa.Array
    target: pa.Array
    event_type: pa.Array
    kind: pa.Array
    when: pa.Array
    precision: pa.Array


def slots_of(mentions: pa.Table, lookback_days: int) -> Slots:
    """Assign every mention to a day, or to a week, month or year of its own.

    Parameters
    ----------
    mentions
        Mentions in any order, each with a date.
    lookback_days
        A report without date joins a dated event at most this many days older.
    """
    named = [ordered(mentions[name]) for name in ("source", "target", "event_type")]
    named.append(ordered(_kinds(mentions["status"])))
    key, keys = numbered(combined([(codes, len(known)) for codes, known in named]))
    precision = _precisions(mentions["date_precision"])
    place = key * _DAYS + as_codes(mentions["event_date"].cast(pa.int32())) + _EPOCH
    undated = (precision == _DAY) & as_flags(pc.is_in(mentions["date_rule"], pa.array(_UNDATED)))
    place = _of_undated(place, place[(precision == _DAY) & ~undated], undated, lookback_days)
    place, precision = _of_periods(place, precision)
    of, slots = numbered(place * len(PRECISIONS) + precision)
    place, precision = np.divmod(slots, len(PRECISIONS))
    key, when = np.divmod(place, _DAYS)
    source, target, event_type, kind = _parts(keys[key], [known for _, known in named])
    days = pa.array((when - _EPOCH).astype(np.int32)).cast(pa.date32())
    return Slots(of, source, target, event_type, kind, days, pa.array(PRECISIONS).take(pa.array(precision)))


def _kinds(statuses: Strings) -> pa.Array:
    """Return as which kind of claim each is told: what happened is one, whether the article recalls it or not."""
    real = pc.is_in(statuses, pa.array(["happened", "historical"]))
    return whole(pc.if_else(real, _REAL, statuses))


def _precisions(names: Strings) -> Codes:
    known = pc.index_in(whole(names), pa.array(PRECISIONS))
    if known.null_count:
        raise AssertionError(f"mentions of unknown precision: {pc.unique(whole(names)).to_pylist()}")
    return as_codes(known)


def _of_undated(place: Codes, dated: Codes, undated: Flags, lookback: int) -> Codes:
    """Move reports without date to the dated day at most so many days older, the latest there is."""
    dated, own = different(dated), place[undated]
    found = own.copy()
    for back in range(lookback, -1, -1):
        found = np.where(_among(own - back, dated), own - back, found)
    moved = place.copy()
    moved[undated] = found
    return moved


def _of_periods(place: Codes, precision: Codes) -> tuple[Codes, Codes]:
    """Move reports of a period to its only day that has an event, if it has just one."""
    days, periods = different(place[precision == _DAY]), np.flatnonzero(precision != _DAY)
    first = place[periods]
    begin = np.searchsorted(days, first)
    end = np.searchsorted(days, first + _more_days(first % _DAYS, precision[periods]), "right")
    one, own = end - begin == 1, begin[end - begin == 1]
    place, precision = place.copy(), precision.copy()
    place[periods[one]], precision[periods[one]] = days[own], _DAY
    return place, precision


def _more_days(first: Codes, precision: Codes) -> Codes:
    """Return how many days each period goes on after its first."""
    each, periods = numbered(first * len(PRECISIONS) + precision)
    days = [divmod(one, len(PRECISIONS)) for one in periods.tolist()]
    last = [last_day(date.fromordinal(day), PRECISIONS[one]).toordinal() - day for day, one in days]
    return np.array(last, np.int64)[each]


def last_day(first: date, precision: str) -> date:
    """Return the last day of a period that begins on a day; a week ends on its Sunday, a half-year as a quarter."""
    if precision == "week":
        return first + timedelta(days=6 - first.weekday())
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[precision]
    beyond = first.month - 1 + months
    return date(first.year + beyond // 12, beyond % 12 + 1, 1) - timedelta(days=1)


def _parts(keys: Codes, names: list[list[str]]) -> list[pa.Array]:
    """Return the names that `combined` made each key of."""
    found = []
    for known in reversed(names):
        keys, own = np.divmod(keys, max(len(known), 1))
        found.append(pa.array(known, pa.string()).take(pa.array(own)))
    return found[::-1]


def _among(values: Codes, some: Codes) -> Flags:
    """Whether each value is among some ordered ones."""
    if not len(some):
        return np.zeros(len(values), np.bool_)
    found: Flags = some[np.minimum(np.searchsorted(some, values), len(some) - 1)] == values
    return found
