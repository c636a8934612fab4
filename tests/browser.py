"""A headless Chromium driven through chromedriver's WebDriver protocol, with the standard library alone.

For tests of the report: what the page draws, what it logs, and which addresses it asks for.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

REMEDY = "no browser to look at the report with: apt-get install chromium chromium-driver"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_OPTIONS = """--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --window-size=1280,900""".split()
_LOOPBACK = build_opener(ProxyHandler({}))


def browser_paths() -> tuple[str, str]:
    """Return the paths of Chromium and its driver; without them skip, but fail in CI."""
    chromium = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    driver = shutil.which("chromedriver")
    if chromium and driver:
        return chromium, driver
    if os.environ.get("CI"):
        pytest.fail(REMEDY)
    pytest.skip(REMEDY)


class Browser:
    """One session of a driver that listens on `port`."""

    def __init__(self, port: int, chromium: str, profile: str) -> None:
        options = {"binary": chromium, "args": [*_OPTIONS, f"--user-data-dir={profile}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self._place = f"http://127.0.0.1:{port}/session"
        self._place += "/" + self._ask("", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _ask(self, path: str, body: Any = None, method: str = "POST") -> Any:
        data = None if body is None else json.dumps(body).encode()
        address = self._place + path  # of the driver, on loopback
        request = Request(address, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        try:
            with _LOOPBACK.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from error

    def close(self) -> None:
        self._ask("", method="DELETE")

    def open(self, page: Path) -> None:
        self._ask("/url", {"url": "about:blank"})
        self.logs("browser"), self.logs("performance")
        self._ask("/url", {"url": page.as_uri()})
        for _ in range(200):  # on a busy machine the driver answers before the browser has left the page before
            if self._ask("/url", method="GET") == page.as_uri():
                return
            time.sleep(0.05)
        raise AssertionError(f"the browser did not open {page}")

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a function body returns in the page."""
        return self._ask("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector: str) -> str:
        return str(self._ask("/element", {"using": "css selector", "value": selector})[_ELEMENT])

    def text(self, selector: str) -> str:
        return str(self._ask(f"/element/{self.find(selector)}/text", method="GET"))

    def click(self, selector: str) -> None:
        self._ask(f"/element/{self.find(selector)}/click", {})

    def keys(self, selector: str, text: str) -> None:
        self._ask(f"/element/{self.find(selector)}/value", {"text": text})

    def point(self, *path: tuple[float, float], drag: bool = False) -> None:
        """Move the mouse along places of the window, from the first to the last with its button down to drag."""
        moves: list[dict[str, Any]] = [
            {"type": "pointerMove", "duration": 50, "x": round(x), "y": round(y)} for x, y in path
        ]
        if drag:
            moves = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}
        self._ask("/actions", {"actions": [mouse]})

    def devtools(self, command: str, **parameters: Any) -> Any:
        return self._ask("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def printed(self, **settings: Any) -> int:
        """Return how many pages the open page has as PDF."""
        pdf = base64.b64decode(self.devtools("Page.printToPDF", **settings)["data"])
        return len(re.findall(rb"/Type\s*/Page\b", pdf))

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("/screenshot", method="GET"))

    def logs(self, kind: str) -> list[dict[str, Any]]:
        return list(self._ask("/se/log", {"type": kind}))

    def asked_for(self) -> set[str]:
        """Return the urls that the browser has asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.logs("performance")]
        sent = [one for one in messages if one["method"] == "Network.requestWillBeSent"]
        return {one["params"]["request"]["url"] for one in sent}


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start driver and browser; when left, both have ended."""
    chromium, driver = browser_paths()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            assert process.stdout
            started = (re.search(r"on port (\d+)\.", line) for line in process.stdout)
            browser = Browser(int(next(filter(None, started))[1]), chromium, profile)
            try:
                yield browser
            finally:
                browser.close()
        finally:
            process.terminate()
