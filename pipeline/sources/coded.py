"""Events that another system coded, one a row of a file: they skip the coder and enter where events are merged."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from pipeline.records import Coded, Item, Raw
from pipeline.settings import Fraction, Section
from pipeline.sources.files import read_file
from pipeline.sources.places import Folder, find


class CodedOptions(Section):
    """Options of the kind `coded`: `columns` maps our names to those of the file."""

    path: str
    columns: dict[str, str] = Field(default_factory=dict)
    outlet: str = ""
    probability: Fraction = 0.9


def read(options: CodedOptions, max_bytes: int) -> Iterator[Item]:
    """Yield the rows of the files."""
    found = find(options.path)
    for file in found.files if isinstance(found, Folder) else (found,):
        for item in read_file(file, max_bytes):
            yield _coded(item, options) if isinstance(item, Raw) else item


def _coded(row: Raw, options: CodedOptions) -> Coded:
    fields = {"outlet": options.outlet, "probability": options.probability, **row.fields}
    return Coded(row.place, fields | {ours: row.fields.get(theirs) for ours, theirs in options.columns.items()})
