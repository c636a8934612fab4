"""Files and folders of articles, here or in an object store, whatever their format."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import SourceError
from pipeline.records import Item, Raw
from pipeline.settings import Section
from pipeline.sources.documents import DOCUMENTS, read_document, read_manifest
from pipeline.sources.lines import read_jsonl
from pipeline.sources.places import File, Folder, find
from pipeline.sources.tabular import read_csv, read_parquet
from pipeline.sources.warc import read_warc

MANIFEST = "manifest.csv"
TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
KINDS = (*DOCUMENTS, *TABLES, ".warc")


class FilesOptions(Section):
    """Options of the kinds `files` and `warc`."""

    path: str
    outlet: str = ""
    language: str = ""


def read(options: FilesOptions, max_bytes: int) -> Iterator[Item]:
    """Yield every record of the files, in order of file name.

    Raises
    ------
    SourceError
        If nothing is there, a file is of an unknown kind, or a folder holds no articles.
    """
    known = {name: value for name, value in (("outlet", options.outlet), ("language", options.language)) if value}
    found = find(options.path)
    items = _read_folder(found, max_bytes) if isinstance(found, Folder) else read_file(found, max_bytes)
    for item in items:
        yield Raw(item.place, {**known, **item.fields}) if known and isinstance(item, Raw) else item


def read_file(file: File, max_bytes: int) -> Iterator[Item]:
    """Yield the records of one file."""
    if file.kind in DOCUMENTS:
        yield read_document(file, {}, max_bytes)
    elif file.kind in (".jsonl", ".ndjson"):
        yield from read_jsonl(file, max_bytes)
    elif file.kind in (".csv", ".tsv"):
        yield from read_csv(file, max_bytes, "\t" if file.kind == ".tsv" else ",")
    elif file.kind == ".parquet":
        yield from read_parquet(file, max_bytes)
    elif file.kind == ".warc":
        yield from read_warc(file, max_bytes)
    else:
        raise SourceError(f"{file.name} is of no known kind; known are {', '.join(KINDS)} (also .gz .bz2 .zst)")


def _read_folder(folder: Folder, max_bytes: int) -> Iterator[Item]:
    manifests = [file for file in folder.files if file.path.endswith(f"/{MANIFEST}")]
    inside = tuple(file.beside("").path for file in manifests)
    files = [file for file in folder.files if file.kind in KINDS and not file.path.startswith(inside)]
    if not files and not manifests:
        raise SourceError(f"the folder {folder.name} holds no articles ({', '.join(KINDS)})")
    for manifest, start in zip(manifests, inside, strict=True):
        own = tuple(file for file in folder.files if file.path.startswith(start) and file != manifest)
        yield from read_manifest(manifest, Folder(start, own), max_bytes)
    for file in files:
        yield from read_file(file, max_bytes)
