"""A path, glob or url → the files there: on this machine, in an object store, packed or not.

Whatever `pyarrow.fs` knows (file, s3, gs, abfs, hdfs) is asked through it, anything else through fsspec; both then look
the same. gz, bz2, zst and lz4 files are unpacked while they are read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO, cast

import pyarrow as pa
from pyarrow import fs as pafs

from pipeline.errors import SourceError

_PACKED = (".gz", ".bz2", ".zst", ".lz4")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_BUFFER = 1 << 17  # a read through Arrow costs as much as some thousand bytes
_ARROW = ("file", "s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs")


@dataclass(frozen=True)
class File:
    """One file: where it lies, and the name that people know it by."""

    system: pafs.FileSystem
    path: str
    name: str

    @property
    def kind(self) -> str:
        """The suffix that tells the format, without that of the packing; lower-case."""
        path = PurePosixPath(self.path.lower())
        return (PurePosixPath(path.stem) if path.suffix in _PACKED else path).suffix

    def opened(self) -> IO[bytes]:
        """Open for reading from the start, unpacked."""
        stream = self.system.open_input_stream(self.path, compression="detect")
        return cast(IO[bytes], io.BufferedReader(stream, _BUFFER))

    def seekable(self) -> pa.NativeFile:
        """Open for reading anywhere, as it lies."""
        return self.system.open_input_file(self.path)

    def beside(self, name: str) -> File:
        """Return the file of another name in the same folder, which need not exist."""
        folder, known = str(PurePosixPath(self.path).parent), self.name[: len(self.name) - len(self.path)]
        return File(self.system, f"{folder}/{name}", f"{known}{folder}/{name}")


@dataclass(frozen=True)
class Folder:
    """A folder and the files in it, at any depth, in order of name; hidden ones are left out."""

    name: str
    files: tuple[File, ...]


def find(where: str) -> File | Folder:
    """Return the file or folder at a path or url; a path with `*` or `?` is a folder of what fits it.

    Raises
    ------
    SourceError
        If there is nothing, or nothing that can be asked.
    """
    system, path, prefix = _system(where)
    base = _base(path)
    try:
        info = system.get_file_info(base)
        if info.type == pafs.FileType.File:
            return File(system, base, prefix + base)
        if info.type == pafs.FileType.NotFound:
            raise SourceError(f"there is no {where}; give a file or folder of articles")
        listed = system.get_file_info(pafs.FileSelector(base, recursive=True))
    except OSError as error:
        raise SourceError(f"cannot list {where}: {error}") from error
    found = (one.path for one in listed if one.type == pafs.FileType.File and not _hidden(one.path, base))
    fitting = sorted(one for one in found if base == path or _fits(one, path))
    if base != path and not fitting:
        raise SourceError(f"nothing fits {where}; * stands for any part of one name, ** for folders")
    return Folder(where, tuple(File(system, one, prefix + one) for one in fitting))


def _system(where: str) -> tuple[pafs.FileSystem, str, str]:
    """Return the file system, the path within it, and what stands before the path in a full name."""
    scheme = _URL.match(where)
    if scheme is None:
        return pafs.LocalFileSystem(), str(Path(where)), ""
    if scheme[1] in ("http", "https"):
        raise SourceError(f"{where} is a page, not a file: use a source of kind pages, feed or sitemap")
    try:
        system, path = pafs.FileSystem.from_uri(where) if scheme[1] in _ARROW else _from_fsspec(where)
    except (OSError, ValueError, ImportError) as error:
        raise SourceError(f"cannot reach {where}: {error}") from error
    return system, path, "" if scheme[1] == "file" else f"{scheme[1]}://"


def _from_fsspec(where: str) -> tuple[pafs.FileSystem, str]:
    import fsspec  # noqa: PLC0415 - only for what Arrow does not know

    system, path = fsspec.core.url_to_fs(where)
    return pafs.PyFileSystem(pafs.FSSpecHandler(system)), path


def _base(path: str) -> str:
    """Return the part of a path before its first wildcard."""
    parts = PurePosixPath(path).parts
    plain = [part for n, part in enumerate(parts) if not any("*" in one or "?" in one for one in parts[: n + 1])]
    return str(PurePosixPath(*plain)) if plain else "."


def _fits(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern, name by name; `**` stands for any number of folders."""
    return _parts_fit(PurePosixPath(path).parts, PurePosixPath(pattern).parts)


def _parts_fit(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_parts_fit(parts[n:], wanted[1:]) for n in range(len(parts) + 1))
    named = wanted[0].replace("[", "[[]")  # only * and ? are special
    return bool(parts) and fnmatchcase(parts[0], named) and _parts_fit(parts[1:], wanted[1:])


def _hidden(path: str, base: str) -> bool:
    inside = PurePosixPath(path).parts[len(PurePosixPath(base).parts) :]
    return any(part.startswith(".") for part in inside)


def lines_of(file: IO[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield lines; of one over the limit only a beginning longer than the limit is kept in memory."""
    while line := file.readline(max_bytes + 2):
        if len(line) > max_bytes and not line.endswith(b"\n"):
            while (rest := file.readline(max_bytes)) and not rest.endswith(b"\n"):
                pass
        yield line
