"""One url → its body, following redirects: each hop checked, in its turn, within time and size."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from math import inf
from types import TracebackType
from typing import TypeVar
from urllib.parse import urljoin

import httpcore2
import httpx2
import stamina

from pipeline.fetch.addresses import PublicOnly
from pipeline.fetch.bodies import ACCEPTED, read_body
from pipeline.fetch.credentials import secret_headers
from pipeline.fetch.failures import Failed, Refused
from pipeline.fetch.hosts import Hosts
from pipeline.fetch.robots import PRODUCT, Robots
from pipeline.settings import FetchSettings

T = TypeVar("T")
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_MAX_WAIT = 300.0  # seconds; a host that asks for a longer silence is left for another night
_ROBOTS_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB
_OK, _NOT_MODIFIED = 200, 304
stamina.instrumentation.set_on_retry_hooks([])  # the summary tells of failures, not a line for each


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: final url, status 200 or 304, headers by lower-case name, and the body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Fetches urls, for as long as its context is open."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpcore2.default_ssl_context(),
            max_connections=settings.connections,
            max_keepalive_connections=settings.connections,
            keepalive_expiry=10.0,
            network_backend=PublicOnly(settings.allow),
        )
        self.hosts = Hosts(settings.connections, settings.per_host, settings.delay_seconds)
        self._robots = Robots(self._robots_file)
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._secrets = secret_headers(settings.credentials, os.environ)
        self._agent = f"{PRODUCT}/{version('escalation-index')}{contact}"

    async def __aenter__(self) -> Client:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def get(self, url: str, known: Mapping[str, str] | None = None, limit: int | None = None) -> Answer:
        """Fetch a url, trying again where that may help.

        Parameters
        ----------
        url
            An http or https url.
        known
            Headers that make the request conditional: If-None-Match, If-Modified-Since.
        limit
            Longest body, bytes; by default that of the settings.

        Raises
        ------
        Refused
            If it cannot be had.
        Failed
            If it cannot be had tonight.
        """
        return await self._attempted(lambda: self._once(url, known or {}, limit or self._settings.max_bytes))

    async def _attempted(self, ask: Callable[[], Awaitable[T]]) -> T:
        waits = {"wait_initial": 0.5, "wait_max": 30.0, "wait_jitter": 1.0}
        async for attempt in stamina.retry_context(_worth, attempts=self._settings.attempts, timeout=None, **waits):
            with attempt:
                return await ask()
        raise AssertionError("stamina gives at least one attempt")

    async def _once(self, url: str, known: Mapping[str, str], limit: int) -> Answer:
        for _ in range(self._settings.max_redirects + 1):
            parsed = _parsed(url)
            origin = origin_of(parsed)
            if self._settings.robots:
                host = self.hosts[origin]
                async with host.robots:
                    host.delay = max(host.delay, await self._robots.check(origin, url))
            answer = await self._ask(parsed, origin, known, limit)
            if answer.status == _NOT_MODIFIED and not known:
                raise Failed("broken answer", f"{url} says that it has not changed, and was not asked that")
            if answer.status not in _REDIRECTS:
                return answer
            url = _next(url, answer)
            known = {}
        raise Refused("too many redirects", f"more than {self._settings.max_redirects}, the last to {url}")

    async def _robots_file(self, url: str) -> bytes:
        return await self._attempted(lambda: self._robots_once(url))

    async def _robots_once(self, url: str) -> bytes:
        for _ in range(self._settings.max_redirects + 1):
            parsed = _parsed(url)
            answer = await self._ask(parsed, origin_of(parsed), {}, _ROBOTS_BYTES, cut=True)
            if answer.status not in _REDIRECTS:
                return answer.body
            url = _next(url, answer)
        raise Refused("too many redirects", url)

    async def _ask(
        self, url: httpx2.URL, origin: str, known: Mapping[str, str], limit: int, cut: bool = False
    ) -> Answer:
        """Make one request in the host's turn, and sort what can go wrong into `Refused` and `Failed`."""
        async with self.hosts.turn(origin):
            try:
                async with asyncio.timeout(self._settings.timeout_seconds):
                    answer = await self._request(url, known, limit, cut)
            except TimeoutError as error:
                raise Failed("timed out", f"{url} took over {self._settings.timeout_seconds:g} s") from error
            except (httpcore2.NetworkError, httpcore2.TimeoutException, OSError) as error:
                raise _unconnected(url, error) from error
            except (httpcore2.ProtocolError, ValueError, TypeError) as error:
                raise Failed("broken answer", f"{url}: {error}") from error
        if answer.status in _PASSING:
            wait = _wait_of(answer.headers.get("retry-after", ""))
            self.hosts[origin].pause(wait or 0.0, _MAX_WAIT)
            raise Failed(f"http {answer.status}", f"{url} asks to come back later", wait)
        if answer.status not in (_OK, _NOT_MODIFIED, *_REDIRECTS):
            raise Refused(f"http {answer.status}", str(url))
        return answer

    async def _request(self, url: httpx2.URL, known: Mapping[str, str], limit: int, cut: bool) -> Answer:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": self._agent,
            "Accept": "text/html, application/xhtml+xml, application/xml, text/xml, */*;q=0.5",
            "Accept-Encoding": ACCEPTED,
            **known,
            **self._secrets.get(origin_of(url), {}),
        }
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        async with self._pool.stream("GET", target, headers=list(headers.items())) as response:
            found = {name.decode("latin-1").lower(): _plain(value) for name, value in response.headers}
            body = b""
            if response.status == _OK:
                body = await read_body(response.aiter_stream(), found.get("content-encoding", "").lower(), limit, cut)
        return Answer(str(url), response.status, found, body)


def origin_of(url: httpx2.URL | str) -> str:
    """Return scheme, host and port: what robots.txt and politeness go by."""
    parsed = _parsed(url) if isinstance(url, str) else url
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _parsed(url: str) -> httpx2.URL:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise Refused("bad url", f"{url[:200]!r}: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Refused("bad url", f"{url[:200]!r} is no http or https url with a host")
    return parsed.copy_with(fragment=None, username="", password="") if parsed.userinfo or parsed.fragment else parsed


def _next(url: str, answer: Answer) -> str:
    """Return where a redirect leads."""
    location = answer.headers.get("location", "")
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Refused("bad url", f"{url} leads to {location[:200]!r}: {error}") from error


def _plain(value: bytes) -> str:
    """Return a header as ASCII; other bytes, as some servers write them into urls, are percent-encoded."""
    return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in value)


def _unconnected(url: httpx2.URL, error: Exception) -> Failed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failed("bad certificate", f"{url}: {cause.verify_message}", inf)
        cause = cause.__cause__ or cause.__context__
    return Failed("host down", f"{url}: {error or type(error).__name__}")


def _worth(error: Exception) -> bool | float:
    """Tell whether and when to try again: a named wait is honoured, one beyond reason ends the attempts."""
    if not isinstance(error, Failed):
        return False
    if error.wait is None:
        return True
    return error.wait if error.wait <= _MAX_WAIT else False


def _wait_of(value: str) -> float | None:
    """Read a Retry-After header: seconds, or a date."""
    if value.isascii() and value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
