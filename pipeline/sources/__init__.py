"""Files and folders → raw records, whatever their format; what cannot be read becomes a rejection.

A source is a folder of texts with a `manifest.csv`, or text, HTML, JSONL, CSV, TSV and Parquet files,
gzipped or not, or a folder of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.records import Raw, Rejection
from pipeline.sources.documents import read_document, read_manifest
from pipeline.sources.lines import read_jsonl
from pipeline.sources.tabular import read_csv, read_parquet

MANIFEST = "manifest.csv"
_DOCUMENTS = (".txt", ".html", ".htm")
_TABLES = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")


def read_sources(paths: Iterable[Path], max_bytes: int) -> Iterator[Raw | Rejection]:
    """Yield every record of the sources, in order of file name.

    Parameters
    ----------
    paths
        Files or folders.
    max_bytes
        Longest record read; a longer one is rejected.

    Raises
    ------
    SourceError
        If a path does not exist, is of an unknown kind, or is a folder without articles.
    """
    for path in paths:
        yield from _read(path, max_bytes)


def _read(path: Path, max_bytes: int) -> Iterator[Raw | Rejection]:
    if path.is_dir():
        yield from _read_folder(path, max_bytes)
        return
    if not path.exists():
        raise SourceError(f"there is no {path}; give a file or folder of articles")
    kind = _kind(path)
    if kind in _DOCUMENTS:
        yield read_document(path, {}, max_bytes)
    elif kind in (".jsonl", ".ndjson"):
        yield from read_jsonl(path, max_bytes)
    elif kind in (".csv", ".tsv"):
        yield from read_csv(path, max_bytes, "\t" if kind == ".tsv" else ",")
    elif kind == ".parquet":
        yield from read_parquet(path, max_bytes)
    else:
        raise SourceError(f"{path} is of no known kind; known are {', '.join((*_DOCUMENTS, *_TABLES))} (also .gz)")


def _read_folder(folder: Path, max_bytes: int) -> Iterator[Raw | Rejection]:
    if (folder / MANIFEST).exists():
        yield from read_manifest(folder / MANIFEST, max_bytes)
        return
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _kind(path) in (*_DOCUMENTS, *_TABLES))
    if not files:
        raise SourceError(f"the folder {folder} holds no articles ({', '.join((*_DOCUMENTS, *_TABLES))})")
    for path in files:
        yield from _read(path, max_bytes)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix
