"""The regular inflection of English verbs and nouns, as news spells it."""

from __future__ import annotations

import re
from functools import cache

_DOUBLES = frozenset(
    "admit commit permit transmit remit submit refer defer deter infer occur recur expel repel compel propel "
    "rebel control patrol cancel equip transfer quarrel abet abut regret confer readmit kidnap machine-gun "
    "tear-gas teargas wiretap unplug pistol-whip horsewhip airdrop rebut quiz quit acquit unban".split()
)
"""Verbs that double their last letter though they have more than one syllable."""


@cache
def third_person(word: str) -> str:
    """Return "carries" for "carry"; also the plural of nouns."""
    if word == "have":
        return "has"
    if re.search(r"(?:s|x|z|ch|sh|o)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def past_form(verb: str) -> str:
    """Return "carried" for "carry"."""
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return _doubled(verb) + "ed"


def gerund(verb: str) -> str:
    """Return "carrying" for "carry"."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def _doubled(verb: str) -> str:
    one_syllable = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb)
    return verb + verb[-1] if one_syllable or verb in _DOUBLES else verb
