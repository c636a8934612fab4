"""Which classes of rules a sentence may need at all: a pass of a multi-pattern automaton, before any rule is tried."""

from __future__ import annotations

import re
from functools import cache

import ahocorasick_rs

from pipeline.dates.feasts import NAMES

_WORDS = {
    "month": "jan feb mar apr may jun jul aug sep oct nov dec",
    "weekday": "monday tuesday wednesday thursday friday saturday sunday",
    "unit": "day week month year decade quarter fortnight night evening morning afternoon",
    "century": "century",
    "ago": "ago back earlier",
    "earlier": "earlier later before after previously prior",
    "since": "since into",
    "old": "-old",
    "neighbour": "previous preceding following next same that",
    "relative": "last this next coming",
    "recent": "recent few",
    "hour": "hour minute moment",
    "weekend": "weekend",
    "part": "quarter half",
    "anniversary": "anniversary",
    "occasion": "meeting talks summit visit ceremony",
    "named": "yesterday tomorrow today",
    "clock": "dawn noon midday midnight daybreak dusk sunrise sunset nightfall night overnight morning evening",
    "season": "spring summer autumn fall winter",
    "decade": "twenties thirties forties fifties sixties seventies eighties nineties 0s",
    "year": "18 19 20",
    "ordinal": "1st 2nd 3rd 0th 1th 2th 3th 4th 5th 6th 7th 8th 9th",
    "eleventh": "11",
    "short": "q1 q2 q3 q4",
}


def _patterns() -> dict[str, frozenset[str]]:
    """Return every trigger in the cases it is printed in, and the classes it calls up."""
    found: dict[str, frozenset[str]] = {}
    words = [(word, name) for name, line in _WORDS.items() for word in line.split()]
    words += [(name.partition("'")[0], "holiday") for name in NAMES]
    for word, name in words:
        cased = (word.title(), word.upper()) if name == "month" else (word, _titled(word), word.upper())
        for form in cased:
            found[form] = found.get(form, frozenset()) | {name}
    return found


def _titled(word: str) -> str:
    return word.title().replace(" Of ", " of ").replace(" The ", " the ")


_PATTERNS = _patterns()
_CLASSES = (*_WORDS, "holiday", "months", "figure", "figures", "joined")
_BITS = {name: 1 << n for n, name in enumerate(_CLASSES)}
_CALLED = [sum(_BITS[name] for name in names) for names in _PATTERNS.values()]
_WITH_FIGURES = _BITS["month"] | _BITS["year"]
_AUTOMATON = ahocorasick_rs.AhoCorasick(list(_PATTERNS))
_FIGURES = re.compile(r"\d+(\D+\d)?")
_JOINED = re.compile(r"\d[-–/.]\d")


def trigger_classes(text: str) -> frozenset[str]:
    """Return the classes of rules whose trigger words occur in a text, also inside words.

    "months" are two and more; "figure" is a number and "figures" are several, "joined" where a mark joins them.
    """
    found = 0
    for index, _, _ in _AUTOMATON.find_matches_as_indexes(text, overlapping=True):
        called = _CALLED[index]
        if called & found & _BITS["month"]:
            found |= _BITS["months"]
        found |= called
    return _named(found | _figures(text) if found & _WITH_FIGURES else found)


def _figures(text: str) -> int:
    """Return the classes of a text's numbers, which only rules of months and years ask for."""
    figures = _FIGURES.search(text)
    if figures is None:
        return 0
    if figures[1] is None:
        return _BITS["figure"]
    return _BITS["figure"] | _BITS["figures"] | (_BITS["joined"] if _JOINED.search(text) else 0)


@cache
def _named(bits: int) -> frozenset[str]:
    return frozenset(name for name, bit in _BITS.items() if bits & bit)
