"""The dates of an article sentence by sentence: what "two days later" counts from, and whether an old story is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipeline.dates.finder import counts_from_another, find_dates
from pipeline.records import ResolvedDate

_REACH = 4  # sentences before, in which a phrase looks for the date that it counts from
_OPENING = 3  # sentences that tell whether an article tells an old story
_OLD_STORY = re.compile(
    r"\banniversar|\b(?:years?|decades?) (?:on|after|later|ago)\b|\bchronology\b|\btimeline\b|\bremember|\bcommemorat"
    r"|\blook(?:s|ed|ing)? back\b|\bin retrospect\b|\bthis day in\b|\bmourn",
    re.IGNORECASE,
)


def tells_old_story(sentences: Sequence[str]) -> bool:
    """Whether the first sentences of an article speak of an anniversary, a chronology, "ten years after"."""
    return any(_OLD_STORY.search(sentence) for sentence in sentences[:_OPENING])


def named_before(sentences: Sequence[str], n: int, on: date, retold: bool) -> ResolvedDate | None:
    """Return the last date named before sentence `n`, where one is needed; in news rather one that names a day.

    Parameters
    ----------
    sentences
        All sentences of an article.
    n
        Which of them counts from another date.
    on
        The local day of publication.
    retold
        Whether the article tells an old story: then every sentence may need the date that it has come to.
    """
    if not (retold or counts_from_another(sentences[n])):
        return None
    coarse = None
    for sentence in reversed(sentences[max(0, n - _REACH) : n]):
        dates = find_dates(sentence, on)
        exact = [found for found in dates if retold or found.precision == "day"]
        if exact:
            return exact[-1]
        coarse = coarse or next(reversed(dates), None)
    return coarse
