"""Who writes to a place: told to whoever comes second. And the lock of a local folder.

The operating system frees a file's lock when its process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pipeline.errors import StoreError

_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Holder:
    """The process that writes, on which machine, since when (UTC); `run` tells two of one process apart."""

    run: str
    pid: int
    host: str
    since: str

    @classmethod
    def here(cls) -> Holder:
        """Return this process."""
        return cls(uuid.uuid4().hex, os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))

    def as_bytes(self) -> bytes:
        """Return what `of` reads."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, content: bytes) -> Holder | None:
        """Return who is named in the first line of a lock, None if nobody is."""
        try:
            return cls(**json.loads(content.partition(b"\n")[0]))
        except (ValueError, TypeError):
            return None


def refusal(where: str, holder: Holder | None, hint: str = "") -> StoreError:
    """Return the error that tells a second writer what to do."""
    who = f"process {holder.pid} on {holder.host} since {holder.since}" if holder else "it has not said who it is"
    end = f"end that process on {holder.host} (kill {holder.pid})" if holder else "end it"
    return StoreError(
        f"another run writes to {where}: {who}; wait for it to end (escalation run --wait SECONDS), "
        f"or {end} if it hangs{hint}"
    )


@contextmanager
def file_lock(path: Path, where: str, wait: float) -> Iterator[None]:
    """Hold the lock of a file, after waiting so many seconds at most."""
    try:
        lock = path.open("a+b")
    except OSError as error:
        raise StoreError(f"cannot write to {where}: {error.strerror}") from error
    with lock:
        deadline = time.monotonic() + wait
        while not _taken(lock, where):
            if time.monotonic() >= deadline:
                raise refusal(where, Holder.of(path.read_bytes()))
            time.sleep(_POLL_SECONDS)
        _say(lock, Holder.here().as_bytes())
        try:
            yield
        finally:
            _say(lock, b"")


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock of a file."""
    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _taken(lock: IO[bytes], where: str) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(
            f"cannot lock {where}: {error.strerror}; its file system must offer locks, as local disks and NFS 4 do"
        ) from error
    return True


def _say(lock: IO[bytes], content: bytes) -> None:
    """Write who holds the lock; on a full disk the lock holds all the same."""
    try:
        os.ftruncate(lock.fileno(), 0)
        os.pwrite(lock.fileno(), content, 0)
    except OSError:
        return
