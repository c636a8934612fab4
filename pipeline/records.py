"""The records that travel down the straight line, from article to event.

source → Article → Sentence → Candidate → Mention → Event. Each is frozen; identities come from content,
never from the order of a run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Precision = Literal["day", "week", "month", "quarter", "year", "decade"]
Form = Literal["", "line", "record", "page", "link", "coded"]
_KEPT_BYTES = 65_536
Status = Literal["happened", "announced", "hypothetical", "denied", "historical"]


def content_id(*parts: str) -> str:
    """Return 16 hexadecimal digits that depend on `parts` alone (BLAKE2b, 64 bit)."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def normal_dyad(dyad: str) -> str:
    """Return `KOR-PRK` for "prk-kor"; a directed pair keeps its order."""
    if ">" in dyad:
        return dyad.upper()
    return "-".join(sorted(dyad.upper().split("-")))


@dataclass(frozen=True, slots=True)
class Article:
    """One version of a dated text from one outlet. Times are UTC and aware; an unknown `fetched_at` is None.

    `revised_at` is when this version was printed; None means with the first printing, at `published_at`.
    """

    article_id: str
    url: str
    outlet: str
    title: str
    body: str
    language: str
    published_at: datetime
    fetched_at: datetime | None
    source: str
    date_source: str = "given"
    revised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that repeats an earlier one: `containment` (0–1) of the shorter of the two stands in both."""

    article_id: str
    copy_of: str
    containment: float


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record from outside that could not be used: where it lay, why, and what it said.

    `form` tells how it can be read again: `content` is a JSON "line", a JSON "record" of fields, such fields of a
    "coded" event, or the bytes of a "page" whose fields are in `known`; or it is what a "link" gave, which is in
    `known`. Without a form it cannot be read again, and only the first 64 KiB are kept.
    """

    place: str
    reason: str
    detail: str
    content: bytes
    form: Form = ""
    known: str = ""

    def __post_init__(self) -> None:
        if not self.form and len(self.content) > _KEPT_BYTES:
            object.__setattr__(self, "content", self.content[:_KEPT_BYTES])

    @property
    def rejection_id(self) -> str:
        """Identity: the same record refused again for the same reason is the same rejection."""
        digest = hashlib.blake2b(self.content, digest_size=16).hexdigest()
        return content_id(self.place, self.reason, self.known, digest)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article; `start` and `end` are character offsets into the article's text."""

    article_id: str
    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A country actor found in a sentence: `code` ISO 3166-1 alpha-3, `role` GOV MIL … or empty.

    `certainty` (0–1) is below 1 where words such as "it" or "both sides" only refer to a country named before; `rule`
    is the kind of alias or reference that gave the actor.
    """

    start: int
    end: int
    code: str
    role: str
    alias: str
    certainty: float = 1.0
    rule: str = "name"


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentences before one tell of its day.

    `named_before` is the last date that they name, if the sentence counts from one or belongs to an old story
    (`is_old`); `is_entry` if that is an entry of a chronicle. `day` is the one of which the sentence tells if it names
    none, where the article says so.
    """

    named_before: ResolvedDate | None = None
    is_old: bool = False
    is_entry: bool = False
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with an ordered pair of distinct country actors, and what was told before it."""

    sentence: Sentence
    source: Actor
    target: Actor
    told: Told = Told()


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A date read from a sentence: first and last day of what is named, its precision, and the rule that gave it.

    A quarter is a season, quarter or half of a year.
    """

    value: date
    last: date
    precision: Precision
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """What one sentence of one article claims. `event_date` is None where the text dates it nowhere."""

    mention_id: str
    article_id: str
    sentence_no: int
    sentence: str
    source: str
    source_role: str
    target: str
    target_role: str
    event_type: str
    mode: str
    status: Status
    score: float
    probability: float
    event_date: date | None
    date_precision: Precision
    date_rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CodedMention(Mention):
    """A mention that another system coded, with the report it stems from; `published_at` is UTC and aware."""

    url: str
    outlet: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as a source holds it: its place and its named fields, not yet checked."""

    place: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Coded:
    """An event that another system coded, as its file holds it: its place and its named fields, not yet checked."""

    place: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Link:
    """A url to fetch.

    `kind` names what lies there ("page", or an index such as "feed"), `fields` what is known of the article already,
    `changed_at` when its publisher last changed it; with `again` it is asked for every night.
    """

    url: str
    kind: str = "page"
    fields: dict[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    again: bool = False

    def as_json(self) -> str:
        """Return the link as JSON, its date of change apart."""
        return json.dumps({"url": self.url, "kind": self.kind, "fields": self.fields, "again": self.again})


Item = Raw | Coded | Link | Rejection
"""What a source may hold."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lay at a link: the url after redirects, the media type as the server gave it, the bytes, and when (UTC)."""

    link: Link
    url: str
    content_type: str
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """A line that a dyad crossed on a day: the rule's name, the value that day, and the line."""

    rule: str
    dyad: str
    date: date
    value: float
    threshold: float

    def __str__(self) -> str:
        return f"{self.dyad} crossed {self.rule} on {self.date}: {self.value:g}"


@dataclass(frozen=True, slots=True)
class Check:
    """What a check before publication found: "skipped" where there is too little to judge by, "off" by the settings."""

    name: str
    state: Literal["held", "warned", "failed", "skipped", "off"]
    found: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.found}" if self.found else self.name


@dataclass(frozen=True, slots=True)
class Event:
    """Mentions of one occurrence. `event_date` is the first day of its period; `confidence` 0 … 1."""

    event_id: str
    source: str
    target: str
    event_type: str
    mode: str
    status: Status
    score: float
    event_date: date
    date_precision: Precision
    n_mentions: int
    n_articles: int
    n_outlets: int
    first_seen_at: datetime
    confidence: float
    mention_ids: tuple[str, ...]
    article_ids: tuple[str, ...]
