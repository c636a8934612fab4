"""The actor seeds → aliases: what is printed, whom it means, in which role, from when to when."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.errors import SeedError
from pipeline.paths import seeds_dir

BLOCKED = ""
"""Code of an alias that names no actor, such as "Sea of Japan"; it keeps what lies inside it from matching."""


REFERENCES = frozenset("one two three former latter other noun plural".split())
"""Kinds of aliases that name nobody by themselves: "both sides", "the regime", "its army"."""
_POINTERS = ("the", "its", "his", "her", "their")


@dataclass(frozen=True, slots=True)
class ActorEntry:
    """One meaning of an alias.

    `codes` holds one ISO 3166-1 alpha-3 code, or two for "the two Koreas", or none for a reference. Where `context`
    is not empty, one of its codes must be named otherwise in the article; of a reference they are those that it can
    mean. `start` and `end` (inclusive) are the dates in office.
    """

    alias: str
    codes: tuple[str, ...]
    role: str
    kind: str
    context: tuple[str, ...] = ()
    start: date = date.min
    end: date = date.max


@cache
def load_dictionary(folder: Path | None = None) -> tuple[ActorEntry, ...]:
    """Read every file of an actors folder.

    Raises
    ------
    SeedError
        If an alias is empty, a code is not one of `countries.csv`, or a date is not ISO.
    """
    folder = folder or seeds_dir() / "actors"
    entries = [*_countries(folder), *_bodies(folder), *_leaders(folder), *_phrases(folder), *_blocked(folder)]
    entries += [*_references(folder), *_nouns(folder)]
    known = {code for entry in entries if entry.kind == "name" for code in entry.codes}
    for entry in entries:
        if not entry.alias.strip():
            raise SeedError(f"{folder}: an alias of {entry.codes} ({entry.kind}) is empty")
        for code in entry.codes:
            if code != BLOCKED and code not in known:
                raise SeedError(f"{folder}: {entry.alias!r} has the code {code!r}, absent from countries.csv")
    return tuple(entries)


@cache
def country_names(folder: Path | None = None) -> dict[str, str]:
    """Return code → English short name, for titles of plots and tables."""
    return {row["code"]: row["name"] for row in _rows((folder or seeds_dir() / "actors") / "countries.csv")}


@cache
def role_nouns(folder: Path | None = None) -> dict[str, str]:
    """Return lower-case nouns that follow a demonym or possessive → role, such as "navy" → MIL."""
    return {row["noun"]: row["role"] for row in _rows((folder or seeds_dir() / "actors") / "roles.csv")}


@cache
def capitals() -> dict[str, str]:
    """Return capital → country code."""
    return {entry.alias: entry.codes[0] for entry in load_dictionary() if entry.kind == "capital"}


@cache
def thing_nouns(folder: Path | None = None) -> frozenset[str]:
    """Return nouns that make a demonym a mere adjective: "Turkish *coffee*", "the Malaysian *border*"."""
    return frozenset(row["noun"] for row in _rows((folder or seeds_dir() / "actors") / "things.csv"))


@cache
def actors_fingerprint(folder: Path | None = None) -> str:
    """Return 16 hexadecimal digits over the files of an actors folder."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted((folder or seeds_dir() / "actors").glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _countries(folder: Path) -> Iterator[ActorEntry]:
    kinds = {"names": "name", "demonyms": "demonym", "capital": "capital", "seats": "seat"}
    for row in _rows(folder / "countries.csv"):
        role = "IGO" if row["kind"] == "igo" else ""
        yield ActorEntry(row["name"], (row["code"],), role, "name")
        for column, kind in kinds.items():
            for alias in filter(None, row[column].split("|")):
                seat_role = "GOV" if kind in ("capital", "seat") else ""
                yield ActorEntry(alias, (row["code"],), role or seat_role, kind)


def _bodies(folder: Path) -> Iterator[ActorEntry]:
    for row in _rows(folder / "bodies.csv"):
        yield ActorEntry(row["alias"], (row["code"],), row["role"], row["kind"], _context(row["note"], row["code"]))


def _context(note: str, own: str) -> tuple[str, ...]:
    """Read the note "context" (the alias's own codes) or "context:KOR|PRK" (these)."""
    word, _, codes = note.partition(":")
    return tuple((codes or own).split("|")) if word == "context" else ()


def _leaders(folder: Path) -> Iterator[ActorEntry]:
    for path in sorted(folder.glob("leaders*.csv")):
        for n, row in enumerate(_rows(path), 2):
            start = _date(row["start"], f"{path}:{n}") or date.min
            end = _date(row["end"], f"{path}:{n}") or date.max
            if end < start:
                raise SeedError(f"{path}:{n}: {row['person']} leaves office {end} before taking it {start}")
            for alias in filter(None, [row["person"], *row["aliases"].split("|")]):
                yield ActorEntry(alias, (row["code"],), row["role"], "person", start=start, end=end)


def _phrases(folder: Path) -> Iterator[ActorEntry]:
    for row in _rows(folder / "phrases.csv"):
        yield ActorEntry(
            row["alias"], tuple(row["codes"].split("|")), row["role"], "phrase", _context(row["note"], row["codes"])
        )


def _blocked(folder: Path) -> Iterator[ActorEntry]:
    for row in _rows(folder / "not_actors.csv"):
        yield ActorEntry(row["phrase"], (BLOCKED,), "", "blocked")


def _references(folder: Path) -> Iterator[ActorEntry]:
    for row in _rows(folder / "references.csv"):
        codes = tuple(filter(None, row["codes"].split("|")))
        for alias in (row["alias"], row["alias"][0].upper() + row["alias"][1:]):
            yield ActorEntry(alias, (), row["role"], row["number"], codes)


def _nouns(folder: Path) -> Iterator[ActorEntry]:
    """Yield "the police", "its army" for every role noun."""
    for row in _rows(folder / "roles.csv"):
        noun, role = row["noun"], row["role"]
        for pointer in {"no": (), "own": _POINTERS[1:]}.get(row["refers"], _POINTERS):
            for alias in (f"{pointer} {noun}", f"{pointer.title()} {noun}"):
                yield ActorEntry(alias, (), role, "noun")


def _date(text: str, place: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SeedError(f"{place}: {text!r} is not an ISO date (YYYY-MM-DD)") from error
