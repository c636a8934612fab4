"""Whether a sentence looks ahead where it names a date without saying which: "meets on Friday", "met on Friday"."""

from __future__ import annotations

import re

_AHEAD = re.compile(
    r"\b(?:will|shall|would|won't|wouldn't|is to|are to|were to|was to"
    r"|(?<!found )(?<!said )(?<!known )(?<!thought )(?<!believed )(?<!reported )(?<!discovered )to be(?! (?:the|an?|one"
    r"|in)\b)"
    r"|is due|are due|due to|due (?:in|on|at|for|by|back)|scheduled"
    r"|upcoming|plans?|planned|planning|intends?|set to|set for|ahead of|expected|expects"
    r"|about to|going to|deadline|postponed|prior to(?= $)|looming|next|(?-i:may)|might|slated|prepar\w+|lead[- ]up"
    r"|run[- ]up|forward to(?= $)|eve of|reschedul\w+|to coincide|mov\w+ [^,;]{0,40}? to(?= $)|resumes|reopens|opens"
    r"|begins|starts|arrives|leaves|expires|convenes|choose|forecast|wants?|(?:until|till|by|before|for)(?= $))\b",
    re.IGNORECASE,
)
_WILLED = re.compile(
    r"\b(?:agree[ds]? to|call\w* for|calls? to|(?:permission|clearance|approval|deadline) to"
    r"|(?:invit|promis|pledg|vow|threaten)\w*(?! (?:on )?$)"
    r"|(?:order|urg|ask|summon|instruct)\w*\b[^,;]{0,40}? to"
    r"(?! (?:protest|complain|demand|hear|express|the|an?|its|his|her|their|(?-i:[A-Z]))))\b",
    re.IGNORECASE,
)  # what follows these is to come, they themselves are not: "on Monday Kyiv agreed to …"
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
_ATTRIBUTE = re.compile(r"\b(?:an?|the|its|his|her|their|some|all|\d+) $")  # "will free a captured pilot"
_IN_A_ROW_BEFORE = re.compile(r"\b(?:straight|consecutive|successive) $")
_IN_A_ROW_AFTER = re.compile(r" (?:in a row|running)\b")
_BEFORE_THAT = re.compile(r"\bbefore (?:an?|the|its|his|her|their)\b[^,;]*$")  # "… before the session on Wednesday"
_EVENT_AFTER = re.compile(
    r"(?:['’]s)?(?: [\w-]+){0,3} (?:elections?|referendum|summit|polls?|run-?off|ballot|vote|talks|meeting|conference"
    r"|inauguration|hearing|final|match|games|congress)\b"
)
_FOR_EVENT = re.compile(
    r"(?:\b(?:candidates?|running|runs|campaign\w*|contest\w*|postpon\w*|boycott\w*|observ\w*|monitor\w*|prepar\w*"
    r"|prospects?|chances|hopes|select\w*|nominat\w*|qualif\w*)(?: [\w-]+){0,8}?"
    r" (?:for|in|from|of)|\bboycotts?|\bpostpones?)(?: the)? $",
    re.IGNORECASE,
)
_LED_TO = re.compile(r"\b(?:ahead of|prior to|before|until|till|for|postpon\w*|cancel\w*)(?: the)? $", re.IGNORECASE)
_ANSWERED = re.compile(
    r"\b(?:following|in (?:response|reaction|retaliation|reply) (?:to|for)|because of|in the wake of|responsib\w+ for"
    r"|(?:protest\w*|outrage|anger|grief) (?:at|against|over))\b[^,;]{0,60}?\b(?:kill|attack|bomb|shoot|crash|arrest"
    r"|death|murder|explosion|blast|raid|strike|clash|riot|coup|assassination|earthquake|violence|massacre|abduct|kidnap)\w*"
    r"[^,;]{0,50} (?:on|of|over|during|from) $",
    re.IGNORECASE,
)  # "will be introduced following the attack on Christmas Day"
_REACH = 200
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
    if _IN_A_ROW_BEFORE.search(before) or _IN_A_ROW_AFTER.match(text, end) or _ANSWERED.search(before):
        return False
    if _EVENT_AFTER.match(text, end) and _FOR_EVENT.search(before):
        return True
    if text[end : end + 2] in ("'s", "’s") and not (_EVENT_AFTER.match(text, end) or _LED_TO.search(before)):
        return False  # "begins its inquiry into Friday's crash"
    main, clause = _parted(before)
    told = _told_before(clause)
    if told is None:
        told = _told_after(text[end : end + _NEAR].removeprefix(","))
    if told is None and _BEFORE_THAT.search(clause) is None and _SCHEDULED.search(clause) is None:
        # a clause without a verb is none: "is to see the president, Mr Macri, on Friday"
        return bool(_told_before(main))
    return told is not False


def _told_before(clause: str) -> bool | None:
    """Return whether the last verb before a date looks ahead; None if there is none."""
    ahead, back = max(_last(_AHEAD, clause), _last(_WILLED, clause)), _last_back(clause)
    if ahead < 0 and back < 0:
        return None
    return ahead >= back or (ahead >= 0 and _is_infinitive(clause, back))


def _told_after(after: str) -> bool | None:
    """Return whether the first verb after a date looks ahead; None if there is none in its clause."""
    stop = _BREAK.search(after)
    after = after[: stop.start()] if stop else after
    ahead, back = _first(_AHEAD, after), _first(_BACK, after)
    return None if min(ahead, back) == len(after) else ahead <= back


def _parted(before: str) -> tuple[str, str]:
    """Return the text before the last clause, and that clause."""
    last = max(_BREAK.finditer(before), key=lambda match: match.end(), default=None)
    return ("", before) if last is None else (before[: last.start()], before[last.end() :])


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _last_back(clause: str) -> int:
    """Return where the last past form stands; a participle before its noun is none."""
    found = (match for match in _BACK.finditer(clause))
    return max((one.start() for one in found if not _ATTRIBUTE.search(clause[: one.start()])), default=-1)


def _first(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return found.start() if found else len(text)


def _is_infinitive(clause: str, position: int) -> bool:
    """Whether the word there only looks like a past form: "will be inspected", "is to be signed"."""
    return position >= 0 and re.search(r"\b(?:be|been|being|get|to|will|would|shall) $", clause[:position]) is not None
