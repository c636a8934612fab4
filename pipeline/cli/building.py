"""Commands that build: run, code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipeline.cli.console import (
    Address,
    Anyway,
    AsOf,
    CoderOption,
    Config,
    DateOption,
    EngineOption,
    Json,
    Outputs,
    Plain,
    Sources,
    Wait,
    Workers,
    app,
    chosen_settings,
    chosen_sources,
    console,
    errors,
    escaped,
    parse_day,
)
from pipeline.errors import SourceError

if TYPE_CHECKING:
    from pipeline.chain import Period
    from pipeline.flows.engines import EngineChoice
    from pipeline.settings import Settings, SourceSettings
    from pipeline.store import Store


@app.command()
def run(
    sources: Sources = None,
    outputs: Outputs = "outputs",
    settings: Config = None,
    as_of: AsOf = None,
    default_date: DateOption = None,
    plain: Plain = False,
    coder: CoderOption = None,
    engine: EngineOption = "serial",
    workers: Workers = 0,
    address: Address = "",
    publish_anyway: Anyway = False,
    wait: Wait = None,
    as_json: Json = False,
) -> None:
    """Add articles and publish the index with its report; without SOURCE, of the demo articles."""
    from pipeline.flows.engines import EngineChoice  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    chosen = chosen_settings(settings, default_date, coder, wait)
    named = chosen_sources(sources, chosen)
    day = parse_day(as_of)
    choice = EngineChoice(engine, workers, address)
    if plain:
        summary = run_plain(named, outputs, chosen, choice, day, quiet=as_json, anyway=publish_anyway)
    else:
        from pipeline.flows.meanwhile import get_ready  # noqa: PLC0415
        from pipeline.flows.nightly import nightly  # noqa: PLC0415

        if engine == "serial":
            get_ready(chosen.coder.kind)
        summary = nightly(named, outputs, chosen, day, engine, workers, address, publish_anyway=publish_anyway)
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
        return
    show_summary(summary, Store(outputs), demo=not sources and not chosen.sources)


def run_plain(
    sources: list[SourceSettings],
    outputs: str,
    settings: Settings,
    choice: EngineChoice,
    day: date | None = None,
    period: Period | None = None,
    quiet: bool = False,
    anyway: bool = False,
) -> dict[str, Any]:
    """Run the plain chain, with bars that show how far it is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from pipeline import chain  # noqa: PLC0415
    from pipeline.flows.engines import plain_engine  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415
    from pipeline.training.build import late_coder  # noqa: PLC0415

    kind = settings.coder.kind
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=errors, transient=True, disable=quiet) as bars,
        plain_engine(choice, kind) as engine,
    ):
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=done, total=total or None)

        store = Store(outputs)
        summary = chain.run(
            sources,
            store,
            settings,
            late_coder(kind),
            day,
            show,
            anyway=anyway,
            engine=engine,
            period=period,
        )
    return summary.as_dict()


@app.command()
def code(
    sources: Sources = None,
    output: Annotated[Path, typer.Option(help="FILE.parquet or FILE.jsonl.")] = Path("mentions.parquet"),
    settings: Config = None,
    default_date: DateOption = None,
    coder: CoderOption = None,
) -> None:
    """Code articles and write their mentions, without an index."""
    from pipeline import chain  # noqa: PLC0415
    from pipeline.tables import MENTIONS, table_of  # noqa: PLC0415
    from pipeline.training.build import ready_coder  # noqa: PLC0415

    if output.suffix not in (".parquet", ".jsonl"):
        raise SourceError(f"{output}: the output must end in .parquet or .jsonl")
    chosen = chosen_settings(settings, default_date, coder)
    articles, rejections = chain.collect(chosen_sources(sources, chosen), chosen)
    if not articles:
        raise SourceError(f"no article was accepted; {len(rejections)} set aside: {_first(rejections)}")
    mentions = chain.code_articles(articles, ready_coder(chosen.coder.kind), chosen)
    table = table_of(mentions, MENTIONS)
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(table, output)
    else:
        from pipeline.reading import plain  # noqa: PLC0415

        rows = ({name: plain(value) for name, value in row.items()} for row in table.to_pylist())
        output.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    console.print(f"{len(mentions)} mentions of {len(articles)} articles in {output}; {len(rejections)} set aside")


def show_summary(summary: dict[str, Any], store: Store, demo: bool) -> None:
    table = Table(title="the demo articles" if demo else None, show_header=False)
    for name in (
        "new_articles",
        "known_articles",
        "coded_mentions",
        "articles",
        "superseded",
        "copies",
        "mentions",
        "events",
        "scored_events",
        "dyads",
    ):
        table.add_row(name.replace("_", " "), f"{summary[name]:,}")
    table.add_row("days", f"{summary['first_day']} to {summary['last_day']}" if summary["first_day"] else "none")
    for what, title in (("fetched", "urls"), ("unread", "not read, in"), ("rejected", "set aside:")):
        for name, count in summary[what].items():
            if count:
                table.add_row(f"{title} {name}", f"{count:,}")
    console.print(table)
    console.print(
        f"index   {store.full('tension_index.parquet')}\nreport  {store.full('report.html')}\n"
        f"plot    {store.full('*.png')}",
        highlight=False,
    )
    option = "" if store.where == "outputs" else f" --outputs {store.where}"
    if summary["quarantined"]:
        console.print(f"aside   {summary['quarantined']:,} records: escalation quarantine{option}", highlight=False)
    for line in summary["in_vain"]:
        console.print(f"in vain {escaped(line)}", highlight=False)
    for check in summary["checks"]:
        if check["state"] in ("warned", "failed"):
            console.print(f"check   {check['name']} {check['state']}: {escaped(check['found'])}", highlight=False)
    for alert in summary["alerts"]:
        console.print(f"[bold red]alert[/]   {escaped(alert)}", highlight=False)
    example = "KOR-PRK 2020-06-16" if demo else summary["example"]
    if example:
        dyad = example.partition(" ")[0]
        console.print(
            f"next    escalation explain {example}{option}\n        escalation index show {dyad}{option}",
            highlight=False,
        )
    if demo:
        console.print("        escalation run YOUR_ARTICLES --outputs my_outputs", highlight=False)


def _first(rejections: list[Any]) -> str:
    return (
        f"{rejections[0].place}: {rejections[0].reason} ({rejections[0].detail})"
        if rejections
        else "the sources are empty"
    )
