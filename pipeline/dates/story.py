"""The dates of an article sentence by sentence: what "two days later" counts from, and whether an old story is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from pipeline.dates.finder import counts_from_another, find_dates
from pipeline.dates.roles import is_of_dateline, is_of_speech
from pipeline.records import ResolvedDate, Told

_REACH = 4  # sentences before, in which a phrase looks for the date that it counts from
_OPENING = 3  # sentences that tell whether an article tells an old story
_OLD_STORY = re.compile(
    r"\banniversar|\b(?:years?|decades?) (?:on|after|later|ago)\b|\bchronology\b|\btimeline\b|\bremember|\bcommemorat"
    r"|\blook(?:s|ed|ing)? back\b|\bin retrospect\b|\bthis day in\b|\bmourn",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"(?:(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]*(?: \d{1,2},)? )?(?:19|20)\d\d ?[:–—-] "
)
_ENDS = (".", "!", "?", "…", '"', "”", "’")
_POINTS_BACK = re.compile(
    r"\b(?:there(?! (?:is|are|was|were|has|have|had|will)\b)|then|the same|(?:at|in|on|after|during) that)\b",
    re.IGNORECASE,
)
_FRESH = timedelta(days=7)
"""How long before publication a day may lie of which undated sentences go on telling."""


class _Named(NamedTuple):
    """The last date named before a sentence, and in which; the first and the last that is one of these days."""

    at: int
    last: ResolvedDate | None
    fresh: tuple[date, ...]


class Story:
    """What the sentences of an article tell of its dates, read from the first on.

    Parameters
    ----------
    sentences
        All sentences of the article, the headline first if it has one.
    on
        The local day of publication.
    """

    def __init__(self, sentences: Sequence[str], on: date) -> None:
        self._sentences = sentences
        self._on = on
        self._read = [_Named(0, None, ())]

    def told(self, n: int) -> Told:
        """Return what the sentences before sentence `n` tell of its day."""
        return Told(self._named_before(n), self._is_old(n), self._is_entry(n), self._day_of(n))

    def _named_before(self, n: int) -> ResolvedDate | None:
        """Return the last date named before a sentence, where it needs one; in news rather one that names a day.

        Where an old story is told, every sentence may need the date that it has come to.
        """
        if not (self._is_old(n) or counts_from_another(self._sentences[n])):
            return None
        known = self._before(n)
        return known.last if n - known.at <= _REACH else None

    def _day_of(self, n: int) -> date | None:
        """Return the day of which a sentence tells if it names none, where that is one of these days.

        It is the day named last; where that lies before the first of them, it was background, unless the sentence
        points to it. A headline tells of the day that the first sentence names; of an old story nothing is known.
        """
        if n == 0 and not self._sentences[n].endswith(_ENDS):
            return self._of_lead()
        days = () if self._is_old(n) else self._before(n).fresh
        if not days:
            return None
        return days[-1] if _POINTS_BACK.search(self._sentences[n]) else max(days[0], days[-1])

    def _is_old(self, n: int) -> bool:
        """Whether a sentence belongs to an old story: the article is one, or it stands in a chronicle."""
        return self._retold or self._is_entry(n)

    def _is_entry(self, n: int) -> bool:
        return self._chronicle is not None and n >= self._chronicle

    @cached_property
    def _retold(self) -> bool:
        """Whether the article begins with an anniversary, a chronology, "ten years after"."""
        return any(_OLD_STORY.search(sentence) for sentence in self._sentences[:_OPENING])

    @cached_property
    def _chronicle(self) -> int | None:
        """The first sentence of a chronicle ("April 2006: …"); one entry alone does not make one."""
        entries = [n for n, sentence in enumerate(self._sentences) if _ENTRY.match(sentence)]
        return entries[0] if len(entries) > 1 else None

    def _before(self, n: int) -> _Named:
        while len(self._read) <= n:
            at, known = len(self._read) - 1, self._read[-1]
            before = () if known.last is None else (known.last,)
            for one in find_dates(self._sentences[at], self._on, before, self._is_old(at)):
                known = self._with(known, at, one)
            self._read.append(known)
        return self._read[n]

    def _with(self, known: _Named, at: int, one: ResolvedDate) -> _Named:
        exact, last = one.precision == "day", known.last
        if self._is_old(at) or exact or last is None or last.precision != "day" or at - known.at >= _REACH:
            known = known._replace(at=at, last=one)
        is_news = exact and self._is_fresh(one) and not is_of_dateline(self._sentences[at], one.start, one.end)
        return known._replace(fresh=(*known.fresh[:1], one.value)) if is_news else known

    def _is_fresh(self, one: ResolvedDate) -> bool:
        return self._on - _FRESH <= one.value <= self._on

    def _of_lead(self) -> date | None:
        """Return the day of which the first sentence tells, rather than that on which somebody said so."""
        text = next(iter(self._sentences[1:2]), "")
        news = [one for one in find_dates(text, self._on) if one.precision == "day" and self._is_fresh(one)]
        told = (
            one for one in news if not is_of_speech(text, one.start) and not is_of_dateline(text, one.start, one.end)
        )
        return next((one.value for one in told), None)
