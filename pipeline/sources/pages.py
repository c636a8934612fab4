"""A list of urls → links to pages; the list stands in the settings, or in a file with what is known of each."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import model_validator

from pipeline.records import Item, Link, Raw, Rejection
from pipeline.settings import Section
from pipeline.sources.files import read_file
from pipeline.sources.places import File, Folder, find, lines_of

_MAX_URL = 8192


class PagesOptions(Section):
    """Options of the kind `pages`: `urls`, or a `file` (.txt with a url a line, or a table with a column url)."""

    urls: tuple[str, ...] = ()
    file: str = ""
    outlet: str = ""
    language: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> PagesOptions:
        if bool(self.urls) == bool(self.file):
            raise ValueError("give either urls or file")
        return self


def read(options: PagesOptions, max_bytes: int) -> Iterator[Item]:
    """Yield a link for every url."""
    known = {name: value for name, value in (("outlet", options.outlet), ("language", options.language)) if value}
    for url in options.urls:
        yield Link(url, "page", known)
    if options.file:
        found = find(options.file)
        for file in found.files if isinstance(found, Folder) else (found,):
            yield from _listed(file, known, max_bytes)


def _listed(file: File, known: dict[str, str], max_bytes: int) -> Iterator[Item]:
    if file.kind == ".txt":
        with file.opened() as opened:
            for line in lines_of(opened, _MAX_URL):
                if url := line.decode("utf-8", "replace").strip().removeprefix("\ufeff"):
                    yield Link(url, "page", known)
        return
    for item in read_file(file, max_bytes):
        yield _link(item, known) if isinstance(item, Raw) else item


def _link(row: Raw, known: dict[str, str]) -> Item:
    fields = {name: _text(value) for name, value in row.fields.items() if value not in (None, "")}
    url = fields.pop("url", fields.pop("link", ""))
    if not url:
        return Rejection(row.place, "missing column", "a list of pages needs a column url", b"")
    return Link(url, "page", {**known, **fields})


def _text(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode()
