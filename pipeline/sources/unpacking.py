"""Packed bytes in memory → bytes, up to a limit: gzip, and zip with one file in it."""

from __future__ import annotations

import io
import zipfile
import zlib

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_GZIP_HEADER = 31  # zlib: a gzip header, the largest window


class UnpackError(ValueError):
    """The bytes are broken, or longer than the limit."""


def unpack(body: bytes, max_bytes: int) -> bytes:
    """Return the bytes unpacked if they are packed, else as they are.

    Raises
    ------
    UnpackError
        If they are broken, or would be longer than `max_bytes`.
    """
    try:
        if body.startswith(_GZIP):
            unpacked = zlib.decompressobj(_GZIP_HEADER).decompress(body, max_bytes + 1)
        elif body.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(archive.namelist()[0]) as file:
                unpacked = file.read(max_bytes + 1)
        else:
            return body
    except (zlib.error, zipfile.BadZipFile, IndexError, RuntimeError, EOFError, NotImplementedError) as error:
        raise UnpackError(f"broken archive: {error}") from error
    if len(unpacked) > max_bytes:
        raise UnpackError(f"more than {max_bytes} bytes unpacked")
    return unpacked
