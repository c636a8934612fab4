"""A stream of bytes → a body, unpacked, never longer than the limit.

A gzip bomb is unpacked no further than the limit, and an endless body is read no further.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from pipeline.fetch.failures import Failed, Refused

ACCEPTED = "gzip, deflate"
_ANY_HEADER = 47  # zlib: gzip or zlib header, the largest window


async def read_body(stream: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Read a body.

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
            raise Refused("body too long", f"more than {limit} bytes; raise fetch.max_bytes")
    if encoding in ("", "identity"):
        return bytes(packed)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Refused("unknown encoding", f"the body is packed as {encoding!r}, which was not asked for")
    return unpacked(bytes(packed), limit)


def unpacked(packed: bytes, limit: int) -> bytes:
    """Return a gzip or deflate body unpacked, all members of it, up to the limit."""
    whole = bytearray()
    try:
        while packed:
            machine = zlib.decompressobj(_ANY_HEADER if packed[:1] in (b"\x1f", b"\x78") else -zlib.MAX_WBITS)
            whole += machine.decompress(packed, limit + 1 - len(whole))
            if len(whole) > limit:
                raise Refused("body too long", f"more than {limit} bytes unpacked; raise fetch.max_bytes")
            if not machine.eof:
                raise Failed("broken encoding", "the packed body ends too early")
            packed = machine.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise Failed("broken encoding", str(error)) from error
    return bytes(whole)
