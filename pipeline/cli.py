"""The command `escalation`: parse arguments, call, show. Everything heavy is imported where it is used."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline.errors import EscalationError, SeedError, SourceError

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer(
    help="Dated news articles in; a dated, explainable tension index per pair of countries out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
index_app = typer.Typer(help="Read the index.", no_args_is_help=True)
app.add_typer(index_app, name="index")
console = Console()
errors = Console(stderr=True)

Sources = Annotated[list[Path] | None, typer.Argument(help="Files or folders of articles.")]
Outputs = Annotated[str, typer.Option(help="Folder of the results.")]
Config = Annotated[Path | None, typer.Option("--settings", help="TOML file with settings.")]
AsOf = Annotated[str | None, typer.Option(help="Leave out what was printed after this day (YYYY-MM-DD).")]
DateOption = Annotated[str | None, typer.Option("--date", help="Date of articles that carry none (YYYY-MM-DD).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Plain = Annotated[bool, typer.Option("--plain", help="Run the plain chain, without Prefect.")]


def main() -> None:
    """Run the command; our own errors end in one line and exit code 1."""
    try:
        app()
    except EscalationError as error:
        errors.print(f"[bold red]error:[/] {_escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(1)


@app.command()
def run(
    sources: Sources = None,
    outputs: Outputs = "outputs",
    settings: Config = None,
    as_of: AsOf = None,
    default_date: DateOption = None,
    plain: Plain = False,
    as_json: Json = False,
) -> None:
    """Add articles and publish the index with its report; without SOURCE, of the demo articles."""
    from pipeline.store import Store  # noqa: PLC0415

    chosen = _settings(settings, default_date)
    paths = _sources(sources)
    day = _day(as_of)
    if plain:
        summary = _run_plain(paths, outputs, chosen, day, quiet=as_json)
    else:
        from pipeline.flows import nightly  # noqa: PLC0415

        summary = nightly([str(path) for path in paths], outputs, chosen, day)
    if as_json:
        typer.echo(json.dumps(summary, indent=2))
        return
    _show_summary(summary, Store(outputs).root, demo=sources is None)


def _run_plain(paths: list[Path], outputs: str, settings: Settings, day: date | None, quiet: bool) -> dict[str, Any]:
    from rich.progress import Progress  # noqa: PLC0415

    from pipeline import chain  # noqa: PLC0415
    from pipeline.report import write_report  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415
    from pipeline.training.build import ready_estimator  # noqa: PLC0415

    store = Store(outputs)
    with Progress(console=errors, transient=True, disable=quiet) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=done, total=total or None)

        summary = chain.run(paths, store, settings, ready_estimator(), day, show)
    write_report(store)
    return summary.as_dict()


@app.command()
def code(
    sources: Sources = None,
    output: Annotated[Path, typer.Option(help="FILE.parquet or FILE.jsonl.")] = Path("mentions.parquet"),
    settings: Config = None,
    default_date: DateOption = None,
) -> None:
    """Code articles and write their mentions, without an index."""
    from pipeline import chain  # noqa: PLC0415
    from pipeline.tables import MENTIONS, table_of  # noqa: PLC0415
    from pipeline.training.build import ready_estimator  # noqa: PLC0415

    if output.suffix not in (".parquet", ".jsonl"):
        raise SourceError(f"{output}: the output must end in .parquet or .jsonl")
    chosen = _settings(settings, default_date)
    articles, rejections = chain.collect(_sources(sources), chosen)
    if not articles:
        raise SourceError(f"no article was accepted; {len(rejections)} set aside: {_first(rejections)}")
    mentions = chain.code_articles(articles, ready_estimator(), chosen)
    table = table_of(mentions, MENTIONS)
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.suffix == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(table, output)
    else:
        table.to_pandas().to_json(output, orient="records", lines=True, force_ascii=False, date_format="iso")
    console.print(f"{len(mentions)} mentions of {len(articles)} articles in {output}; {len(rejections)} set aside")


@app.command()
def train(as_json: Json = False) -> None:
    """Rebuild the estimator from the seeds and show how it does on topics it has not seen."""
    from pipeline.training.build import ready_estimator, seeds_fingerprint  # noqa: PLC0415
    from pipeline.training.crossval import cross_validate  # noqa: PLC0415

    ready_estimator(rebuild=True)
    figures = cross_validate() | {"fingerprint": seeds_fingerprint()}
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        console.print(f"{name:28} {value:.3f}" if isinstance(value, float) else f"{name:28} {value}")


@app.command()
def evaluate(file: Annotated[Path, typer.Argument(help="TSV with marked_sentence, gold_root, gold_penta.")], as_json: Json = False) -> None:
    """Measure the estimator on a file of labelled sentences."""
    from pipeline.training.build import ready_estimator  # noqa: PLC0415
    from pipeline.training.evaluate import evaluate_file  # noqa: PLC0415

    if not file.is_file():
        raise SeedError(f"there is no file {file}")
    result = evaluate_file(file, ready_estimator())
    if as_json:
        typer.echo(json.dumps(result.as_dict(), indent=2))
        return
    table = Table("type", "precision", "recall", "F1", "sentences")
    for row in result.classes:
        table.add_row(row.label, f"{row.precision:.2f}", f"{row.recall:.2f}", f"{row.f1:.2f}", str(row.support))
    console.print(table)
    console.print(
        f"macro-F1 root {result.root_macro_f1:.3f}  quad {result.quad_macro_f1:.3f}  binary {result.binary_macro_f1:.3f}; "
        f"micro-F1 root {result.root_micro_f1:.3f}; {result.no_event} of {result.n} coded as no event (counted wrong)"
    )


@app.command()
def explain(
    dyad: Annotated[str, typer.Argument(help="KOR-PRK, or PRK>KOR for one direction.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD")],
    outputs: Outputs = "outputs",
    as_json: Json = False,
) -> None:
    """Trace a value: index → events → sentences → urls."""
    from pipeline.reading import explain as trace  # noqa: PLC0415

    when = _day(day)
    if when is None:
        raise SourceError("give a date, YYYY-MM-DD")
    found = trace(dyad, when, outputs)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
        return
    row = found.row
    value = "no coverage" if row["tension"] is None else f"{row['tension']:.1f} ({row['low']:.1f}–{row['high']:.1f})"
    console.print(f"[bold]{found.dyad} {found.date}[/]: tension {value}, level {row['level']:.2f}, {row['n_articles']} articles")
    _show_events("events of the day", found.events)
    _show_events("earlier events that weigh most", found.level_events)


def _show_events(title: str, events: list[dict[str, Any]]) -> None:
    console.print(f"\n[bold]{title}[/]" + ("" if events else ": none"))
    for event in events:
        mode = f"/{event['mode']}" if event["mode"] else ""
        console.print(
            f"{event['event_date']}  {event['source']} > {event['target']}  {event['event_type']}{mode}  "
            f"score {event['score']:+.1f}  confidence {event['confidence']:.2f}  weight left {event['share']:+.2f}  "
            f"{event['n_mentions']} mentions, {event['n_outlets']} outlets"
        )
        for mention in event["mentions"][:3]:
            console.print(f"    {_escape(mention['sentence'])}", highlight=False)
            where = " ".join(filter(None, (mention["outlet"], mention["url"])))
            console.print(f"    [dim]{_escape(where)} · {mention['status']} · dated by {mention['date_rule']}[/]", highlight=False)


@app.command()
def report(
    outputs: Outputs = "outputs",
    dyad: Annotated[str | None, typer.Option(help="The dyad to begin with.")] = None,
) -> None:
    """Write the plot (PNG) and the self-contained page (HTML)."""
    from pipeline.reading import normal_dyad, read_index  # noqa: PLC0415
    from pipeline.report import write_report  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    chosen = normal_dyad(dyad) if dyad else None
    read_index(outputs, chosen)
    for path in write_report(Store(outputs), chosen):
        console.print(f"wrote {path}")


@index_app.command("show")
def index_show(
    dyad: Annotated[str | None, typer.Argument(help="KOR-PRK, or PRK>KOR; without it all dyads.")] = None,
    outputs: Outputs = "outputs",
    last: Annotated[int, typer.Option(help="Covered days to show.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the latest values of a dyad, or the latest value of every dyad."""
    from pipeline.reading import read_index  # noqa: PLC0415

    frame = read_index(outputs, dyad)
    covered = frame[frame["tension"].notna()]
    rows = covered.tail(last) if dyad else covered.groupby("dyad", sort=True).tail(1)
    columns = ["date", "dyad", "tension", "low", "high", "conflict", "cooperation", "n_events", "n_articles", "percentile", "highest_since"]
    if as_json:
        typer.echo(rows[columns].to_json(orient="records", date_format="iso"))
        return
    table = Table(*columns)
    for row in rows[columns].itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
    console.print(table)


@app.command()
def serve(
    sources: Sources = None,
    cron: Annotated[str, typer.Option(help="When to run, in cron's five fields.")] = "15 2 * * *",
    timezone: Annotated[str, typer.Option(help="IANA name of the schedule's time zone.")] = "UTC",
    outputs: Outputs = "outputs",
    settings: Config = None,
) -> None:
    """Run nightly on a schedule, until interrupted."""
    from pipeline.flows import serve as serve_flow  # noqa: PLC0415

    paths = [str(path.resolve()) for path in _sources(sources)]
    serve_flow(paths, str(Path(outputs).resolve()), _settings(settings, None), cron, timezone)


def _settings(path: Path | None, default_date: str | None) -> Settings:
    from pipeline.settings import load_settings  # noqa: PLC0415

    chosen = load_settings(path)
    if default_date is None:
        return chosen
    return chosen.model_copy(update={"articles": chosen.articles.model_copy(update={"default_date": _day(default_date)})})


def _sources(sources: list[Path] | None) -> list[Path]:
    from pipeline.paths import seeds_dir  # noqa: PLC0415

    return sources or [seeds_dir() / "articles"]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SourceError(f"{text!r} is not a date; write YYYY-MM-DD") from error


def _show_summary(summary: dict[str, Any], root: Path, demo: bool) -> None:
    table = Table(title="the demo articles" if demo else None, show_header=False)
    for name in ("new_articles", "known_articles", "articles", "mentions", "events", "scored_events", "dyads"):
        table.add_row(name.replace("_", " "), f"{summary[name]:,}")
    table.add_row("days", f"{summary['first_day']} to {summary['last_day']}" if summary["first_day"] else "none")
    for reason, count in summary["rejected"].items():
        table.add_row(f"set aside: {reason}", f"{count:,}")
    console.print(table)
    console.print(f"index   {root / 'tension_index.parquet'}\nreport  {root / 'report.html'}\nplot    {root}/*.png", highlight=False)
    if summary["rejected"]:
        console.print(f"set aside, with reasons: {root / 'quarantine'}", highlight=False)
    option = "" if str(root) == "outputs" else f" --outputs {root}"
    console.print(
        f"next    escalation explain KOR-PRK 2020-06-16{option}\n        escalation index show KOR-PRK{option}\n"
        f"        escalation run YOUR_ARTICLES --outputs my_outputs",
        highlight=False,
    )


def _first(rejections: list[Any]) -> str:
    return f"{rejections[0].place}: {rejections[0].reason} ({rejections[0].detail})" if rejections else "the sources are empty"


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if hasattr(value, "date"):
        return value.date().isoformat()
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _escape(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)
