"""The journal of nights: when a run began, how it ended, how long each step took, what it counted and what checks said.

The journal is one small file, `nights.json`, so that it can be watched at no cost. It is written when a night begins
and when it ends, whether the index was published or not: a night that says "running" while nobody holds the writer's
lock has died.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from pipeline.chain.summary import Summary
from pipeline.errors import CheckError, EscalationError, StoreError
from pipeline.store import Store

NIGHTS_FILE = "nights.json"
_KEPT = 60
"""Nights that the journal holds."""


def clock() -> datetime:
    """Return the time, UTC: what a night and a fetched page are marked with."""
    return datetime.now(UTC)


class Night:
    """One run as it goes on: call `done` after each step, and give it the summary."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._earlier = earlier_nights(store)[-_KEPT + 1 :]
        self._begun = self._last = time.monotonic()
        self._started_at = _utc(now())
        self.summary = Summary()
        self.seconds: dict[str, float] = {}

    def done(self, step: str) -> None:
        """Note that a step has ended: it began when the one before ended."""
        moment = time.monotonic()
        self.seconds[step] = round(self.seconds.get(step, 0.0) + moment - self._last, 2)
        self._last = moment

    def write(self, state: str, message: str = "", ended: bool = True) -> None:
        """Write the night into the journal."""
        known = {
            "started_at": self._started_at,
            "ended_at": _utc(self._now()) if ended else "",
            "state": state,
            "message": message,
            "seconds": round(time.monotonic() - self._begun, 1),
            "steps": self.seconds,
            "read": read_by(self.summary),
            "refused": refused_by(self.summary),
            "new_articles": self.summary.new_articles,
        }
        last = {**known, "summary": self.summary.as_dict()}
        content = json.dumps({"last": last, "nights": [*self._earlier, known]}, indent=1)
        self._store.write_bytes(NIGHTS_FILE, content.encode() + b"\n")


@contextmanager
def recorded(store: Store, now: Callable[[], datetime] = clock) -> Iterator[Night]:
    """Keep the journal of a night; hold the writer's lock around it."""
    night = Night(store, now)
    night.write("running", ended=False)
    try:
        yield night
    except BaseException as error:
        with suppress(StoreError):  # what went wrong first is what counts
            night.write("stopped" if isinstance(error, CheckError) else "failed", _told(error))
        raise
    night.write("published")


def earlier_nights(store: Store) -> list[dict[str, Any]]:
    """Return the nights of the journal, oldest first; a journal that cannot be read begins anew."""
    try:
        return list(store.read_json(NIGHTS_FILE).get("nights", []))
    except StoreError:
        return []


def read_by(summary: Summary) -> int:
    """Return how many records a run read, the refused ones too."""
    return refused_by(summary) + summary.new_articles + summary.known_articles + summary.coded_mentions


def refused_by(summary: Summary) -> int:
    """Return how many records a run refused; urls that no server gave are none."""
    return max(0, sum(summary.rejected.values()) - summary.fetched.get("refused", 0))


def _told(error: BaseException) -> str:
    said = str(error)
    return said if isinstance(error, EscalationError) else f"{type(error).__name__}: {said}".removesuffix(": ")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
