"""One text or HTML file an article, dated by a manifest beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from pipeline.records import Raw, Rejection
from pipeline.sources.places import File, Folder

PAGES = (".html", ".htm", ".xhtml")
DOCUMENTS = (".txt", *PAGES)


def read_document(file: File, known: Mapping[str, str], max_bytes: int) -> Raw | Rejection:
    """Read one file; `known` holds what the manifest says of it."""
    try:
        with file.opened() as opened:
            content = opened.read(max_bytes + 1)
    except OSError as error:
        return Rejection(file.name, "unreadable file", str(error), b"")
    if len(content) > max_bytes:
        return Rejection(file.name, "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", content)
    if file.kind in PAGES:
        return Raw(file.name, {**known, "html": content})
    try:
        return Raw(file.name, {**known, "body": content.decode("utf-8-sig")})
    except UnicodeDecodeError as error:
        return Rejection(file.name, "broken UTF-8", f"{error}; save the file as UTF-8", content)


def read_manifest(manifest: File, folder: Folder, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Read a manifest (columns `file`, `published_at`, optional `outlet`, `title`, `url`) and its files.

    A file that no row names is rejected: nothing beside it tells its date.
    """
    try:
        with manifest.opened() as opened, io.TextIOWrapper(opened, "utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        yield Rejection(manifest.name, "unreadable manifest", str(error), b"")
        return
    if not rows or "file" not in rows[0]:
        yield Rejection(manifest.name, "missing column", "a manifest needs the columns file and published_at", b"")
        return
    there = {file.path: file for file in folder.files}
    for n, row in enumerate(rows, 2):
        name = row.get("file") or ""
        file = there.pop(manifest.beside(name).path, None)
        if file is None:
            yield Rejection(f"{manifest.name}:{n}", "missing file", f"names {name!r}, which is not beside it", b"")
            continue
        yield read_document(file, {key: value or "" for key, value in row.items() if key != "file"}, max_bytes)
    for file in there.values():
        if file.kind in DOCUMENTS:
            yield Rejection(file.name, "not in manifest", f"add a row with its date to {manifest.name}", b"")
