"""Which of a sentence's dates is the event's own: the nearest to its pair, by characters and by the clauses between.

A date of speech belongs to what is said; one that only measures ("the first test since 2017") or names a thing ("the
2018 accord") to nothing, and one of a clause about somebody's doing ("which Seoul had made on Monday") to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pipeline.dates import counted_clause, is_of_dateline, is_of_speech
from pipeline.records import Candidate, ResolvedDate

SPEECH = frozenset(["AGREE", "ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT"])
"""Types of events that are themselves something said."""

_MEASURE = re.compile(
    r"\b(?:first|most|worst|latest|lowest|highest|\w{3,}est)\b[^.;]*\bsince(?: the)? $", re.IGNORECASE
)
_WHEN = re.compile(
    r",? (?:when|in which|the year)\b"
)  # "the highest alert since 2010, when a torpedo …" dates the torpedo
_SINCE = re.compile(r"\b(?:since|from|by|before|after)(?: the)?(?: \w+)? ?$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till)(?: the)?(?: \w+)? ?$", re.IGNORECASE)
_THING = re.compile(
    r"[’']?s? (?:(?!(?:with|in|at|on|by|for|after|before|between|from|to|of|and|when)\b)[\w-]+ ){0,2}"
    r"(?:accords?|agreements?|treaty|pact|deal|armistice|truce|ceasefire|declaration|resolution|law|constitution|protocol"
    r"|convention|charter|border|borders|lines|elections?|games|olympics|world cup|season|budget|revolution|war)\b",
    re.IGNORECASE,
)
_NAMES_A_THING = re.compile(r"the \d{4}\b")  # "the 2010 raid" may date the raid
_BREAK = re.compile(
    r"[,;:—–]|\b(?:after|before|when|while|whereas|although|though|because|who|which|that|whose|where|but|as|and)\b"
)
_NEW_CLAUSE = re.compile(r";|, (?:and|but|while|whereas)\b")
_SOMEBODYS = re.compile(
    r"\b(?:which|whom) (?!had\b)[^,;]+? had [\w-]+ (?:[^,;]* )?$"  # "the offer which Seoul had made on …"
)
_MADE = re.compile(
    r", (?:made|issued|voiced|tabled) (?:in [^,;]+ )?(?:(?:on|in|late|early) )?$"
)  # "the offer, made on …"
_OWN = re.compile(r", (?:which|who|whose [\w-]+) had [^,;]+ $")  # "the embassy, which had warned of it on …"
_NEXT = re.compile(r"next \w+[’']s ", re.IGNORECASE)  # "as host of next year's conference"
_BESIDE = 2  # characters at which such a clause belongs to the name before it: "the envoy, whom Moscow had …"
_REMOTE = 80  # characters that such a date counts as farther away
_END = 4 * _REMOTE  # and one at which something ended
_CLAUSE = 15  # and for every clause between
_BACKGROUND = ("age", "years-since")


def own_date(
    candidate: Candidate, event_type: str, dates: Sequence[ResolvedDate], published: date
) -> ResolvedDate | None:
    """Return which date is that of a candidate's event, None if none is."""
    text, source, target = candidate.sentence.text, candidate.source, candidate.target
    pair = (source.start, source.end), (target.start, target.end)
    counted = counted_clause(text, *pair, dates, published, candidate.told.named_before)
    if counted is not None:
        return counted
    dates = [found for found in dates if _is_of_what_source_did(found, candidate)] or dates
    return min(dates, key=lambda found: (_distance(candidate, event_type, found), found.start), default=None)


def telling(dates: Iterable[ResolvedDate], candidate: Candidate) -> list[ResolvedDate]:
    """Return the dates that may be those of a candidate's event at all."""
    text = candidate.sentence.text
    kept = [found for found in dates if _tells(found, text) and not _is_of_a_clause(found, candidate)]
    days = [found for found in kept if found.precision == "day"]
    return kept[1:] if len(days) > 1 and is_of_dateline(text, days[0].start, days[0].end) else kept


def _tells(found: ResolvedDate, text: str) -> bool:
    measures = _MEASURE.search(text[: found.start]) is not None and not _WHEN.match(text, found.end)
    names = found.precision in ("year", "month") and _THING.match(text, found.end) is not None
    return not (measures or names or _NEXT.match(text, found.start) or _MADE.search(text, 0, found.start))


def _is_of_a_clause(found: ResolvedDate, candidate: Candidate) -> bool:
    """Whether a date stands in a clause of what somebody had done, and not both of the pair do."""
    text = candidate.sentence.text
    first, second = sorted((candidate.source, candidate.target), key=lambda actor: actor.start)
    clause, own = _SOMEBODYS.search(text, 0, found.start), _OWN.search(text, 0, found.start)
    if clause is not None and clause.start() < candidate.source.start:
        return False
    if clause is not None and first.end + _BESIDE < clause.start() < second.start:  # else it is whom they did it to
        return True
    return own is not None and second.start < own.start()


def _is_of_what_source_did(found: ResolvedDate, candidate: Candidate) -> bool:
    """Whether a date stands in a clause of what the source had done: "the offer, which *Beijing* had refused on …"."""
    clause = _SOMEBODYS.search(candidate.sentence.text, 0, found.start)
    return clause is not None and clause.start() < candidate.source.start < found.start


def _distance(candidate: Candidate, event_type: str, found: ResolvedDate) -> int:
    """Return how far a date lies from the stretch between source and target, in characters and clauses."""
    text = candidate.sentence.text
    start = min(candidate.source.start, candidate.target.start)
    end = max(candidate.source.end, candidate.target.end)
    gap = max(0, start - found.end, found.start - end)
    between = text[found.end : start] if found.end <= start else text[end : found.start]
    breaks = sum(1 for _ in _BREAK.finditer(between)) if gap else 2 * _clauses_before(candidate, found)
    before = text[: found.start]
    spoken = event_type not in SPEECH and is_of_speech(text, found.start)
    remote = _SINCE.search(before) or _NAMES_A_THING.match(text, found.start) or found.rule in _BACKGROUND
    return gap + _CLAUSE * breaks + _REMOTE * (bool(remote) + spoken) + _END * bool(_UNTIL.search(before))


def _clauses_before(candidate: Candidate, found: ResolvedDate) -> int:
    """Return how many clauses begin between a date that stands within the pair and who acts after it."""
    between = candidate.sentence.text[found.end : candidate.source.start]
    return sum(1 for _ in _NEW_CLAUSE.finditer(between))
