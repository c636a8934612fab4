"""Labelled sentences: tab-separated files with marked source and target → typed rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from sys import intern

from pipeline.coder.tokens import Marked
from pipeline.errors import SeedError
from pipeline.scale import NO_EVENT, load_scale

HELD_OUT = 5
"""One story in this many is held out."""
_MARK = re.compile(r"</?[st]>")
COLUMNS = ("marked_sentence", "event_type", "mode", "status", "reciprocal", "topic")
"""The columns of a file of labelled sentences."""
_STATUSES = ("happened", "announced", "hypothetical", "denied", "historical")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled sentence. `batch` is the file it came from, `topic` its story group."""

    marked: Marked
    event_type: str
    mode: str
    status: str
    reciprocal: bool
    topic: str
    batch: str

    @property
    def group(self) -> str:
        """The story that a row belongs to; stories are held out whole."""
        return f"{self.batch}/{self.topic}"

    @property
    def held_out(self) -> bool:
        """Whether a row is kept for measuring: every fifth story is, and no phrase was written after reading it."""
        return int.from_bytes(blake2b(self.group.encode(), digest_size=4).digest(), "big") % HELD_OUT == 0


def parse_marked(text: str) -> Marked:
    """Read `<s>…</s>` and `<t>…</t>` out of a sentence.

    The first of several spans counts; spans may overlap. An actor that the sentence leaves out gets an empty
    span at its end.
    """
    opened: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    plain, position = "", 0
    for mark in _MARK.finditer(text):
        plain += text[position : mark.start()]
        position = mark.end()
        name = mark.group()[-2]
        if mark.group()[1] != "/":
            opened[name] = len(plain)
        elif name in opened:
            spans.setdefault(name, (opened[name], len(plain)))
    plain += text[position:]
    nowhere = (len(plain), len(plain))
    return Marked(plain, spans.get("s", nowhere), spans.get("t", nowhere))


def tagged(marked: Marked) -> str:
    """Write `<s>…</s>` and `<t>…</t>` into a sentence; the inverse of `parse_marked`."""
    text = marked.text
    ends = [(marked.source, "s"), (marked.target, "t")]
    for (start, end), name in sorted(ends, reverse=True):
        text = f"{text[:start]}<{name}>{text[start:end]}</{name}>{text[end:]}"
    return text


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (place, row) of a tab-separated file that must have `columns`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise SeedError(f"{path}: no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ())}")
        for n, row in enumerate(reader, 2):
            yield f"{path}:{n}", row


def read_labelled(folder: Path) -> list[Labelled]:
    """Read every `*.tsv` of a folder, in order of name.

    Raises
    ------
    SeedError
        If a label is not in the scale, a span is not marked, or a sentence stands twice.
    """
    rows: list[Labelled] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.tsv")):
        for place, row in read_table(path, COLUMNS):
            key = row["marked_sentence"]
            if key in seen:
                raise SeedError(f"{place}: the same sentence stands at {seen[key]}; delete one")
            seen[key] = place
            rows.append(_labelled(row, place, path.stem))
    if not rows:
        raise SeedError(f"{folder} holds no labelled sentences (*.tsv)")
    return rows


def _labelled(row: dict[str, str], place: str, batch: str) -> Labelled:
    event_type, mode, status = row["event_type"], row["mode"], row["status"]
    if event_type == NO_EVENT:
        if mode or status:
            raise SeedError(f"{place}: a row without event has mode {mode!r} or status {status!r}; leave them empty")
    elif (event_type, mode) not in load_scale().entries:
        raise SeedError(f"{place}: no type and mode {event_type}/{mode} in seeds/scale.csv")
    elif status not in _STATUSES:
        raise SeedError(f"{place}: status {status!r} is none of {', '.join(_STATUSES)}")
    if any(row["marked_sentence"].count(mark) != 1 for mark in ("<s>", "</s>", "<t>", "</t>")):
        raise SeedError(f"{place}: mark one source <s>…</s> and one target <t>…</t>, not {row['marked_sentence']!r}")
    marked = parse_marked(row["marked_sentence"])
    event_type, mode, status, topic, batch = map(intern, (event_type, mode, status, row["topic"], batch))
    return Labelled(marked, event_type, mode, status, row["reciprocal"] == "yes", topic, batch)
