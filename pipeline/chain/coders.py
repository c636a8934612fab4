"""Batches → processes beside this one that code them, and back.

A process that dies (for want of memory, or killed by hand) costs time and nothing else: its batch goes to another.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool

import pyarrow as pa
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipeline.chain.batches import code_batch
from pipeline.chain.engine import Batch, Engine
from pipeline.coder.prediction import Coder
from pipeline.errors import EngineError
from pipeline.processes import start_pool, stop_pool

MakeCoder = Callable[[], Coder]
"""Makes the coder in a process, or returns the one it has; a function that a process can import."""
_MOST_DEATHS = 3  # of one batch
_log = logging.getLogger(__name__)


class Coders:
    """Processes that code batches, while the context is open; each starts with its first batch.

    Parameters
    ----------
    count
        How many; 0 is one a core.
    make_coder
        What each makes its coder with.
    """

    def __init__(self, count: int, make_coder: MakeCoder) -> None:
        self.count = count or os.cpu_count() or 1
        self._make_coder = make_coder
        self._pool: ProcessPool | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Coders:
        return self

    def __exit__(self, *_: object) -> None:
        self.rest()

    @property
    def engine(self) -> Engine:
        """The processes as an engine."""
        return Engine(self.submit, self.count, self.rest)

    def rest(self) -> None:
        """End the processes; the next batch starts fresh ones."""
        with self._lock:
            if self._pool is not None:
                stop_pool(self._pool)
            self._pool = None

    def submit(self, batch: Batch) -> Travelling:
        """Have a batch coded."""
        return Travelling(self, batch)

    def schedule(self, batch: Batch) -> ProcessFuture[list[pa.Table]]:
        """Give a batch to a process, of a fresh pool if the last one broke."""
        with self._lock:
            if self._pool is not None and not self._pool.active:
                stop_pool(self._pool)
                self._pool = None
            self._pool = self._pool or start_pool(self.count)
            return self._pool.schedule(_code, args=(batch, self._make_coder))


class Travelling:
    """A batch on its way to a process and back."""

    def __init__(self, coders: Coders, batch: Batch) -> None:
        self._coders, self._batch = coders, batch
        self._future = coders.schedule(batch)

    def result(self) -> list[pa.Table]:
        """Wait for the mentions of each day.

        Raises
        ------
        EngineError
            If every process that took the batch died over it.
        """
        deaths = 0
        while True:
            try:
                return self._future.result()
            except (ProcessExpired, BrokenProcessPool, CancelledError) as error:
                deaths += 1
                if deaths == _MOST_DEATHS:
                    raise EngineError(
                        f"{deaths} processes died over the batch {self._batch}, the last with {_why(error)}; for want "
                        "of memory, take fewer --workers; a script must guard its main part with "
                        "if __name__ == '__main__'"
                    ) from error
                _log.warning("a process died over %s (%s); another takes the batch", self._batch, _why(error))
                self._future = self._coders.schedule(self._batch)


def _why(error: BaseException) -> str:
    return f"{type(error).__name__} {getattr(error, 'exitcode', '')}".rstrip()


def _code(batch: Batch, make_coder: MakeCoder) -> list[pa.Table]:
    return code_batch(batch, make_coder())
