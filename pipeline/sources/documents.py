"""One text or HTML file an article, dated by a manifest beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.records import Raw, Rejection
from pipeline.sources.opening import opened


def read_document(path: Path, known: dict[str, str], max_bytes: int) -> Raw | Rejection:
    """Read one file; `known` holds what the manifest says of it."""
    try:
        with opened(path) as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        return Rejection(str(path), "unreadable file", str(error), b"")
    if len(content) > max_bytes:
        return Rejection(str(path), "too long", f"more than {max_bytes} bytes; raise articles.max_line_bytes", content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Rejection(str(path), "broken UTF-8", f"{error}; save the file as UTF-8", content)
    html = path.name.lower().removesuffix(".gz").endswith((".html", ".htm"))
    return Raw(str(path), {**known, "html" if html else "body": text})


def read_manifest(path: Path, max_bytes: int) -> Iterator[Raw | Rejection]:
    """Read a manifest (columns `file`, `published_at`, optional `outlet`, `title`, `url`) and its files.

    A file that no row names is rejected: nothing beside it tells its date.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        yield Rejection(str(path), "unreadable manifest", str(error), b"")
        return
    if not rows or "file" not in rows[0]:
        yield Rejection(str(path), "missing column", "a manifest needs the columns file and published_at", b"")
        return
    named = set()
    for n, row in enumerate(rows, 2):
        name = row.get("file") or ""
        document = path.parent / name
        if not name or not document.resolve().is_relative_to(path.parent.resolve()) or not document.is_file():
            yield Rejection(f"{path}:{n}", "missing file", f"the manifest names {name!r}, which is not there", b"")
            continue
        named.add(document)
        yield read_document(document, {key: value or "" for key, value in row.items() if key != "file"}, max_bytes)
    for document in sorted(path.parent.iterdir()):
        if document.suffix in (".txt", ".html", ".htm") and document not in named:
            yield Rejection(str(document), "not in manifest", f"add a row with its date to {path}", b"")
