"""Commands about the index: show it, how it moved, its regimes, and compute it anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Column, Table

from pipeline.cli.console import Config, Json, Outputs, chosen_settings, console, index_app, parse_day
from pipeline.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd


@index_app.command("show")
def index_show(
    dyad: Annotated[str | None, typer.Argument(help="KOR-PRK, or PRK>KOR; without it all dyads.")] = None,
    outputs: Outputs = "outputs",
    last: Annotated[int, typer.Option(help="Covered days to show.")] = 20,
    as_of: Annotated[str | None, typer.Option(help="As it stood at the end of this day (YYYY-MM-DD).")] = None,
    as_json: Json = False,
) -> None:
    """Show the latest values of a dyad, or the latest value of every dyad."""
    from pipeline.reading import read_index  # noqa: PLC0415

    _show_values(read_index(outputs, dyad, parse_day(as_of)), last if dyad else 1, as_json)


@index_app.command("revisions")
def index_revisions(
    dyad: Annotated[str, typer.Argument(help="KOR-PRK, or PRK>KOR.")],
    outputs: Outputs = "outputs",
    last: Annotated[int, typer.Option(help="Changes to show.")] = 40,
    as_json: Json = False,
) -> None:
    """Show how the values of past days moved from night to night."""
    from pipeline.reading import plain, read_revisions  # noqa: PLC0415

    found = read_revisions(outputs, dyad)
    found = found[found.duplicated("date", keep=False)].tail(last)
    rows = [{name: plain(value) for name, value in row.items()} for row in found.to_dict("records")]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("date", "known on", "tension", "change", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        change = "first" if row["change"] is None else f"{row['change']:+.1f}"
        table.add_row(row["date"], row["vintage"], _cell(row["tension"]), change)
    console.print(table if rows else "no value of a past day has moved")


@index_app.command("regimes")
def index_regimes(
    dyad: Annotated[str, typer.Argument(help="KOR-PRK, or PRK>KOR.")],
    outputs: Outputs = "outputs",
    as_json: Json = False,
) -> None:
    """Show the periods between changes in what the two do to each other."""
    from pipeline.reading import plain, read_index  # noqa: PLC0415
    from pipeline.series import regimes  # noqa: PLC0415

    found = regimes(read_index(outputs, dyad)).to_dict("records")
    rows = [{str(name): plain(value) for name, value in row.items()} for row in found]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("from", "to", "weeks", "flow a day", "change", "tension", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        change = "" if row["change"] is None else f"{row['change']:+.2f}"
        values = (str(row["n_weeks"]), f"{row['flow']:+.2f}", change, _cell(row["tension"]))
        table.add_row(row["first"], row["last"], *values)
    console.print(table)


@index_app.callback(invoke_without_command=True)
def index(
    context: typer.Context,
    outputs: Outputs = "outputs",
    dyad: Annotated[list[str] | None, typer.Option(help="Only this pair; may be given again.")] = None,
    scale: Annotated[Literal["plover", "goldstein"] | None, typer.Option(help="Scale of the scores.")] = None,
    half_life: Annotated[float | None, typer.Option(help="Days after which an event weighs half.")] = None,
    min_confidence: Annotated[float | None, typer.Option(help="Least confidence of a scored event.")] = None,
    interval: Annotated[float | None, typer.Option(help="Nominal coverage of the interval, 0 … 1.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Leave out what was printed after this day.")] = None,
    output: Annotated[Path | None, typer.Option(help="FILE.parquet or FILE.csv for all days.")] = None,
    settings: Config = None,
    as_json: Json = False,
) -> None:
    """Read the index; or, with options alone, compute it anew from the stored mentions and publish nothing."""
    if context.invoked_subcommand:
        return
    from pipeline.chain import compute  # noqa: PLC0415
    from pipeline.chain.recomputed import as_frame, changed  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    options = {"scale": scale, "half_life_days": half_life, "min_confidence": min_confidence, "interval": interval}
    chosen = changed(chosen_settings(settings, None), {name: one for name, one in options.items() if one is not None})
    frame = as_frame(compute(Store(outputs), chosen, parse_day(as_of)), dyad or [])
    if output is not None:
        _write(frame, output)
    _show_values(frame, 20 if dyad else 1, as_json)


def _write(frame: pd.DataFrame, output: Path) -> None:
    if output.suffix not in (".parquet", ".csv"):
        raise SourceError(f"{output}: the output must end in .parquet or .csv")
    frame.to_parquet(output) if output.suffix == ".parquet" else frame.to_csv(output, index=False)
    console.print(f"wrote {output}")


def _show_values(frame: pd.DataFrame, last: int, as_json: bool) -> None:
    from pipeline.reading import plain  # noqa: PLC0415

    covered = frame[frame["tension"].notna()]
    rows = covered.groupby("dyad", sort=True).tail(last)
    columns = [
        "date",
        "dyad",
        "tension",
        "low",
        "high",
        "conflict",
        "cooperation",
        "n_events",
        "n_articles",
        "percentile",
        "highest_since",
    ]
    if as_json:
        typer.echo(json.dumps([{n: plain(v) for n, v in row.items()} for row in rows[columns].to_dict("records")]))
        return
    wide = ("date", "dyad", "tension", "interval", "confl.", "coop.", "events", "art.", "pct", "highest since")
    table = Table(*(Column(name, no_wrap=name != "highest since") for name in wide), box=None, padding=(0, 1, 0, 0))
    for row in rows.to_dict("records"):
        names = ("conflict", "cooperation", "n_events", "n_articles")
        values = (row["date"], row["dyad"], row["tension"], f"{row['low']:.0f}–{row['high']:.0f}", *map(row.get, names))
        table.add_row(*(_cell(value) for value in (*values, round(row["percentile"]), row["highest_since"])))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if hasattr(value, "date"):
        return str(value.date())
    return f"{value:.1f}" if isinstance(value, float) else str(value)
