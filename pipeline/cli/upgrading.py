"""Command after a new version was installed: upgrade."""

from __future__ import annotations

import json

import typer
from rich.progress import Progress

from pipeline.cli.console import Json, Outputs, app, console, errors


@app.command()
def upgrade(outputs: Outputs = "outputs", as_json: Json = False) -> None:
    """Bring a results folder of an older version to the present schema; the next run rebuilds what follows from it."""
    from pipeline import chain  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415
    from pipeline.versions import PRESENT  # noqa: PLC0415

    with Progress(console=errors, transient=True, disable=as_json) as bars:
        task = bars.add_task("upgrading", total=None)
        done = chain.upgrade(Store(outputs), lambda _, count, total: bars.update(task, completed=count, total=total))
    if as_json:
        typer.echo(json.dumps({"schema": PRESENT, "files": done}, indent=2))
    elif done:
        files = ", ".join(f"{count:,} of {name}" for name, count in done.items())
        console.print(f"now of schema {PRESENT}: {files} files; run as usual: it rebuilds mentions, events and index")
    else:
        console.print(f"nothing to do: {outputs} is of schema {PRESENT}")
