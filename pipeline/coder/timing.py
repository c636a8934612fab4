"""When the event of a sentence happened: which of the sentence's dates is its own, and what that says.

The date nearest to the pair counts: by characters, and by the clauses between; a date of speech belongs to what is
said, and one that only measures ("the first test since 2017") or names a thing ("the 2018 accord") to nothing. A
sentence without a date speaks of the day its article was printed, unless a cue puts it in the past, or its article
tells an old story: then of the month or year that the story has come to.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.dates import find_dates
from pipeline.records import Candidate, Precision, ResolvedDate, Status

_MEASURE = re.compile(
    r"\b(?:first|most|worst|latest|lowest|highest|\w{3,}est)\b[^.;]*\bsince(?: the)? $", re.IGNORECASE
)
_WHEN = re.compile(
    r",? (?:when|in which|the year)\b"
)  # "the highest alert since 2010, when a torpedo …" dates the torpedo
_SINCE = re.compile(r"\b(?:since|from|until|till|by|before|after)(?: the)?(?: \w+)? ?$", re.IGNORECASE)
_THING = re.compile(
    r"[’']?s? (?:[\w-]+ ){0,2}(?:accords?|agreements?|treaty|pact|deal|armistice|truce|ceasefire|declaration"
    r"|resolution|law"
    r"|constitution|protocol|convention|charter|border|borders|lines|elections?|games|olympics|world cup|season|budget"
    r"|revolution|war)\b",
    re.IGNORECASE,
)
_SPOKEN_BEFORE = re.compile(
    r"\b(?:said|says|told|announced|reported|added|confirmed|stated|warned|disclosed|revealed|wrote)"
    r"(?: (?:[a-z]+ )?(?:reporters|journalists|parliament|lawmakers))?(?: (?:on|late|early|late on|early on))? $"
)
_SPEECH = frozenset(["AGREE", "ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT"])
_WORDS = _SPEECH | {"CONSULT"}
_MEMORY = re.compile(r"\b(?:in memory of|in remembrance of|remember\w*|commemorat\w*|mourn\w*|anniversary of)\b")
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
_NAMES_A_THING = re.compile(r"the \d{4}\b")  # "the 2010 raid" may date the raid
_BREAK = re.compile(r"[,;:—–]|\b(?:after|before|when|while|who|which|that|whose|where|but|as|and)\b")
_REMOTE = 80  # characters that such a date counts as farther away
_CLAUSE = 15  # and for every clause between
_COARSER: dict[Precision, Precision] = {"day": "month", "week": "month"}  # what an undated sentence can be sure of
_BACKGROUND = ("age", "years-since")


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
    text = candidate.sentence.text
    if status in ("happened", "announced") and _ANALYSIS.search(text):
        status = "hypothetical"
    before = () if candidate.named_before is None else (candidate.named_before,)
    dates = [found for found in find_dates(text, published, before, candidate.retold) if _tells(found, text)]
    recalled = None if event_type in _WORDS else _MEMORY.search(text)
    if recalled is not None and status == "happened":  # what stands before it is the day of remembering
        dates = [found for found in dates if found.start >= recalled.end()]
        status = "happened" if dates else "historical"
    if not dates:
        told = candidate.named_before
        deed = status == "happened" and event_type not in _WORDS  # words are mostly spoken now, of old deeds
        if candidate.retold and told is not None and deed and _is_old(told, published, window_days):
            return When(told.value, _COARSER.get(told.precision, told.precision), "carried", "historical")
        if status == "historical" or (status == "happened" and _PAST_CUE.search(text)):
            return When(None, "day", "past cue without a date", "historical")
        return When(published, "day", "published", status)
    own = min(dates, key=lambda found: (_distance(candidate, event_type, found), found.start))
    return When(own.value, own.precision, own.rule, _status(own, status, published, window_days))


def _tells(found: ResolvedDate, text: str) -> bool:
    """Whether a date may be that of an event at all."""
    measures = _MEASURE.search(text[: found.start]) is not None and not _WHEN.match(text, found.end)
    names = found.precision in ("year", "month") and _THING.match(text, found.end) is not None
    return not (measures or names)


def _status(own: ResolvedDate, status: Status, published: date, window_days: int) -> Status:
    if _is_old(own, published, window_days):
        return "historical" if status in ("happened", "announced") else status
    if own.value > published and status == "happened":
        return "announced"
    if status == "historical":  # the words look back, the date does not
        return "happened" if own.precision == "day" else status
    return status


def _is_old(found: ResolvedDate, published: date, window_days: int) -> bool:
    return found.last < published - timedelta(days=window_days)


def _distance(candidate: Candidate, event_type: str, found: ResolvedDate) -> int:
    """Return how far a date lies from the stretch between source and target, in characters and clauses."""
    text = candidate.sentence.text
    start = min(candidate.source.start, candidate.target.start)
    end = max(candidate.source.end, candidate.target.end)
    gap = max(0, start - found.end, found.start - end)
    between = text[found.end : start] if found.end <= start else text[end : found.start]
    breaks = sum(1 for _ in _BREAK.finditer(between)) if gap else 0
    before = text[: found.start]
    spoken = event_type not in _SPEECH and _SPOKEN_BEFORE.search(before) is not None
    remote = _SINCE.search(before) or _NAMES_A_THING.match(text[found.start :]) or found.rule in _BACKGROUND
    return gap + _CLAUSE * breaks + _REMOTE * (bool(remote) + spoken)
