"""A Prefect server that runs a scheduler: the one that is configured, else one of our own on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import EscalationError

_STARTUP_SECONDS = 120
_API_URL = "PREFECT_API_URL"


@contextmanager
def scheduling_server() -> Iterator[str]:
    """Yield the address of a Prefect server: the one that is configured, else one of our own."""
    if os.environ.get(_API_URL):
        yield os.environ[_API_URL]
        return
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(url, server)
        os.environ[_API_URL] = url
        yield url
    finally:
        os.environ.pop(_API_URL, None)
        server.terminate()
        server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise EscalationError(f"the Prefect server did not answer at {url}; start one yourself and set {_API_URL}")
