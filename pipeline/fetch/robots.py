"""robots.txt → whether a url may be asked for (RFC 9309).

A file that is not there allows everything; one that cannot be had for now forbids everything for now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import inf

from protego import Protego

from pipeline.fetch.failures import Failed, Refused

PRODUCT = "escalation-index"
"""The name under which rules of a robots.txt are looked for."""
_MAX_DELAY = 60.0
_ABSENT = ("http 4", "too many redirects")


class Robots:
    """The rules of the hosts of a night, each read once.

    Parameters
    ----------
    fetch
        Returns the bytes at a url; raises `Refused` where there are none and `Failed` where it cannot tell.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[bytes]]) -> None:
        self._fetch = fetch
        self._rules: dict[str, Protego | Failed] = {}

    async def check(self, origin: str, url: str) -> float:
        """Return the pause that the host asks for between requests, seconds.

        Raises
        ------
        Refused
            If the url is forbidden.
        Failed
            If the rules cannot be had tonight.
        """
        if origin not in self._rules:
            self._rules[origin] = await self._read(origin)
        rules = self._rules[origin]
        if isinstance(rules, Failed):
            raise Failed(rules.reason, f"robots.txt: {rules.detail}", inf)
        if not rules.can_fetch(url, PRODUCT):
            raise Refused("forbidden by robots.txt", f"{origin}/robots.txt forbids {url} to {PRODUCT}")
        return min(rules.crawl_delay(PRODUCT) or 0.0, _MAX_DELAY)

    async def _read(self, origin: str) -> Protego | Failed:
        """Return the rules, or why they cannot be had tonight: a host is asked for them once."""
        try:
            body = await self._fetch(f"{origin}/robots.txt")
        except Failed as failure:
            return failure
        except Refused as refusal:
            if not refusal.reason.startswith(_ABSENT):
                raise
            body = b""
        return Protego.parse(body.decode("utf-8-sig", "replace"))
