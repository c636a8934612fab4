"""A stream of bytes → a body, unpacked, never longer than the limit.

A gzip bomb is unpacked no further than the limit, and an endless body is read no further.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable

from pipeline.fetch.failures import Failed, Refused

ACCEPTED = "gzip, deflate"
_ANY_HEADER = 47  # zlib: gzip or zlib header, the largest window
_PIECE = 65_536
_MOST_MEMBERS = 1000


async def read_body(stream: AsyncIterable[bytes], encoding: str, limit: int, cut: bool = False) -> bytes:
    """Read a body.

    Parameters
    ----------
    stream
        The body as it comes.
    encoding
        Its packing, as the header Content-Encoding says, in lower case.
    limit
        Most bytes, packed and unpacked.
    cut
        Keep the beginning of a longer body instead of refusing it.

    Raises
    ------
    Refused
        If it is longer than `limit`, before or after unpacking, or packed in a way not asked for.
    Failed
        If its packing is broken, as a connection cut short leaves it.
    """
    packed = bytearray()
    async for chunk in stream:
        packed += chunk
        if len(packed) > limit:
            if not cut:
                raise Refused("body too long", f"more than {limit} bytes; raise fetch.max_bytes")
            break
    if encoding in ("", "identity"):
        return bytes(packed[:limit])
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Refused("unknown encoding", f"the body is packed as {encoding!r}, which was not asked for")
    return await asyncio.to_thread(unpacked, bytes(packed), limit)


def unpacked(packed: bytes, limit: int) -> bytes:
    """Return a gzip or deflate body unpacked, all members of it, up to the limit."""
    whole = bytearray()
    view, start = memoryview(packed), 0
    try:
        for _ in range(_MOST_MEMBERS):
            start += _member(view[start:], whole, limit)
            while start < len(view) and view[start] == 0:  # padding
                start += 1
            if start >= len(view):
                return bytes(whole)
    except zlib.error as error:
        raise Failed("broken encoding", str(error)) from error
    raise Refused("body too long", f"more than {_MOST_MEMBERS} members in a packed body")


def _member(packed: memoryview, whole: bytearray, limit: int) -> int:
    """Unpack one member, a piece at a time so that what follows it is not copied; return its packed length."""
    machine = zlib.decompressobj(_ANY_HEADER if bytes(packed[:1]) in (b"\x1f", b"\x78") else -zlib.MAX_WBITS)
    for start in range(0, len(packed), _PIECE):
        piece = packed[start : start + _PIECE]
        whole += machine.decompress(piece, limit + 1 - len(whole))
        if len(whole) > limit:
            raise Refused("body too long", f"more than {limit} bytes unpacked; raise fetch.max_bytes")
        if machine.eof:
            return start + len(piece) - len(machine.unused_data)
    raise Failed("broken encoding", "the packed body ends too early")
