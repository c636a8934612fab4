"""Command that begins: init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import SETTINGS_FILE, app, console
from pipeline.errors import SettingsError


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path(SETTINGS_FILE),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented settings file, with examples of sources; `escalation run` finds it in the current folder."""
    from pipeline.settings_file import commented_settings  # noqa: PLC0415

    if file.exists() and not force:
        raise SettingsError(f"{file} is there already; --force replaces it")
    file.write_text(commented_settings(), encoding="utf-8")
    console.print(f"wrote {file}: name your sources there, then call: escalation run --outputs my_outputs")
