"""When the event of a sentence happened: by its own date, by that of its article, and what that says of its status.

A sentence without a date goes on with the day of which its article told last, if that is of these days, else speaks of
the day of printing, unless a cue puts it in the past, or its article tells an old story: then of the month or year that
the story has come to. A headline speaks of the day of its lead.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.coder.own_date import SPEECH, own_date, telling
from pipeline.dates import find_dates
from pipeline.records import Candidate, Precision, ResolvedDate, Status

_WORDS = SPEECH | {"CONSULT"}
_MEMORY = re.compile(r"\b(?:in memory of|in remembrance of|remember\w*|commemorat\w*|mourn\w*|anniversary of)\b")
_PAST_CUE = re.compile(
    r"\b(?:Korean War|Cold War|World War|armistice|decades? ago|years ago|anniversary|anniversaries"
    r"|historically|in the (?:19|18)\d0s|during the war|centur(?:y|ies)|in the past|(?:had|has) long"
    r"|(?:was|were|is|are|had|has|have|who|that|which) once|once (?:had|was|were|[a-z]+ed)"
    r"|over the (?:years|decades))\b"
)
_ANALYSIS = re.compile(
    r"\b(?:analysts?|experts?|observers?|scholars?|critics|commentators?)\b[^.]{0,60}?"
    r"\b(?:say|said|says|suggest|believe|expect|warn|argue|think|predict|note)"
    r"|\b(?:is|are|remains?) (?:un)?likely to\b"
    r"|\b(?:could|might|may) (?:be|have|lead|mean|signal|hinge|become|trigger)\b",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(r"(?:If|Should|Whether|Without)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:will|shall|would|may)\b.*\b(?:if|unless)\b|\b(?:[Ii]f|[Uu]nless)\b.*\b(?:will|shall|would|may)\b"
)
_SAID = timedelta(days=2)
"""How far back words without a date may belong to the day told last; on older acts people comment later."""
_COARSER: dict[Precision, Precision] = {"day": "month", "week": "month"}  # what an undated sentence can be sure of


class When(NamedTuple):
    """Event date (None where the text gives none), its precision, the rule, and the status it implies."""

    event_date: date | None
    precision: Precision
    rule: str
    status: Status


def date_event(candidate: Candidate, event_type: str, status: Status, published: date, window_days: int) -> When:
    """Date the event of a coded candidate.

    Parameters
    ----------
    candidate
        The sentence with its pair.
    event_type, status
        What the coder made of the sentence; a date outside the news window overrides "happened".
    published
        The article's local day of publication.
    window_days
        How old, in days, an event may be and still be this article's news.
    """
    text, told = candidate.sentence.text, candidate.told
    status = _claimed(text, event_type, status)
    before = () if told.named_before is None else (told.named_before,)
    dates = telling(find_dates(text, published, before, told.is_old), candidate)
    recalled = None if event_type in _WORDS else _MEMORY.search(text)
    if recalled is not None and status == "happened":  # what stands before it is the day of remembering
        dates = [found for found in dates if found.start >= recalled.end()]
        status = "happened" if dates else "historical"
    own = own_date(candidate, event_type, dates, published)
    if own is None:
        return _undated(candidate, event_type, status, published, window_days)
    return When(own.value, own.precision, own.rule, _status(own, status, published, window_days))


def _claimed(text: str, event_type: str, status: Status) -> Status:
    """Return the status that a sentence claims: analysts and suppositions leave it open, a threat's "if" does not."""
    is_threat = event_type == "THREATEN" and _CONDITION.search(text) is not None
    if _ANALYSIS.search(text) or (_SUPPOSED.match(text) and not is_threat):
        return "hypothetical" if status in ("happened", "announced") else status
    return "announced" if is_threat and status == "hypothetical" else status


def _undated(candidate: Candidate, event_type: str, status: Status, published: date, window_days: int) -> When:
    """Date the event of a sentence that does not."""
    told, text = candidate.told, candidate.sentence.text
    is_deed = event_type not in _WORDS  # words are mostly spoken now, of old deeds
    if status == "happened":
        before, day = told.named_before if told.is_old else None, told.day
        if before is not None and (is_deed or told.is_entry) and _is_past(before, published, window_days):
            return When(before.value, _COARSER.get(before.precision, before.precision), "carried", "historical")
        if _PAST_CUE.search(text):
            status = "historical"
        elif day is not None and (is_deed or published - day <= _SAID):
            return When(day, "day", "told", status)
    if status == "historical":
        return When(None, "day", "past cue without a date", status)
    return When(published, "day", "published", status)


def _status(own: ResolvedDate, status: Status, published: date, window_days: int) -> Status:
    if _is_past(own, published, window_days):
        return "historical" if status in ("happened", "announced") else status
    if own.value > published and status == "happened":
        return "announced"
    if status == "historical":  # the words look back, the date does not
        return "happened" if own.precision == "day" else status
    return status


def _is_past(found: ResolvedDate, published: date, window_days: int) -> bool:
    return found.last < published - timedelta(days=window_days)
