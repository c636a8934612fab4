"""What the line needs, loaded in a thread while Prefect's own server starts, which takes ten seconds."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Thread

from pipeline.errors import EscalationError
from pipeline.training.build import ready_coder


def get_ready(kind: str) -> None:
    """Begin to load the coder of a kind, and what plots the report."""
    Thread(target=_load, args=(kind,), daemon=True).start()


def _load(kind: str) -> None:
    with suppress(EscalationError):  # told when the line asks for the coder
        ready_coder(kind)
    import_module("pipeline.report")
    import_module("ruptures")  # a second and a half, for the periods between changes
