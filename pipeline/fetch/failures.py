"""Why a url could not be had: refused for good, or failed for now."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """Asking again is useless: the reason in two or three words, and what was found."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Failed(Exception):  # noqa: N818 - as above
    """Asking again may help, after `wait` seconds if the server named a time; infinite means not tonight."""

    def __init__(self, reason: str, detail: str, wait: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.wait = wait
