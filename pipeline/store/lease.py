"""The lock of an object store: an object that names its holder and that the holder renews.

It is put only where there is none, or over the very version that was read, so that of two who try one wins. Whoever
finds it old watches it for a minute by his own clock, for theirs may differ, and takes it over if it was not renewed. A
holder that could not renew it for less than that writes no more.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from pipeline.errors import StoreError
from pipeline.store.bucket import Bucket, Entry
from pipeline.store.lock import Holder, refusal

LOCK = ".lock"
BEAT_SECONDS = 10.0
"""Seconds between two renewals."""
VALID_SECONDS = 45.0
"""Seconds after a renewal for which a holder may write."""
SILENT_SECONDS = 60.0
"""Seconds without a renewal after which a holder counts as dead; more than those for which it may write."""
_POLL_SECONDS = 2.0
_FREE = b"free\n"


class Lease:
    """The right to write, from `acquire` to `release`."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._holder = Holder.here()
        self._entry: Entry | None = None
        self._beats = 0
        self._until = 0.0
        self._ended = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="escalation-lease", daemon=True)

    def acquire(self, wait: float) -> None:
        """Become the holder, after waiting so many seconds at most; `StoreError` if somebody else stays it."""
        deadline = time.monotonic() + wait
        while not self._try():
            left = deadline - time.monotonic()
            if left <= 0:
                found = self._found()
                hint = f"; if it has died, a run may take over from {SILENT_SECONDS:.0f} seconds after its last sign on"
                raise refusal(self._bucket.url, Holder.of(found[0]) if found else None, hint)
            time.sleep(min(_POLL_SECONDS, left))
        self._refuse_careless_store()
        self._beating.start()

    def check(self) -> None:
        """Raise `StoreError` if somebody else may be the holder by now."""
        if self._entry is None or time.monotonic() >= self._until:
            raise StoreError(
                f"this run could not renew its lock of {self._bucket.url} and writes no more: another one may; "
                "what was published stands, run again"
            )

    def release(self) -> None:
        """Let others write; a lock that cannot be reached now runs out by itself."""
        self._ended.set()
        if self._beating.is_alive():
            self._beating.join()
        if self._entry is not None:
            try:
                self._bucket.put_over(LOCK, _FREE + self._holder.as_bytes(), self._entry)
            except StoreError:
                return

    def _try(self) -> bool:
        """Take the lock if it is free or its holder dead."""
        found = self._found()
        if found is None:
            return self._took(time.monotonic(), self._bucket.put_new(LOCK, self._content()))
        content, entry = found
        if not content.startswith(_FREE) and not (_looks_dead(entry) and self._is_silent(entry)):
            return False
        return self._took(time.monotonic(), self._bucket.put_over(LOCK, self._content(), entry))

    def _found(self) -> tuple[bytes, Entry] | None:
        try:
            return self._bucket.get(LOCK)
        except FileNotFoundError:
            return None

    def _is_silent(self, entry: Entry) -> bool:
        """Watch a lock that looks dead: the clock that says so may be wrong."""
        time.sleep(SILENT_SECONDS)
        found = self._found()
        return found is not None and found[1].mark == entry.mark

    def _took(self, asked: float, entry: Entry | None) -> bool:
        """Note the outcome of a renewal that was asked for at some time."""
        if entry is not None:
            self._until = asked + VALID_SECONDS
        self._entry = entry
        return entry is not None

    def _content(self) -> bytes:
        """Return what names the holder and differs from one renewal to the next, so that its version does."""
        self._beats += 1
        return self._holder.as_bytes() + b"%d\n" % self._beats

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            asked, entry = time.monotonic(), self._entry
            if entry is None:
                return
            try:
                self._took(asked, self._bucket.put_over(LOCK, self._content(), entry))
            except StoreError:
                continue  # it may come back in time; if not, `check` tells

    def _refuse_careless_store(self) -> None:
        """Find out a store that says yes to a condition and ignores it: it would let in two writers."""
        if self._bucket.put_new(LOCK, b"a second holder\n") is not None:
            raise StoreError(
                f"{self._bucket.url}: this store ignores conditions (If-None-Match) and cannot keep two runs apart; "
                "use one that honours them, or outputs in a local folder"
            )


def is_leased(bucket: Bucket) -> bool:
    """Whether somebody holds the lock of a bucket and has given a sign of life within a minute."""
    try:
        content, entry = bucket.get(LOCK)
    except FileNotFoundError:
        return False
    return not content.startswith(_FREE) and not _looks_dead(entry)


def _looks_dead(entry: Entry) -> bool:
    return entry.modified is not None and (datetime.now(UTC) - entry.modified).total_seconds() > SILENT_SECONDS
