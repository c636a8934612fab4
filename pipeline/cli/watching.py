"""Command that watches: status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from pipeline.cli.console import Json, Outputs, app, console, escaped
from pipeline.errors import EscalationError

_UNKNOWN = 3


@app.command()
def status(
    outputs: Outputs = "outputs",
    max_age: Annotated[
        float | None, typer.Option(min=0, help="Hours after which the index or its newest article is too old.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell how the index stands; ends with 0 if all is well, 1 for a warning, 2 if it is critical, 3 if unknown."""
    from pipeline.status import status as asked  # noqa: PLC0415

    try:
        found = asked(outputs, datetime.now(UTC), max_age)
    except (EscalationError, OSError) as error:
        said = {"level": "UNKNOWN", "reasons": [str(error)]}
        typer.echo(json.dumps(said) if as_json else f"UNKNOWN: {error}")
        raise typer.Exit(_UNKNOWN) from error
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
    else:
        typer.echo(f"{found.level.name}: {found.reasons[0] if found.reasons else _well(found.facts)}")
        for reason in found.reasons[1:]:
            typer.echo(f"also: {reason}")
        _show(found.facts)
    raise typer.Exit(int(found.level))


def _well(facts: Mapping[str, Any]) -> str:
    return f"index of {facts['index']['dyads']:,} dyads to {facts['index']['last_day'] or 'no day'}"


def _show(facts: Mapping[str, Any]) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in _rows(facts):
        table.add_row(name, escaped(value))
    console.print(table, highlight=False)


def _rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    night, lag, vintages = facts["last_night"], facts["lag"], facts["vintages"]
    return [
        ("last night", f"{night['started_at']}, {night['state']}, {night['seconds']:.0f} s" if night else "unknown"),
        ("steps", ", ".join(f"{name} {took:.0f} s" for name, took in night["steps"].items()) if night else "unknown"),
        ("published", _dated(facts["published_at"], facts["published_age_hours"])),
        ("newest article", _dated(facts["newest_article"], facts["newest_article_age_hours"])),
        ("index", f"{facts['index']['first_day'] or '–'} to {facts['index']['last_day'] or '–'}, as of "
                  f"{(facts['index']['as_of'] or 'never')[:10]}"),
        ("coverage", _coverage(facts["coverage"])),
        ("lag", f"{lag['articles_not_indexed']:,} articles, {lag['days_not_indexed']:,} days not in the index; "
                f"{lag['days_not_coded']:,} days not coded"),
        ("quarantine", ", ".join(f"{name}: {count:,}" for name, count in facts["quarantine"].items()) or "empty"),
        ("asked in vain", f"{len(facts['in_vain']):,} urls"),
        ("checks", ", ".join(f"{check['name']} {check['state']}" for check in facts["checks"]) or "none"),
        ("writer", "at work" if facts["being_written"] else "none"),
        ("schema", f"{facts['schema']['stored'] or 'unknown'}, this version's {facts['schema']['software']}"),
        ("vintages", f"{vintages['nights']:,} nights, {vintages['bytes'] / 1e6:,.1f} MB"),
    ]  # fmt: skip


def _dated(moment: str | None, age: float | None) -> str:
    return "unknown" if moment is None else f"{moment}, {age:,.1f} hours ago"


def _coverage(coverage: Mapping[str, Any] | None) -> str:
    if coverage is None:
        return "unknown"
    usual = "unknown" if coverage["usual"] is None else f"{coverage['usual']:,.0f}"
    return f"{coverage['articles']:,} articles from {coverage['since']} to {coverage['until']}, usual are {usual}"
