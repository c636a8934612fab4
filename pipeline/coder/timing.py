"""When the event of a sentence happened: which of the sentence's dates is its own, and what that says.

The date nearest to the pair counts, unless it only measures ("the first test since 2017"). A sentence without
a date speaks of the day its article was printed, unless a cue puts it in the past.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.dates import find_dates
from pipeline.records import Candidate, Precision, ResolvedDate, Status

_MEASURE = re.compile(
    r"\b(?:first|most|worst|latest|\w{3,}est)\b[^.;]*\bsince $",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|from|until|by)(?: \w+)? ?$", re.IGNORECASE)
_PAST_CUE = re.compile(
    r"\b(?:Korean War|Cold War|World War|armistice|decades? ago|years ago|anniversary|anniversaries"
    r"|historically|in the (?:19|18)\d0s|during the war|centur(?:y|ies)|in the past|(?:had|has) long|once"
    r"|over the (?:years|decades))\b"
)
_ANALYSIS = re.compile(
    r"\b(?:analysts?|experts?|observers?|scholars?|critics|commentators?)\b[^.]{0,60}?"
    r"\b(?:say|said|says|suggest|believe|expect|warn|argue|think|predict|note)"
    r"|\b(?:is|are|remains?) (?:un)?likely to\b"
    r"|\b(?:could|might|may) (?:be|have|lead|mean|signal|hinge|become|trigger)\b"
    r"|^(?:If|Should|Whether|Without)\b",
    re.IGNORECASE,
)
_NAMES_A_THING = re.compile(r"the \d{4}\b")  # "the 2018 accord" dates the accord, not what became of it
_REMOTE = 80  # characters that such a date counts as farther away
_LAST_DAYS = {"week": 6, "month": 30, "year": 365}


class When(NamedTuple):
    """Event date (None where the text gives none), its precision, the rule, and the status it implies."""

    event_date: date | None
    precision: Precision
    rule: str
    status: Status


def date_event(candidate: Candidate, status: Status, published: date, window_days: int) -> When:
    """Date the event of a coded candidate.

    Parameters
    ----------
    candidate
        The sentence with its pair.
    status
        What the coder made of the sentence; a date outside the news window overrides "happened".
    published
        The article's publication date, in UTC.
    window_days
        How old, in days, an event may be and still be this article's news.
    """
    text = candidate.sentence.text
    if status in ("happened", "announced") and _ANALYSIS.search(text):
        status = "hypothetical"
    dates = [found for found in find_dates(text, published) if not _MEASURE.search(text[: found.start])]
    if not dates:
        if status == "historical" or (status == "happened" and _PAST_CUE.search(text)):
            return When(None, "day", "past cue without a date", "historical")
        return When(published, "day", "published", status)
    own = min(dates, key=lambda found: (_distance(candidate, found, text), found.start))
    return When(own.value, own.precision, own.rule, _status(own, status, published, window_days))


def _status(own: ResolvedDate, status: Status, published: date, window_days: int) -> Status:
    last = own.value + timedelta(days=_LAST_DAYS.get(own.precision, 0))
    if last < published - timedelta(days=window_days):
        return "historical" if status in ("happened", "announced") else status
    if own.value > published and status == "happened":
        return "announced"
    if status == "historical":  # the words look back, the date does not
        return "happened" if own.precision == "day" else status
    return status


def _distance(candidate: Candidate, found: ResolvedDate, text: str) -> int:
    """Return how far a date lies from the stretch between source and target, in characters."""
    start = min(candidate.source.start, candidate.target.start)
    end = max(candidate.source.end, candidate.target.end)
    gap = max(0, start - found.end, found.start - end)
    return gap + (_REMOTE if _SINCE.search(text[: found.start]) or _NAMES_A_THING.match(text[found.start :]) else 0)
