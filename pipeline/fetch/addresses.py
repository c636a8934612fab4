"""Host names → network streams to public addresses only.

A name is resolved once, every address it has is checked, and the connection goes to a checked address, so that
a second answer of the name server (DNS rebinding) has no effect. Each redirect passes here again, since each
opens its connection here; TLS still verifies the name.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import anyio
import httpcore2

from pipeline.fetch.failures import Failed, Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_HIDING = tuple(
    ip_network(name)
    for name in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local, deprecated and still routed in places
    )
)
"""IPv6 ranges that may lead to a private IPv4 address, and that `ipaddress` does not call private."""
Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def is_public(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address may be asked: one of the public internet, or of a network the settings allow."""
    if any(address in network for network in allowed):
        return True
    hidden = any(address in network for network in _HIDING)
    return address.is_global and not (address.is_multicast or address.is_reserved or hidden)


class PublicOnly(httpcore2.AsyncNetworkBackend):
    """Opens connections to public addresses, and to the networks in `allowed`."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of `host` that answers; refuse if any of them is not public."""
        addresses = await self._checked(host, port)
        for n, address in enumerate(addresses, 1):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if n == len(addresses):
                    raise
        raise Failed("host down", f"{host} has no address")

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Failed("host down", f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found))
        for address in addresses:
            if not is_public(ip_address(address), self._allowed):
                raise Refused("private address", f"{host} ({address}); fetch.allow lists networks that may be asked")
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: no url leads to a socket file."""
        raise Refused("private address", path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await anyio.sleep(seconds)
