"""Whether a sentence looks ahead where it names a date without saying which: "meets on Friday", "met on Friday"."""

from __future__ import annotations

import re

_AHEAD = re.compile(
    r"\b(?:will|shall|would|won't|wouldn't|is to|are to|were to|was to|to be|is due|are due|due to|due (?:in|on|at"
    r"|for|by|back)|scheduled|upcoming|plans?|planned|planning|intends?|set to|set for|ahead of|expected|expects"
    r"|about to|going to|deadline|postponed|agree[ds]? to|call\w* for|prior to(?= $)|(?:invit|promis|pledg|vow"
    r"|threaten)\w*(?! (?:on )?$)|looming|next|may|might|slated|prepar\w+|lead[- ]up|run[- ]up|forward to(?= $)|eve "
    r"of|reschedul\w+|mov\w+ [^,;]{0,40}? to(?= $)|(?:order|urg|ask|summon|instruct)\w*\b[^,;]{0,40}? to|resumes"
    r"|reopens|opens|begins|starts|arrives|leaves|expires|convenes|choose|forecast|wants?|(?:until|till|by"
    r"|before|for)(?= $))\b",
    re.IGNORECASE,
)
_SCHEDULED = re.compile(
    r"\b(?:meet|confer|open|begin|start|arrive|visit|vote|resume|expire|leave|travel|host|hold|decide|go|fly|gather"
    r"|convene|sit|return|hear|face|come|fall|end|run|take|set|head|welcome|receive|land|sail|sign|debate|mark"
    r"|celebrate|observe|launch|close)(?:e?s)?\b"
)
_BACK = re.compile(
    r"\b(?:said|says|told|announced|reported|was|were|had|has|have|did|since|ago|after(?! $)|[a-z]+ed|began|met|held"
    r"|broke|shot|left|went|came|took|gave|sent|fell|rose|struck|hit|cut|set off|blew|won|lost|spoke|flew|sank|saw"
    r"|made|put|led|ran|threw|drove|fought|killed|sealed|wrote|brought|found|kept|lay|swept)\b"
)
_BREAK = re.compile(r"[;:—]|, (?!(?:on|at|in|by|from)\b)|\b(?:while|whereas|but|after|who|which|that|as)\b")
_REACH = 90
_NEAR = 60


def looks_ahead(text: str, start: int, end: int) -> bool:
    """Return whether the clause around a date speaks of what is still to come.

    Parameters
    ----------
    text
        The sentence.
    start, end
        Where the date stands in it.
    """
    before = text[max(0, start - _REACH) : start]
    clause = before[_last_break(before) :]
    ahead, back = _last(_AHEAD, clause), _last(_BACK, clause)
    if ahead >= 0 or back >= 0:
        return ahead >= back or (ahead >= 0 and _is_infinitive(clause, back))
    after = text[end : end + _NEAR].removeprefix(",")
    stop = _BREAK.search(after)
    after = after[: stop.start()] if stop else after
    first_ahead, first_back = _first(_AHEAD, after), _first(_BACK, after)
    if min(first_ahead, first_back) < len(after):
        return first_ahead <= first_back
    return _SCHEDULED.search(clause) is not None


def _last_break(before: str) -> int:
    return max((match.end() for match in _BREAK.finditer(before)), default=0)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _first(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return found.start() if found else len(text)


def _is_infinitive(clause: str, position: int) -> bool:
    """Whether the word there only looks like a past form: "will be inspected", "is to be signed"."""
    return position >= 0 and re.search(r"\b(?:be|been|get|to|will|would|shall) $", clause[:position]) is not None
