"""Commands that work through days by themselves: serve, backfill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.building import run_plain, show_summary
from pipeline.cli.console import (
    Address,
    CoderOption,
    Config,
    DateOption,
    EngineOption,
    Json,
    Outputs,
    Plain,
    Sources,
    Workers,
    app,
    chosen_settings,
    chosen_sources,
    console,
    needed_day,
)

if TYPE_CHECKING:
    from pipeline.settings import SourceSettings


@app.command()
def serve(
    sources: Sources = None,
    cron: Annotated[str, typer.Option(help="When to run, in cron's five fields.")] = "15 2 * * *",
    timezone: Annotated[str, typer.Option(help="IANA name of the schedule's time zone.")] = "UTC",
    catch_up: Annotated[
        bool, typer.Option("--catch-up/--no-catch-up", help="Run once at the start, if a scheduled run was missed.")
    ] = True,
    outputs: Outputs = "outputs",
    settings: Config = None,
    coder: CoderOption = None,
    engine: EngineOption = "serial",
    workers: Workers = 0,
    address: Address = "",
) -> None:
    """Run nightly on a schedule, until interrupted."""
    from pipeline.flows.engines import EngineChoice  # noqa: PLC0415
    from pipeline.flows.serving import Schedule  # noqa: PLC0415
    from pipeline.flows.serving import serve as serve_flow  # noqa: PLC0415

    chosen = chosen_settings(settings, None, coder)
    named = [_absolute(source) for source in chosen_sources(sources, chosen)]
    choice = EngineChoice(engine, workers, address)
    serve_flow(named, _absolute_place(outputs), chosen, Schedule(cron, timezone, catch_up), choice)


def _absolute(source: SourceSettings) -> SourceSettings:
    """Return a source that means the same wherever the scheduled run starts."""
    named = {name: str(value) for name, value in source.options.items() if name in ("path", "file") and value}
    places = {name: value for name, value in named.items() if "://" not in value}
    return source.model_copy(update={name: str(Path(value).resolve()) for name, value in places.items()})


def _absolute_place(outputs: str) -> str:
    return outputs if "://" in outputs else str(Path(outputs).resolve())


@app.command()
def backfill(
    first: Annotated[str, typer.Argument(help="First day of printing (YYYY-MM-DD).")],
    last: Annotated[str, typer.Argument(help="Last day of printing.")],
    sources: Sources = None,
    outputs: Outputs = "outputs",
    settings: Config = None,
    default_date: DateOption = None,
    plain: Plain = False,
    coder: CoderOption = None,
    engine: EngineOption = "process",
    workers: Workers = 0,
    address: Address = "",
    as_json: Json = False,
) -> None:
    """Add what the sources hold of a period; begun again, it goes on where it stopped."""
    from pipeline.chain import Period  # noqa: PLC0415
    from pipeline.flows.engines import EngineChoice  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    period = Period(needed_day(first), needed_day(last))
    chosen = chosen_settings(settings, default_date, coder)
    named = [source for source in chosen_sources(sources, chosen) if source.kind != "feed"]
    if plain:
        summary = run_plain(named, outputs, chosen, EngineChoice(engine, workers, address), None, period, as_json)
    else:
        from pipeline.flows.backfill import backfill as flow  # noqa: PLC0415

        summary = flow(first, last, named, outputs, chosen, engine, workers, address)
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
        return
    show_summary(summary, Store(outputs), demo=False)
    console.print(f"period  {period}: {summary['coded_days']:,} days coded, {summary['outside']:,} articles outside it")
