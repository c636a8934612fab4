"""Everything wanted → fetched, refused, or wanted again tomorrow, many hosts at once and each in its turn.

A host that fails three times in a row is left alone for the night and stops nothing else; whatever one url brings up
concerns that url alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from pipeline.errors import StoreError
from pipeline.fetch.client import Answer, Client, origin_of
from pipeline.fetch.failures import Failed, Refused
from pipeline.fetch.ledger import PAGE, Ledger, Wanted
from pipeline.records import Fetched, Item, Link, Raw, Rejection
from pipeline.settings import FetchSettings

Parse = Callable[[Fetched], Sequence[Item]]
_NOT_MODIFIED = 304
_SILENT = ("host down", "timed out")


def fetch_wanted(
    ledger: Ledger,
    parse: Parse,
    settings: FetchSettings,
    now: Callable[[], datetime],
    page_bytes: int | None = None,
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
    page_bytes
        Longest page; by default `settings.max_bytes`, which holds for indexes.
    progress
        Told the stage, how many urls are done, and how many there are.

    Returns
    -------
    dict
        How many urls were "fetched", "unchanged", "refused" and are still "wanted".

    Raises
    ------
    StoreError
        If the ledger cannot be used.
    """
    night = _Night(ledger, parse, settings, now, page_bytes or settings.max_bytes, progress)
    try:
        return _run(night)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors


def _run(night: _Night) -> dict[str, int]:
    """Run a night here, or in another thread where this one runs a loop already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(night.work())
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, night.work()).result()


class _Night:
    """The queues of one night, by host."""

    def __init__(
        self,
        ledger: Ledger,
        parse: Parse,
        settings: FetchSettings,
        now: Callable[[], datetime],
        page_bytes: int,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self._ledger, self._parse, self._settings, self._now = ledger, parse, settings, now
        self._page_bytes, self._progress = page_bytes, progress
        self._queues: dict[str, deque[Wanted]] = defaultdict(deque)
        self._workers: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._total = 0

    async def work(self) -> dict[str, int]:
        loop = asyncio.get_running_loop()
        # name servers that do not answer hold their threads for long
        loop.set_default_executor(ThreadPoolExecutor(self._settings.connections + 8))
        self._end = loop.time() + self._settings.hours * 3600
        with ThreadPoolExecutor(1) as self._parsers:
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
            if host.is_closed and host.is_silent:
                self._fail(one, Failed("host down", f"{origin} answered none of the last urls"))
                continue
            if host.is_closed or asyncio.get_running_loop().time() > self._end:
                self._count("wanted")
                continue
            try:
                await self._fetch(one)
                host.failures = 0
            except Refused as refusal:
                host.failures = 0
                self._refuse(one.link, refusal)
            except Failed as failure:
                host.failures += 1
                host.is_silent = failure.reason in _SILENT
                self._fail(one, failure)
            except StoreError:
                raise
            except Exception as error:  # whatever a server or a library makes of one url, the others go on
                self._fail(one, Failed("broken answer", f"{one.link.url}: {type(error).__name__}: {error}"))
        self._workers[origin] -= 1

    async def _fetch(self, one: Wanted) -> None:
        limit = self._page_bytes if one.link.kind == PAGE else self._settings.max_bytes
        answer = await self._client.get(one.link.url, one.validators, limit)
        moment = self._now()
        if answer.status == _NOT_MODIFIED:
            self._ledger.unchanged(one.link, moment)
            self._count("unchanged")
            return
        fetched = Fetched(one.link, answer.url, answer.headers.get("content-type", ""), answer.body, moment)
        found = await self._found(fetched)
        links = self._ledger.had(fetched, _validators(answer, found), found)
        self._count("fetched")
        self._add(Wanted(link, {}) for link in links)

    async def _found(self, fetched: Fetched) -> Sequence[Item]:
        if fetched.link.kind == PAGE:
            return [_page(fetched)]
        return await asyncio.get_running_loop().run_in_executor(self._parsers, self._parse, fetched)

    def _refuse(self, link: Link, refusal: Refused) -> None:
        self._ledger.refused(link, rejection_of(link, refusal.reason, refusal.detail), self._now())
        self._count("refused")

    def _fail(self, one: Wanted, failure: Failed) -> None:
        nights = self._ledger.failed(one.link, str(failure), self._now())
        if one.link.kind == PAGE and nights >= self._settings.nights:
            self._refuse(one.link, Refused(failure.reason, f"{failure.detail}; asked for {nights} nights"))
        else:
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
    return Rejection(link.url, reason, detail, link.url.encode("utf-8", "replace"), "link", link.as_json())


def _validators(answer: Answer, found: Sequence[Item]) -> dict[str, str]:
    """Return what makes the next request conditional.

    An index that names indexes is always read again, for they may have changed where it has not; so is one that could
    not be read.
    """
    if any(isinstance(item, Rejection) or (isinstance(item, Link) and item.again) for item in found):
        return {}
    pairs = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
    named = {request: answer.headers.get(name, "") for name, request in pairs}
    return {request: value for request, value in named.items() if value and value.isprintable()}
