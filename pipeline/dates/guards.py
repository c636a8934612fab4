"""What looks like a date and is none: names, habits, durations, numbers and ages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.dates.words import NUMBERS, ORDINALS

_WEEKDAY_BEFORE = re.compile(
    r"\b(?:every|each|most|on alternate|Bloody|Black|Good|Easter|Palm|Ash|Fat|Super|Cyber|Man|Girl|Ruby|Happy|Freaky"
    r"|Casual|Stormy|Giving)(?: \w+)? $|\b(?:Sun|Mail|Independent|Scotland|Ireland|Wales|Age) on $",
    re.IGNORECASE,
)
_WEEKDAY_AFTER = re.compile(
    r" (?:prayers?|Prayers?|Times|Telegraph|Mirror|Post|Mail|Herald|Express|Club|Group|Movement|school|Market|edition"
    r"|schools|magazine|supplement|paper|newspapers?|Agreement|Tribune|Age|Star|Islamic|imam|sermons?|Night (?:Live"
    r"|Football|Fever|Lights))\b"
)
_MONTH_BEFORE = re.compile(
    r"(?:\b(?:in|since|during|by|late|early|mid|until|till|from|last|this|next|past|to|of|through|for|before|after"
    r"|and|or"
    r"|between|as of|around|throughout|the|a|next|every|each)[ -]|^|[(,“\"] ?)$",
    re.IGNORECASE,
)
_NOT_MONTH_AFTER = re.compile(
    r"(?: [A-Z][a-z]+(?! (?:in|at|on|and)\b)| [a-z]+ (?:not|be|have|also)\b| \d{1,2}\b(?!,)|-)"
)
_VERBLIKE = frozenset(["May", "March", "Mar", "Jan", "Jun", "Dec", "Apr", "Sep", "Aug"])
_MONTH_NEEDS = re.compile(
    r"\b(?:in|since|during|by|late|early|mid|until|till|from|last|this|next|past|of|through|before|after|between|as of"
    r"|around|throughout|and|or|to)[ -]$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:Theresa|Prime Minister|Mr|Mrs|Ms|President|Minister|Secretary|Black|General|Sir|Lady|Operation|Dr)\.? $"
)
_EVERY = re.compile(r"\b(?:every|each) $", re.IGNORECASE)
_YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|by|until|till|from|of|during|before|after|through|to|for|the|early|late|mid|back in|and|or"
    r"|between|around|circa|about|throughout|than|as|at|spring|summer|autumn|fall|winter|year|Christmas|until|its"
    r"|their|his|her|a"
    r"|another|last|previous|failed|disputed|year,)[ -]|^|[(,;–-] ?|[’'])$",
    re.IGNORECASE,
)
_QUANTITY_BEFORE = re.compile(
    r"(?:\b(?:Resolution|Resolutions|Room|Boeing|Airbus|Article|No\.?|Number|number|flight|Flight|Channel|Highway"
    r"|Route|model|Model|type|Type|section|Section|Unit|unit|about|nearly|some|least|most|over|than|only|almost"
    r"|rises? to|rose to|risen to|climbs? to|climbed to|reach\w*|exceed\w*) |[$€£¥#])$"
)
_QUANTITY_AFTER = re.compile(
    r"(?:%| (?:percent|per cent|troops|soldiers|people|men|women|children|dead|tons|tonnes|kilomet|miles|km|metres"
    r"|meters|hours|euros|dollars|rounds|homes|houses|families|refugees|workers|prisoners|members|fighters|police"
    r"|cases|jobs|barrels|feet|others|more|guests|delegates|protesters|students|civilians|migrants|villagers|pages"
    r"|local|hrs|GMT|UTC|hectares|acres|square|megawatts|pounds|yards|seats|votes|vehicles|trucks|tanks|shells"
    r"|rockets|missiles|warheads|ships|planes)\b)"
)
_BARE_OF = re.compile(r"\b(?:of|to|for|from|by|about|around|than|at|a|with|as)[ -]$", re.IGNORECASE)
_PLURAL_AFTER = re.compile(r" (?:[a-z]+ )?[a-z]+s\b")
_NAMED_AFTER = re.compile(
    r"(?: [A-Z]\w+){0,2} (?:Team|Hostel|Hotel|Stadium|Palace|Park|Theatre|Station|Square|Street|Hospital|Factory|School"
    r"|University|Bridge|House|Company|Club|Cup)\b"
    r"| (?:group|Group|movement|Movement|faction|[Aa]greement|[Aa]ccords?|militia|Brigade)\b"
)
_NAME_BEFORE = re.compile(r"\b(?:[A-Z][a-z]+|USA) $")
_FIGURE_AFTER = re.compile(r" \d{1,2}\b")
_TITLE_ENDS = frozenset(["Today", "TODAY", "Tonight", "TONIGHT", "Tomorrow", "Yesterday"])
_HALF_BEFORE = re.compile(r"\b(?:in|during|since|for|of|over) $", re.IGNORECASE)
_DURATION_BEFORE = re.compile(r"\b(?:for|within|lasting|over|every|about every|each) (?:\w+ )?$", re.IGNORECASE)
_NOWADAYS = re.compile(r",? when (?:the|all|every|most|many|so|people)\b")
_GENERAL_AFTER = re.compile(r" (?:months|weeks|days|evenings|holidays|term|crops?|harvest)\b")
_FOR = re.compile(r"\bfor $", re.IGNORECASE)
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_COUNTING = {"number": NUMBERS, "number2": NUMBERS, "ordinal": ORDINALS}
_NEAR = 60  # characters before a date in which a guard finds all it looks for
_PERSON_AFTER = re.compile(r" (?:Kim|Lee|Carter|Johnson)\b")


def is_date(rule: str, text: str, match: re.Match[str]) -> bool:
    """Return whether what a rule matched is used as a date where it stands.

    Parameters
    ----------
    rule
        The name of the rule.
    text
        The sentence.
    match
        Where the rule matched.
    """
    start, check = match.start(), _CHECKS.get(rule)
    if text[start - 1 : start] == "/":  # in an address
        return False
    if not all(_known(match, group, words) for group, words in _COUNTING.items()):
        return False
    return check is None or check(text, match)


def _known(match: re.Match[str], group: str, words: Mapping[str, int]) -> bool:
    """Whether a group of a match, if there is one, is a figure or one of some words."""
    word = match[group] if group in match.re.groupindex else None
    return word is None or word[0].isdigit() or word.lower() in words


def _before(text: str, match: re.Match[str]) -> str:
    """Return what precedes a match, as far as a guard looks."""
    return text[max(0, match.start() - _NEAR) : match.start()]


def _weekday(text: str, match: re.Match[str]) -> bool:
    return not (_WEEKDAY_BEFORE.search(_before(text, match)) or _WEEKDAY_AFTER.match(text, match.end()))


def _month(text: str, match: re.Match[str]) -> bool:
    before, name = _before(text, match), match["month"]
    if (
        _FIGURE_AFTER.match(text, match.end())
        or _TITLE.search(before)
        or _EVERY.search(before)
        or _PERSON_AFTER.match(text, match.end())
    ):
        return False
    possessive = text[match.end() : match.end() + 2] in ("'s", "’s")
    if match.group() != name or possessive:
        return True
    if name.rstrip(".") in _VERBLIKE:
        return _MONTH_NEEDS.search(before) is not None and not _NOT_MONTH_AFTER.match(text, match.end())
    return _MONTH_BEFORE.search(before) is not None


def _year(text: str, match: re.Match[str]) -> bool:
    before = _before(text, match)
    if _QUANTITY_BEFORE.search(before) or _QUANTITY_AFTER.match(text, match.end()):
        return False
    if _BARE_OF.search(before) and _PLURAL_AFTER.match(text, match.end()):
        return False
    return _YEAR_BEFORE.search(before) is not None


def _part(text: str, match: re.Match[str]) -> bool:
    """Accept a half or quarter only where it is one of a year."""
    return match.group().lower().rstrip("0123456789").endswith(("year", "of ")) or (
        match["kind"].lower() == "quarter" and _HALF_BEFORE.search(_before(text, match)) is not None
    )


def _unnamed(text: str, match: re.Match[str]) -> bool:
    """Refuse days that name a group or an accord: "the November 17 group", "the Good Friday Agreement"."""
    return _NAMED_AFTER.match(text, match.end()) is None


def _untitled(text: str, match: re.Match[str]) -> bool:
    """Refuse titles: "This Week" on television, USA TODAY."""
    if _NOWADAYS.match(text, match.end()):
        return False
    words = match.group().split()
    titled = len(words) > 1 and all(word.istitle() for word in words)
    return not titled and not (words[-1] in _TITLE_ENDS and _NAME_BEFORE.search(_before(text, match)))


def _season(text: str, match: re.Match[str]) -> bool:
    """Refuse names and what is true of every year: "the Summer Palace", "in summer", "in the autumn months"."""
    if "year" in match.groupdict():
        return True
    named = match["season"][0].isupper() and _CAPITAL_NEXT.match(text, match.end()) is not None
    always = match.group().lower() == f"in {match['season'].lower()}" or _FOR.search(_before(text, match)) is not None
    return not (named or always) and _GENERAL_AFTER.match(text, match.end()) is None


def _counted(text: str, match: re.Match[str]) -> bool:
    return _DURATION_BEFORE.search(_before(text, match)) is None


_CHECKS = {
    "weekday": _weekday,
    "month": _month,
    "year": _year,
    "part-of-year": _part,
    "season": _season,
    "earlier": _counted,
    "hours": _counted,
    "relative": _untitled,
    "named-day": _untitled,
    "day-month": _unnamed,
    "holiday": _unnamed,
}
