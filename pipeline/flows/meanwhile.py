"""A Prefect server for one run, and what the line needs, loaded while it starts.

Prefect starts a server of its own where none is configured, but only after it has loaded all of the server's code into
this process too, which takes as long as the start itself. This one is started before anything else.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread

from pipeline.errors import EscalationError
from pipeline.flows.scheduler import answering, free_port
from pipeline.training.build import ready_coder

_PASSING = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT_UI_ENABLED": "0"}  # no schedules, no pages
_APP = ("-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--lifespan", "on")


@contextmanager
def prefect_ready(kind: str) -> Iterator[None]:
    """Have a Prefect server answer while the context is open: the configured one, else one of this run alone.

    Until it answers, the coder of a kind is loaded, if any is named, and what plots the report.
    """
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415 - a second; the rest waits

    loading = Thread(target=_load, args=(kind,), daemon=True)
    if PREFECT_API_URL.value():
        loading.start()
        yield
        return
    port = free_port()
    command = [sys.executable, *_APP, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command, env=os.environ | _PASSING)  # noqa: S603 - our own interpreter
    atexit.register(_stop, server)  # Prefect sends its last logs as the process ends, and before this
    loading.start()
    import_module("pipeline.flows.nightly")
    url = f"http://127.0.0.1:{port}/api"
    answering(url, server)
    with temporary_settings({PREFECT_API_URL: url}):
        yield


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    server.wait()


def _load(kind: str) -> None:
    with suppress(EscalationError):  # told when the line asks for the coder
        if kind:
            ready_coder(kind)
    import_module("pipeline.report")
