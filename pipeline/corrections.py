"""What a human said of coded mentions → the same mentions, put right; for ever, whatever the coder says later.

A correction belongs to the words of a sentence, not to an article or a run: it holds for every copy of it. It
keeps the whole corrected claim, so that it stands even when a later coder finds nothing there.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from io import StringIO
from typing import cast

from pipeline.errors import CorrectionError
from pipeline.records import Mention, Precision, Sentence, Status, content_id
from pipeline.scale import NO_EVENT, Scale

FILE = "corrections.csv"
VERDICTS = ("right", "changed", "no event")
RULE = "corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """A verdict on one claim: what the coder had said of a sentence (`coded_*`), and what is so.

    `verdict` is `right`, `changed`, or `no event` (then the claim's fields are those of the coder). An empty
    `event_date` means that the text gives none. `corrected_at` and `reviewer` say when and who.
    """

    sentence: str
    coded_source: str
    coded_target: str
    coded_type: str
    verdict: str
    source: str
    source_role: str
    target: str
    target_role: str
    event_type: str
    mode: str
    status: str
    event_date: str
    date_precision: str
    corrected_at: str
    reviewer: str
    note: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What is corrected: a later verdict on the same claim replaces this one."""
        return sentence_key(self.sentence), self.coded_source, self.coded_target, self.coded_type

    @property
    def claim(self) -> tuple[str, str, str]:
        """Who does what to whom by this verdict."""
        return self.source, self.target, self.event_type


_COLUMNS = [field.name for field in fields(Correction)]


def sentence_key(sentence: str) -> str:
    """Return what copies of a sentence have in common: its words, whatever the spaces."""
    return content_id(" ".join(sentence.split()))


class Corrections:
    """All corrections, by sentence."""

    def __init__(self, rows: Iterable[Correction] = ()) -> None:
        latest = {row.key: row for row in rows}
        self.rows = tuple(latest.values())
        self._by_sentence: dict[str, list[Correction]] = defaultdict(list)
        for row in self.rows:
            self._by_sentence[sentence_key(row.sentence)].append(row)

    def added(self, row: Correction, scale: Scale) -> Corrections:
        """Return these and one more verdict; one on a claim that a verdict had made replaces that verdict.

        Raises
        ------
        CorrectionError
            If the verdict names what does not exist.
        """
        _checked(row, "this correction", scale)
        for old in self._by_sentence.get(sentence_key(row.sentence), ()):
            if old.verdict != "no event" and old.claim == (row.coded_source, row.coded_target, row.coded_type):
                coded = (old.coded_source, old.coded_target, old.coded_type)
                row = replace(row, **dict(zip(("coded_source", "coded_target", "coded_type"), coded, strict=True)))
                break
        return Corrections([*self.rows, row])

    def as_csv(self) -> bytes:
        """Return what `corrections_in` reads."""
        text = StringIO()
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in self.rows)
        return text.getvalue().encode()

    @property
    def fingerprint(self) -> str:
        """A hash of all verdicts; empty if there are none."""
        return content_id(*(repr(asdict(row)) for row in self.rows)) if self.rows else ""

    def apply(self, mentions: Iterable[Mention], sentences: Iterable[Sentence], scale: Scale) -> list[Mention]:
        """Return the mentions of some sentences as corrected.

        Parameters
        ----------
        mentions
            What the coder found.
        sentences
            All sentences that it read, also those where it found nothing.
        scale
            Scores changed types.
        """
        if not self.rows:
            return list(mentions)
        found: dict[tuple[str, int], list[Mention]] = defaultdict(list)
        for mention in mentions:
            found[mention.article_id, mention.sentence_no].append(mention)
        for sentence in sentences:
            for row in self._by_sentence.get(sentence_key(sentence.text), ()):
                place = sentence.article_id, sentence.number
                found[place] = _corrected(found[place], row, sentence, scale)
        return [mention for own in found.values() for mention in own]


def _corrected(mentions: Sequence[Mention], row: Correction, sentence: Sentence, scale: Scale) -> list[Mention]:
    """Put one verdict on the mentions of a sentence.

    The claim that was judged gives way; if the coder no longer makes it, whatever else it says of that pair does.
    """
    of_pair = [
        one
        for one in mentions
        if one.date_rule != RULE and (one.source, one.target) == (row.coded_source, row.coded_target)
    ]
    gone = [one for one in of_pair if one.event_type == row.coded_type] or of_pair
    kept = [one for one in mentions if one not in gone and (one.source, one.target, one.event_type) != row.claim]
    return kept if row.verdict == "no event" else [*kept, _mention(row, sentence, scale)]


def _mention(row: Correction, sentence: Sentence, scale: Scale) -> Mention:
    identity = (sentence.article_id, str(sentence.number), row.source, row.target, row.event_type)
    return Mention(
        mention_id=content_id(*identity),
        article_id=sentence.article_id,
        sentence_no=sentence.number,
        sentence=sentence.text,
        source=row.source,
        source_role=row.source_role,
        target=row.target,
        target_role=row.target_role,
        event_type=row.event_type,
        mode=row.mode,
        status=cast(Status, row.status),
        score=scale.score(row.event_type, row.mode),
        probability=1.0,
        event_date=date.fromisoformat(row.event_date) if row.event_date else None,
        date_precision=cast(Precision, row.date_precision),
        date_rule=RULE,
        evidence=f"{row.verdict} by {row.reviewer} on {row.corrected_at}" + (f": {row.note}" if row.note else ""),
    )


def judged(
    mention: Mention, verdict: str, changes: Mapping[str, str], on: date, reviewer: str, note: str
) -> Correction:
    """Return the correction of a mention; `changes` are the fields that are otherwise than coded."""
    row = Correction(
        sentence=mention.sentence,
        coded_source=mention.source,
        coded_target=mention.target,
        coded_type=mention.event_type,
        verdict=verdict,
        source=mention.source,
        source_role=mention.source_role,
        target=mention.target,
        target_role=mention.target_role,
        event_type=mention.event_type,
        mode=mention.mode,
        status=mention.status,
        event_date=mention.event_date.isoformat() if mention.event_date else "",
        date_precision=mention.date_precision,
        corrected_at=on.isoformat(),
        reviewer=reviewer,
        note=note,
    )
    return replace(row, **changes)


def corrections_in(content: bytes, place: str, scale: Scale) -> Corrections:
    """Return the corrections in the bytes of a `corrections.csv`; `place` names it in messages.

    Raises
    ------
    CorrectionError
        If it is no UTF-8, a column is missing or a value is not allowed, with the line.
    """
    try:
        reader = csv.DictReader(StringIO(content.decode(), newline=""))
    except UnicodeDecodeError as error:
        raise CorrectionError(f"{place}: not UTF-8 ({error}); save it as UTF-8") from error
    if reader.fieldnames != _COLUMNS:
        raise CorrectionError(f"{place}: the columns must be {','.join(_COLUMNS)}")
    return Corrections(_checked(Correction(**row), f"{place}:{n}", scale) for n, row in enumerate(reader, 2))


def _checked(row: Correction, place: str, scale: Scale) -> Correction:
    if row.verdict not in VERDICTS:
        raise CorrectionError(f"{place}: verdict {row.verdict!r} is none of {', '.join(VERDICTS)}")
    if row.event_type == NO_EVENT or (row.event_type, row.mode) not in scale.entries:
        raise CorrectionError(f"{place}: no type and mode {row.event_type}/{row.mode} in the scale")
    if row.status not in ("happened", "announced", "hypothetical", "denied", "historical"):
        raise CorrectionError(f"{place}: status {row.status!r} is unknown")
    if row.date_precision not in ("day", "week", "month", "year"):
        raise CorrectionError(f"{place}: date_precision {row.date_precision!r} is none of day, week, month, year")
    if row.source == row.target or not row.source or not row.target:
        raise CorrectionError(f"{place}: source {row.source!r} and target {row.target!r} must be two countries")
    try:
        date.fromisoformat(row.event_date or "2000-01-01")
    except ValueError as error:
        raise CorrectionError(f"{place}: {row.event_date!r} is not a date; write YYYY-MM-DD") from error
    return row
