"""Commands that show what the rooms of dates and actors see in a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from pipeline.cli.console import Json, app, console, escaped, needed_day

Text = Annotated[str, typer.Argument(help="A sentence, or several of one article.")]
Published = Annotated[str, typer.Option(help="Local day of publication, YYYY-MM-DD.")]


@app.command()
def dates(text: Text, published: Published, as_json: Json = False) -> None:
    """Show the dates that a text names, each with the days it means, its precision and the rule that gave it."""
    from pipeline.seeing import dates_in  # noqa: PLC0415

    _show(dates_in(text, needed_day(published)), as_json, "no date")


@app.command()
def actors(text: Text, published: Published, as_json: Json = False) -> None:
    """Show the country actors of a text, each with its role, how certain it is, and what kind of words name it."""
    from pipeline.seeing import actors_in  # noqa: PLC0415

    _show(actors_in(text, needed_day(published)), as_json, "no actor")


def _show(rows: Sequence[dict[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        console.print(nothing)
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(escaped(str(value)) for value in row.values()))
    console.print(table)
