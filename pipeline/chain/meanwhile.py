"""Work beside other work: who finds copies need not wait for those that code, nor they for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context


@contextmanager
def meanwhile(work: Callable[[], object], done: Callable[[], None], beside: bool) -> Iterator[None]:
    """Have some work done in a thread while the context is open; who leaves it waits, and gets what was raised.

    Parameters
    ----------
    work, done
        The work, and what to call once it is done and waited for.
    beside
        Whether other processes do the work of the context; else the thread would only take turns with it, and the work
        is done first.
    """
    if not beside:
        work()
        done()
        yield
        return
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(copy_context().run, work)
        yield
        begun.result()
    done()
