"""The demo articles → paragraphs of sentences whose names and dates are slots, to be filled anew for every text.

A slot is a country with the form in which it is named (name, demonym, capital, person …), or a date with the form in
which it is written. Filled for another cast of countries and another day, all forms of a country move together, and all
dates move by the same number of days.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline import chain
from pipeline.actors import ActorEntry, load_dictionary
from pipeline.paths import seeds_dir
from pipeline.records import Article
from pipeline.sentences import split_sentences
from pipeline.settings import Settings

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
BODIES = ("body", "group", "media", "party")
KINDS = ("name", "demonym", "capital", "seat", "person", "place", "region", "phrase", *BODIES)
WORDS_OF_A_NAME = 7
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"(?P<day>\b(?:{_MONTH}) \d{{1,2}}\b(?:, \d{{4}})?)|(?P<month>\b(?:{_MONTH}) \d{{4}}\b)|(?P<year>\b20[012]\d\b)"
    rf"|(?P<weekday>\b(?:{'|'.join(WEEKDAYS)})\b)|(?<=\bin )(?P<only>(?:{_MONTH})\b)"
)
_WORD = re.compile(r"[\w.'’-]*\w")
_MID = 15  # the day of a month that stands for the month


class Named(NamedTuple):
    """A country in one of its forms; `which` tells persons and bodies of one country apart."""

    codes: tuple[str, ...]
    kind: str
    role: str
    which: int
    plural: bool


class Dated(NamedTuple):
    """A date and how it is written: day (with its year or without), month, year, weekday, or only the month."""

    value: date
    form: str


Part = str | Named | Dated
Sentence = tuple[Part, ...]


@dataclass(frozen=True)
class Text:
    """A demo article: the day it was printed, the countries it names, most often named first, and its paragraphs."""

    printed: date
    codes: tuple[str, ...]
    title: Sentence
    paragraphs: tuple[tuple[Sentence, ...], ...]
    words: int


@cache
def demo_texts() -> tuple[Text, ...]:
    """Return the demo articles as texts with slots, in the order of their files."""
    articles, _ = chain.collect([seeds_dir() / "articles"], Settings())
    return tuple(_text(article) for article in sorted(articles, key=lambda one: (one.published_at, one.url)))


def _text(article: Article) -> Text:
    on = article.published_at.date()
    title, *rest = split_sentences(article)
    paragraphs: list[list[Sentence]] = []
    before = title.end
    whole = f"{article.title}\n\n{article.body}"
    for one in rest:
        if "\n\n" in whole[before : one.start]:
            paragraphs.append([])
        paragraphs[-1].append(tuple(parts_of(one.text, on)))
        before = one.end
    counts: dict[str, int] = {}
    for part in (part for own in paragraphs for sentence in own for part in sentence if isinstance(part, Named)):
        for code in part.codes:
            counts[code] = counts.get(code, 0) + 1
    codes = tuple(sorted(counts, key=lambda code: (-counts[code], code)))
    sentences = tuple(tuple(own) for own in paragraphs)
    return Text(on, codes, tuple(parts_of(title.text, on)), sentences, len(article.body.split()))


def parts_of(text: str, on: date) -> Iterator[Part]:
    """Cut a sentence into what stays, names and dates."""
    at = 0
    for start, end, part in sorted([*_names(text, on), *_dates(text, on)], key=lambda found: found[:2]):
        if start >= at:
            if start > at:
                yield text[at:start]
            yield part
            at = end
    if at < len(text):
        yield text[at:]


@cache
def _entries() -> dict[str, list[ActorEntry]]:
    found: dict[str, list[ActorEntry]] = {}
    for entry in load_dictionary():
        found.setdefault(entry.alias.replace("’", "'"), []).append(entry)
    return found


def _names(text: str, on: date) -> Iterator[tuple[int, int, Named]]:
    """Yield the names of countries, the longest at each place; names of no actor ("Korean War") stay what they are."""
    words = [match.span() for match in _WORD.finditer(text)]
    flat, n = text.replace("’", "'"), 0
    while n < len(words):
        size, entry = _longest(flat, words, n, on)
        if entry is not None and entry.kind in KINDS and all(entry.codes):
            start, end = words[n][0], words[n][0] + len(entry.alias)
            plural = entry.kind == "demonym" and entry.alias.endswith("s")
            which = int.from_bytes(entry.alias.encode(), "big") % 97
            yield start, end, Named(entry.codes, entry.kind, entry.role, which, plural)
        n += max(size, 1)


def _longest(text: str, words: list[tuple[int, int]], n: int, on: date) -> tuple[int, ActorEntry | None]:
    for size in range(min(WORDS_OF_A_NAME, len(words) - n), 0, -1):
        written = text[words[n][0] : words[n + size - 1][1]]
        for alias in (written, written.removesuffix("'s")):
            own = [entry for entry in _entries().get(alias, ()) if entry.start <= on <= entry.end]
            if own:
                return size, own[0]
    return 0, None


def _dates(text: str, on: date) -> Iterator[tuple[int, int, Dated]]:
    for match in _DATE.finditer(text):
        form, written = str(match.lastgroup), match.group()
        if form == "weekday":
            yield *match.span(), Dated(on - timedelta(days=(on.weekday() - WEEKDAYS.index(written)) % 7), form)
            continue
        numbers = [int(one) for one in re.findall(r"\d+", written)]
        month = next((n for n, name in enumerate(MONTHS, 1) if written.startswith(name)), 7)
        year = numbers[-1] if numbers and numbers[-1] > 31 else on.year
        day = numbers[0] if form == "day" else _MID
        form = "dated" if form == "day" and len(numbers) > 1 else form
        yield *match.span(), Dated(date(year, month, min(day, 28)), form)


@lru_cache(maxsize=1 << 16)
def written(slot: Dated, days: int) -> str:
    """Return a date moved by some days, in the form in which it was written."""
    value = slot.value + timedelta(days=days)
    if slot.form == "weekday":
        return WEEKDAYS[value.weekday()]
    month = MONTHS[value.month - 1]
    forms = {"dated": f"{month} {value.day}, {value.year}", "day": f"{month} {value.day}", "only": month}
    return forms.get(slot.form) or (f"{month} {value.year}" if slot.form == "month" else str(value.year))


Cast = Mapping[str, "Country"]
"""Code in the demo article → the country that plays its part."""


class Country(NamedTuple):
    """What a country is called; its leaders change with the day, and are asked for by it."""

    name: str
    demonym: str
    people: str
    capital: str
    seat: str
    persons: tuple[tuple[str, date, date], ...]
    bodies: tuple[str, ...]
    places: tuple[str, ...]

    def called(self, slot: Named, on: date) -> str:
        """Return the country's form for a slot."""
        if slot.kind == "person":
            there = [name for name, start, end in self.persons if start <= on <= end]
            return there[slot.which % len(there)] if there else f"the {self.demonym} leader"
        if slot.kind in BODIES:
            return self.bodies[slot.which % len(self.bodies)] if self.bodies else f"the {self.demonym} army"
        if slot.kind in ("place", "region"):
            return self.places[slot.which % len(self.places)] if self.places else f"northern {self.name}"
        plain = {"demonym": self.people if slot.plural else self.demonym, "capital": self.capital, "seat": self.seat}
        return plain.get(slot.kind, self.name)


def filled(sentence: Sentence, cast: Cast, days: int, on: date) -> str:
    """Return a sentence about other countries, some days later (or earlier)."""
    text = "".join(
        part if isinstance(part, str) else written(part, days) if isinstance(part, Dated) else _called(part, cast, on)
        for part in sentence
    )
    return text[:1].upper() + text[1:]


def _called(slot: Named, cast: Cast, on: date) -> str:
    return " and ".join(dict.fromkeys(cast[code].called(slot, on) for code in slot.codes))
