"""The application, its options, and what all commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from pipeline.settings import Settings, SourceSettings

SETTINGS_FILE = "escalation.toml"

app = typer.Typer(
    help="Dated news articles in; a dated, explainable tension index per pair of countries out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
index_app = typer.Typer(help="Read the index, or compute it anew with other options.")
app.add_typer(index_app, name="index")
console = Console()
errors = Console(stderr=True)

Sources = Annotated[
    list[str] | None, typer.Argument(help="Files, folders or urls of articles; by default the sources in the settings.")
]
Outputs = Annotated[str, typer.Option(help="Folder or url (s3, gs, az) of the results.")]
Config = Annotated[
    Path | None, typer.Option("--settings", help=f"TOML file with settings; by default {SETTINGS_FILE}, if it is here.")
]
AsOf = Annotated[
    str | None, typer.Option(help="Publish the index as of this day (YYYY-MM-DD): leave out what was printed later.")
]
DateOption = Annotated[str | None, typer.Option("--date", help="Date of articles that carry none (YYYY-MM-DD).")]
Wait = Annotated[
    float | None, typer.Option(min=0, help="Seconds to wait for another run that writes to the same outputs.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Plain = Annotated[bool, typer.Option("--plain", help="Run the plain chain, without Prefect.")]
Anyway = Annotated[bool, typer.Option("--publish-anyway", help="Publish also where a check of what was found fails.")]
CoderOption = Annotated[
    Literal["estimator", "lexicon"] | None,
    typer.Option("--coder", help="The trained estimator, or the lexicon's rules alone."),
]
EngineOption = Annotated[
    Literal["serial", "process", "dask"],
    typer.Option("--engine", help="What codes: this process, processes beside it, or a Dask cluster."),
]
Workers = Annotated[int, typer.Option(help="Processes that code; 0 is one a core.", min=0)]
Address = Annotated[str, typer.Option(help="A Dask scheduler, as tcp://HOST:8786; by default a cluster of its own.")]


def chosen_settings(
    path: Path | None, default_date: str | None, coder: str | None = None, wait: float | None = None
) -> Settings:
    from pipeline.settings import load_settings  # noqa: PLC0415

    here = Path(SETTINGS_FILE)
    chosen = load_settings(here if path is None and here.is_file() else path)
    if coder is not None:
        chosen = chosen.model_copy(update={"coder": chosen.coder.model_copy(update={"kind": coder})})
    if wait is not None:
        chosen = chosen.model_copy(update={"outputs": chosen.outputs.model_copy(update={"wait_seconds": wait})})
    if default_date is None:
        return chosen
    return chosen.model_copy(
        update={"articles": chosen.articles.model_copy(update={"default_date": parse_day(default_date)})}
    )


def chosen_sources(sources: list[str] | None, settings: Settings) -> list[SourceSettings]:
    """Return the sources given, else those of the settings, else the demo articles."""
    from pipeline.paths import seeds_dir  # noqa: PLC0415
    from pipeline.settings import SourceSettings  # noqa: PLC0415

    return [SourceSettings.of(one) for one in sources or settings.sources or [str(seeds_dir() / "articles")]]


def parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise SourceError(f"{text!r} is not a date; write YYYY-MM-DD") from error


def needed_day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise SourceError("give a date, YYYY-MM-DD")
    return day


def escaped(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415

    return escape(text)
