"""Alerts → Prefect events, and notifications through the blocks that the rules name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from prefect import get_run_logger
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.events import emit_event

from pipeline.settings import Settings

EVENT = "escalation.alert"


def announce(alerts: Sequence[str], settings: Settings) -> None:
    """Tell each alert once; a notification that fails is logged and stops nothing."""
    logger = get_run_logger()
    for text in alerts:
        dyad = text.partition(" ")[0]
        logger.warning("%s", text)
        emit_event(EVENT, resource={"prefect.resource.id": f"escalation.dyad.{dyad}"}, payload={"alert": text})
        rules = (
            rule for rule in settings.alerts if rule.notify and text.startswith(f"{rule.dyad} crossed {rule.name} on")
        )
        for name in sorted({rule.notify for rule in rules}):
            try:
                _notify(name, text)
            except Exception as error:
                logger.warning("could not notify %s: %s", name, error)


def _notify(name: str, text: str) -> None:
    block = Block.load(name)
    if not isinstance(block, NotificationBlock):
        raise TypeError(f"the block {name} does not notify")
    cast(Any, block).notify(text, subject="Escalation index")  # typed as a coroutine, and none in a flow like ours
