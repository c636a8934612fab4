"""Turns at a host: a few connections at a time, a pause between requests, and silence where it asks for it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_GIVE_UP = 3


@dataclass
class Host:
    """One origin: when it may be asked next (loop time), how often in a row it failed us, and whether by silence."""

    seats: asyncio.Semaphore
    delay: float
    next_at: float = 0.0
    failures: int = 0
    is_silent: bool = False
    robots: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_closed(self) -> bool:
        """Whether it has failed so often, or asked for so long a silence, that it is left alone for the night."""
        return self.failures >= _GIVE_UP

    def pause(self, seconds: float, most: float) -> None:
        """Ask nothing of it for some time; for the rest of the night, if that is more than `most` seconds."""
        if seconds > most:
            self.failures = _GIVE_UP
        else:
            self.next_at = max(self.next_at, asyncio.get_running_loop().time() + seconds)


class Hosts:
    """The hosts of a night, by origin, and the seats for all of them together."""

    def __init__(self, connections: int, per_host: int, delay_seconds: float) -> None:
        self._all = asyncio.Semaphore(connections)
        self._hosts: dict[str, Host] = defaultdict(lambda: Host(asyncio.Semaphore(per_host), delay_seconds))

    def __getitem__(self, origin: str) -> Host:
        return self._hosts[origin]

    @asynccontextmanager
    async def turn(self, origin: str) -> AsyncIterator[None]:
        """Wait for a turn at a host, and hold it."""
        host = self._hosts[origin]
        async with host.seats:
            loop = asyncio.get_running_loop()
            start = max(host.next_at, loop.time())
            host.next_at = start + host.delay
            await asyncio.sleep(start - loop.time())
            async with self._all:
                yield
