"""Articles by day and outlet → outlets that printed daily and now bring nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Literal

from pipeline.checks.printing import Printing
from pipeline.records import Check
from pipeline.settings import CheckSettings

NAME = "silence"
_DAYS_A_WEEK = 4
"""Usual weekdays that make an outlet a daily one."""
_USUAL = 0.85
"""Share of a weekday's dates on which an outlet printed that make it a usual day: 7 of 8."""
_NAMED = 5


def judge_silence(printing: Printing, settings: CheckSettings) -> Check:
    """Whether the outlets that print daily still do.

    An outlet is silent when it has missed the last `silence_days` of its usual days. The check fails where outlets that
    were not yet silent in the last published night used to print `silence_share` of all articles; fewer only warn.
    """
    if not settings.silence:
        return Check(NAME, "off")
    if printing.why_not_judged or printing.before is None:
        return Check(NAME, "skipped", printing.why_not_judged)
    shares = silent_outlets(printing, printing.until, settings)
    if shares is None:
        return Check(NAME, "skipped", "too few weeks before to know who prints daily")
    if not shares:
        return Check(NAME, "held", "every outlet that prints daily has printed")
    known = silent_outlets(printing, printing.before, settings) or {}
    fresh = sum(share for outlet, share in shares.items() if outlet not in known)
    state: Literal["failed", "warned"] = "failed" if fresh >= settings.silence_share and fresh > 0 else "warned"
    names = sorted(shares, key=lambda outlet: (-shares[outlet], outlet))
    told = ", ".join(f"{outlet!r} ({shares[outlet]:.0%} of the articles)" for outlet in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return Check(NAME, state, f"nothing of {told}{more} on their last {settings.silence_days} usual days")


def silent_outlets(printing: Printing, until: date, settings: CheckSettings) -> dict[str, float] | None:
    """Return outlet → its usual share of all articles, of those silent at the end of a day; None if unknown."""
    # the weeks end before any day that an outlet of four days a week could be missed on
    end = until - timedelta(days=7 * (1 + settings.silence_days // _DAYS_A_WEEK))
    past = [end - timedelta(days=n) for n in range(7 * settings.weeks)]
    if printing.first is None or printing.first > past[-1]:
        return None
    total = sum(map(printing.total, past))
    days = Counter(name for day in past for name, size in printing.counts.get(day, {}).items() if name and size)
    frequent = [name for name, size in days.items() if size >= _DAYS_A_WEEK * _USUAL * settings.weeks]
    return {
        outlet: sum(printing.counts.get(day, {}).get(outlet, 0) for day in past) / total
        for outlet in frequent
        if _is_silent(printing, outlet, until, past, settings)
    }


def _is_silent(printing: Printing, outlet: str, until: date, past: list[date], settings: CheckSettings) -> bool:
    def prints(day: date) -> bool:
        return printing.counts.get(day, {}).get(outlet, 0) > 0

    usual = {n for n in range(7) if sum(prints(day) for day in past if day.weekday() == n) >= _USUAL * settings.weeks}
    if len(usual) < _DAYS_A_WEEK:
        return False
    days = (until - timedelta(days=n) for n in range((until - past[0]).days))
    due = [day for day in days if day.weekday() in usual][: settings.silence_days]
    return len(due) == settings.silence_days and not any(map(prints, due))
