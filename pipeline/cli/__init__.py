"""The command `escalation`: parse arguments, call, show. Everything heavy is imported where it is used."""

from __future__ import annotations

import sys

from pipeline.cli import (
    beginning,
    building,
    coding,
    indexing,
    quarantining,
    scheduling,
    seeing,
    showing,
    upgrading,
    watching,
)
from pipeline.cli.console import app, errors, escaped
from pipeline.errors import EscalationError

__all__ = [
    "app",
    "beginning",
    "building",
    "coding",
    "indexing",
    "main",
    "quarantining",
    "scheduling",
    "seeing",
    "showing",
    "upgrading",
    "watching",
]


def main() -> None:
    """Run the command; our own errors end in one line and exit code 1."""
    try:
        app()
    except EscalationError as error:
        errors.print(f"[bold red]error:[/] {escaped(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(1)
