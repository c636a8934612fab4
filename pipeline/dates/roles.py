"""What a date is for that is not the day of what its sentence tells: the day of saying so, or the line's own."""

from __future__ import annotations

import re

_SPOKEN = re.compile(
    r"\b(?:said|says|told|announced|reported|added|confirmed|stated|warned|disclosed|revealed|wrote)"
    r"(?: (?:[a-z]+ )?(?:reporters|journalists|parliament|lawmakers))?(?: (?:on|late|early|late on|early on))? $"
)
_PLACE = re.compile(r"[A-Z][\w.’'/ -]*(?:, [A-Z][\w. -]*)?,? \(?(?:[A-Z]\w+ )?")
_DASH = re.compile(r"\.?,?(?: \([\w ./]+\))?\)? ?(?:--|[-–—]) ")
_LONGEST = 40  # characters before the date of a dateline


def is_of_speech(text: str, start: int) -> bool:
    """Whether a date tells when something was said: "officials said on …"."""
    return _SPOKEN.search(text, 0, start) is not None


def is_of_dateline(text: str, start: int, end: int) -> bool:
    """Whether a date stands in a dateline: "SEOUL, June 17 - …"."""
    return start <= _LONGEST and _DASH.match(text, end) is not None and _PLACE.fullmatch(text, 0, start) is not None
