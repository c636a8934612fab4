"""The gold sets of dates, actors and documents → how often the rooms are right.

The formats are told in `tests/gold/README.md`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.actors import load_finder, read_actors
from pipeline.chain import code_articles
from pipeline.coder.prediction import Coder
from pipeline.dates import find_dates
from pipeline.merge import REPORTS, merge
from pipeline.records import Actor, Article, ResolvedDate
from pipeline.scale import load_scale
from pipeline.settings import Settings
from pipeline.tables import MENTIONS, table_of
from pipeline.training.evaluate import merged

_ACTOR = re.compile(r"(?P<words>.+)=(?P<codes>[A-Z+]+):(?P<role>[A-Z]{3}|-)")
_TOLD = ("happened", "announced", "historical", "denied")


@dataclass(frozen=True)
class DateScores:
    """Phrases, the share (0–1) whose first day, last day and precision are right, and the others."""

    phrases: int
    right: float
    errors: tuple[str, ...]


@dataclass(frozen=True)
class ActorScores:
    """Actors to be found, precision, recall and F1 (0–1) of place and country, share of right roles, and the errors."""

    actors: int
    precision: float
    recall: float
    f1: float
    role: float
    errors: tuple[str, ...]


@dataclass(frozen=True)
class DocumentScores:
    """Events of documents; all shares 0–1.

    An event is right with its pair, type, first day and precision. `pair` and `event_type` are the shares of found
    events whose pair, or pair and type, is told by the document; `dated` the share of the latter whose date is right;
    `moved` counts events that are only old in the document but were found as news.
    """

    events: int
    found: int
    precision: float
    recall: float
    f1: float
    pair: float
    event_type: float
    dated: float
    moved: int
    errors: tuple[str, ...]


def score_dates(path: Path) -> DateScores:
    """Resolve every phrase of a file of dates."""
    rows = list(_table(path))
    errors = []
    for row in rows:
        start = row["text"].index(row["phrase"])
        end = start + len(row["phrase"])
        dates = find_dates(row["text"], date.fromisoformat(row["published"]))
        hits = [one for one in dates if one.start < end and start < one.end]
        if not _is_right(row, hits):
            got = "; ".join(f"{one.value} … {one.last} {one.precision} ({one.rule})" for one in hits) or "nothing"
            wanted = f"{row['first']} … {row['last']} {row['precision']}"
            errors.append(f"{row['published']} {row['phrase']!r}: {got}, not {wanted}: {row['text']}")
    return DateScores(len(rows), 1 - len(errors) / len(rows), tuple(errors))


def _is_right(row: dict[str, str], hits: Sequence[ResolvedDate]) -> bool:
    if row["precision"] == "none":
        return not hits
    wanted = (row["first"], row["last"], row["precision"])
    return any((str(one.value), str(one.last), one.precision) == wanted for one in hits)


def score_actors(path: Path) -> ActorScores:
    """Find the actors of every sentence of a file."""
    finder = load_finder()
    wanted = right = extra = roles = 0
    errors = []
    for row in _table(path):
        sentences = [text for text in (row["context"], row["text"]) if text]
        found = read_actors(finder, sentences, date.fromisoformat(row["published"]))[-1]
        known = list(_known_actors(row))
        pairs = [(one, _matching(one, found)) for one in known]
        hits = [(one, match) for one, match in pairs if match is not None]
        wrong = [one for one in found if _matching(one, known) is None]
        wanted, right, extra = wanted + len(known), right + len(hits), extra + len(wrong)
        roles += sum(one.role == match.role for one, match in hits)
        missed = [f"{one.alias}={one.code}" for one, match in pairs if match is None]
        if missed or wrong:
            surplus = [f"{one.alias}={one.code}" for one in wrong]
            errors.append(f"missed {missed}, surplus {surplus}: {row['context']} | {row['text']}")
    precision, recall = right / max(1, right + extra), right / max(1, wanted)
    return ActorScores(wanted, precision, recall, _f1(precision, recall), roles / max(1, right), tuple(errors))


def _known_actors(row: dict[str, str]) -> Iterator[Actor]:
    position = 0
    for one in row["actors"].split() if row["actors"] != "-" else ():
        match = _ACTOR.fullmatch(one)
        if match is None:
            raise ValueError(f"{one!r} is no words=CODE:ROLE")
        words = match["words"].replace("_", " ")
        start = row["text"].index(words, position)
        position = start + len(words)
        for code in match["codes"].split("+"):
            yield Actor(start, position, code, match["role"].replace("-", ""), words)


def _matching(one: Actor, others: Sequence[Actor]) -> Actor | None:
    """Return the actor of the same country at the same place."""
    same = (other for other in others if other.code == one.code and other.start < one.end and one.start < other.end)
    return next(same, None)


def score_documents(path: Path, coder: Coder, settings: Settings) -> DocumentScores:
    """Code every document of a file, and compare its events."""
    known_total = found_total = right = pairs = types = dated = moved = 0
    errors: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        known, found = document["events"], _events(document, coder, settings)
        taken: set[int] = set()
        for event in found:
            same = [n for n, one in enumerate(known) if (one["source"], one["target"]) == event[:2]]
            alike = [n for n in same if event[2] in {merged(name) for name in known[n]["types"]}]
            exact = [n for n in alike if event[3:] == (known[n]["first"], known[n]["precision"])]
            free = [n for n in exact if n not in taken]
            taken |= set(free[:1])
            pairs, types, dated = pairs + bool(same), types + bool(alike), dated + bool(exact)
            old = bool(alike) and all(known[n]["status"] == "historical" for n in alike)
            moved += old and event[3] == document["published_at"]
            if not free:
                errors.append(f"{document['id']}: {'date' if alike else 'type' if same else 'pair'} {event}")
        known_total, found_total, right = known_total + len(known), found_total + len(found), right + len(taken)
    precision, recall = right / max(1, found_total), right / max(1, known_total)
    return DocumentScores(
        known_total,
        found_total,
        precision,
        recall,
        _f1(precision, recall),
        pairs / max(1, found_total),
        types / max(1, found_total),
        dated / max(1, types),
        moved,
        tuple(errors),
    )


def _events(document: dict[str, Any], coder: Coder, settings: Settings) -> list[tuple[str, str, str, str | None, str]]:
    """Return (source, target, type, first day, precision) of a document's events, merged as in the line."""
    moment = datetime.combine(date.fromisoformat(document["published_at"]), time(), UTC)
    article = Article(document["id"], "", "", document["title"], document["text"], "en", moment, None, "")
    mentions = code_articles([article], coder, settings)
    told = [one for one in mentions if one.status in _TOLD and one.probability >= settings.index.min_confidence]
    printed = {"article_id": document["id"], "outlet": "", "published_at": moment, "story": document["id"]}
    reports = pa.Table.from_pylist([printed], schema=REPORTS)
    events = merge(table_of(told, MENTIONS), reports, load_scale(), settings.merge.lookback_days)
    return sorted({_event(row) for row in events.to_pylist()}, key=str)


def _event(row: dict[str, Any]) -> tuple[str, str, str, str | None, str]:
    day = row["event_date"].isoformat()
    return (row["source"], row["target"], merged(row["event_type"]), day, row["date_precision"])


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-9, precision + recall)


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
