"""Everything wanted → fetched, refused, or wanted again tomorrow, many hosts at once and each in its turn.

A host that is down is left alone after three urls in a row and stops nothing else.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.fetch.client import Answer, Client, origin_of
from pipeline.fetch.failures import Failed, Refused
from pipeline.fetch.ledger import PAGE, Ledger, Wanted
from pipeline.records import Fetched, Item, Link, Raw, Rejection
from pipeline.settings import FetchSettings

Parse = Callable[[Fetched], Sequence[Item]]
_SILENT = ("host down", "timed out")


def fetch_wanted(
    ledger: Ledger,
    parse: Parse,
    settings: FetchSettings,
    now: Callable[[], datetime],
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, int]:
    """Fetch what the ledger wants, and what that leads to.

    Parameters
    ----------
    ledger
        What is wanted; every result goes there at once.
    parse
        Turns an index (a feed, a sitemap) into the items it names; called in a thread.
    settings
        Limits and manners.
    now
        Gives the time (UTC) that a page is marked with.
    progress
        Told the stage, how many urls are done, and how many there are.

    Returns
    -------
    dict
        How many urls were "fetched", "unchanged", "refused" and are still "wanted".
    """
    return asyncio.run(_Night(ledger, parse, settings, now, progress).work())


class _Night:
    """The queues of one night, by host."""

    def __init__(
        self,
        ledger: Ledger,
        parse: Parse,
        settings: FetchSettings,
        now: Callable[[], datetime],
        progress: Callable[[str, int, int], None],
    ) -> None:
        self._ledger, self._parse, self._settings, self._now = ledger, parse, settings, now
        self._progress = progress
        self._queues: dict[str, deque[Wanted]] = defaultdict(deque)
        self._workers: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._total = 0

    async def work(self) -> dict[str, int]:
        async with Client(self._settings) as self._client, asyncio.TaskGroup() as self._tasks:
            self._add(self._ledger.wanted())
        return {name: self._counts[name] for name in ("fetched", "unchanged", "refused", "wanted")}

    def _add(self, wanted: Iterable[Wanted]) -> None:
        for one in wanted:
            self._total += 1
            try:
                origin = origin_of(one.link.url)
            except Refused as refusal:
                self._refuse(one.link, refusal)
                continue
            self._queues[origin].append(one)
            if self._workers[origin] < self._settings.per_host:
                self._workers[origin] += 1
                self._tasks.create_task(self._serve(origin))

    async def _serve(self, origin: str) -> None:
        """Work off one host's queue."""
        queue, host = self._queues[origin], self._client.hosts[origin]
        while queue:
            one = queue.popleft()
            if host.is_down:
                self._fail(one, Failed("host down", f"{origin} answered none of the last urls"))
                continue
            try:
                answer = await self._client.get(one.link.url, one.validators)
                host.silent = 0
                await self._take(one, answer)
            except Refused as refusal:
                host.silent = 0
                self._refuse(one.link, refusal)
            except Failed as failure:
                host.silent = host.silent + 1 if failure.reason in _SILENT else 0
                self._fail(one, failure)
        self._workers[origin] -= 1

    async def _take(self, one: Wanted, answer: Answer) -> None:
        moment = self._now()
        if answer.status == 304:
            self._ledger.unchanged(one.link, moment)
            self._count("unchanged")
            return
        fetched = Fetched(one.link, answer.url, answer.headers.get("content-type", ""), answer.body, moment)
        found = [_page(fetched)] if one.link.kind == PAGE else await asyncio.to_thread(self._parse, fetched)
        links = self._ledger.had(fetched, _validators(answer.headers), found)
        self._count("fetched")
        self._add(Wanted(link, {}, 0) for link in links)

    def _refuse(self, link: Link, refusal: Refused) -> None:
        self._ledger.refused(link, rejection_of(link, refusal.reason, refusal.detail), self._now())
        self._count("refused")

    def _fail(self, one: Wanted, failure: Failed) -> None:
        if one.link.kind == PAGE and one.nights + 1 >= self._settings.nights:
            self._refuse(one.link, Refused(failure.reason, f"{failure.detail}; asked for {one.nights + 1} nights"))
            return
        self._ledger.failed(one.link, str(failure))
        self._count("wanted")

    def _count(self, what: str) -> None:
        self._counts[what] += 1
        self._progress("fetching", sum(self._counts.values()), self._total)


def _page(fetched: Fetched) -> Raw:
    known: dict[str, Any] = {
        "url": fetched.url,
        **fetched.link.fields,
        "html": fetched.body,
        "content_type": fetched.content_type,
        "fetched_at": fetched.fetched_at.isoformat(),
    }
    if fetched.link.changed_at is not None:
        known["revised_at"] = fetched.link.changed_at.isoformat()
    return Raw(fetched.link.url, known)


def rejection_of(link: Link, reason: str, detail: str) -> Rejection:
    """Return a link as a rejection that can be wanted again."""
    known = {"kind": link.kind, "fields": link.fields, "again": link.again}
    return Rejection(link.url, reason, detail, link.url.encode(), "link", json.dumps(known))


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
    return {request: headers[name] for name, request in pairs if name in headers}
