"""An S3 on a free port of loopback, which can vanish and come back with what it held."""

from __future__ import annotations

import itertools
import logging
import os
import urllib.request
import warnings
from types import TracebackType

import pytest

BUCKET = "outputs"
_NUMBERS = itertools.count(1)


def _server(port: int):
    """Return moto's server, not yet started."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import obstore  # noqa: F401, PLC0415 - what reaches it
            from moto.server import ThreadedMotoServer  # noqa: PLC0415 - skipped where it is not
    except ImportError as error:
        line = f"no S3 for the tests ({error}): pip install obstore 'moto[s3]' flask flask-cors"
        if os.environ.get("CI"):
            pytest.fail(line)
        pytest.skip(line)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)


class ObjectStore:
    """The server, and the environment that leads to it."""

    def __enter__(self) -> ObjectStore:
        self._gone = False
        self._server = _server(0)
        self._server.start()
        host, self.port = self._server.get_host_and_port()
        self.url = f"http://{host}:{self.port}"
        self._request("PUT", "")
        self.environment = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
        }
        self._before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        for name, value in self._before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

    def fresh(self) -> str:
        """Return a url below which there is nothing yet."""
        return f"s3://{BUCKET}/{os.getpid()}/{next(_NUMBERS)}"

    def vanish(self) -> None:
        """Stop answering."""
        self._server.stop()
        self._gone = True

    def come_back(self) -> None:
        """Answer again, at the same address and with what was there; nothing, if it answers."""
        if not self._gone:
            return
        self._gone = False
        self._server = _server(self.port)
        self._server.start()

    def _request(self, method: str, path: str) -> None:
        request = urllib.request.Request(f"{self.url}/{BUCKET}{path}", method=method)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            return
