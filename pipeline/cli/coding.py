"""Commands about the coder: train, evaluate, review, correct."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from pipeline.cli.console import CoderOption, Json, Outputs, app, console, escaped, parse_day
from pipeline.errors import CorrectionError, SeedError


@app.command()
def train(
    anyway: Annotated[bool, typer.Option("--anyway", help="Accept an estimator that measures worse.")] = False,
    corrections: Annotated[
        str | None, typer.Option(help="Outputs whose corrections become training sentences first.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rebuild the estimator from the seeds, measure it on the held-out stories, and accept it if it is not worse."""
    from pipeline.training.accept import accept, retrain, teach  # noqa: PLC0415

    if corrections is not None:
        console.print(f"{teach(corrections)} corrections are now labelled sentences in the seeds")
    new, old, faults = retrain()
    if as_json:
        typer.echo(json.dumps(new, indent=2, ensure_ascii=False))
    else:
        _show_change(new, old)
    if faults and not anyway:
        raise SeedError(f"not accepted, the present estimator stays: {'; '.join(faults)}; --anyway accepts it")
    for path in accept(new):
        if not as_json:
            console.print(f"wrote {path}")


def _show_change(new: dict[str, Any], old: dict[str, Any]) -> None:
    table = Table("measured on held-out stories", "now", "accepted before")
    for name, value in new.items():
        if isinstance(value, int | float):
            table.add_row(name, *(_number(one) for one in (value, old.get(name))))
    console.print(table)


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


@app.command()
def evaluate(
    file: Annotated[
        Path,
        typer.Argument(help="TSV with marked_sentence, gold_root, gold_penta; .txt with spans; or .jsonl of events."),
    ],
    coder: CoderOption = None,
    examples: Annotated[int, typer.Option(help="Errors to show with their sentences.")] = 5,
    as_json: Json = False,
) -> None:
    """Measure a coder on a file of labelled sentences; the formats are told in docs/evaluation.md."""
    from dataclasses import asdict  # noqa: PLC0415

    from pipeline.settings import Settings  # noqa: PLC0415
    from pipeline.training.build import ready_coder  # noqa: PLC0415
    from pipeline.training.directed import evaluate_events, evaluate_spans  # noqa: PLC0415
    from pipeline.training.evaluate import evaluate_file  # noqa: PLC0415

    if not file.is_file():
        raise SeedError(f"there is no file {file}")
    chosen = ready_coder(coder or "estimator")
    if file.suffix == ".tsv":
        found = evaluate_file(file, chosen, Settings().coder.min_probability).as_dict()
    elif file.suffix == ".jsonl":
        found = evaluate_events(file, chosen, Settings()).as_dict()
    else:
        found = asdict(evaluate_spans(file, chosen))
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    _show_figures(found, examples)


def _show_figures(found: dict[str, Any], examples: int) -> None:
    if "classes" in found:
        table = Table("type", "precision", "recall", "F1", "sentences")
        for row in found["classes"]:
            table.add_row(
                row["label"], *(f"{row[name]:.2f}" for name in ("precision", "recall", "f1")), str(row["support"])
            )
        console.print(table)
    for name, value in found.items():
        if isinstance(value, int | float):
            console.print(f"{name:18} {_number(value)}")
    for name, title in (("free", "its own answers"), ("chosen", "told that there is an event")):
        if name in found:
            scores = "  ".join(f"{key} {value:.3f}" for key, value in found[name].items())
            console.print(f"{title}: {scores}", highlight=False)
    for one in found.get("confusions", [])[:examples]:
        console.print(f"{one['count']:3} {one['truth']} taken for {one['found']}")
        for sentence in one["sentences"]:
            console.print(f"      {escaped(sentence)}", highlight=False)
    for error in found.get("errors", [])[:examples]:
        console.print(escaped(error), highlight=False)


@app.command()
def review(
    outputs: Outputs = "outputs",
    dyad: Annotated[str | None, typer.Option(help="Only this pair, such as KOR-PRK.")] = None,
    since: Annotated[str | None, typer.Option(help="First event date, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last event date, YYYY-MM-DD.")] = None,
    limit: Annotated[int, typer.Option(help="Mentions of each kind to list.")] = 10,
    as_json: Json = False,
) -> None:
    """List the mentions that weigh most and those that are least certain; `escalation correct` takes verdicts."""
    from pipeline.reading import review as listed  # noqa: PLC0415

    found = listed(outputs, dyad, parse_day(since), parse_day(until), limit)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for kind, rows in found.items():
        console.print(f"\n[bold]{kind}[/]" + ("" if rows else ": none"))
        for row in rows:
            mode = f"/{row['mode']}" if row["mode"] else ""
            console.print(
                f"{row['mention_id']}  {row['event_date']}  {row['source']} > {row['target']}  "
                f"{row['event_type']}{mode}  {row['status']}  "
                f"weight {row['influence']:.1f}  probability {row['probability']:.2f}",
                highlight=False,
            )
            console.print(f"    {escaped(row['sentence'])}", highlight=False)
    console.print("\nverdict: escalation correct MENTION_ID right | changed | none")


@app.command()
def correct(
    mention_id: Annotated[str, typer.Argument(help="As `escalation review` and `explain --json` show it.")],
    verdict: Annotated[str, typer.Argument(help="right, changed (with what is so), or none: there is no event.")],
    event_type: Annotated[str | None, typer.Option("--type", help="The right event type.")] = None,
    mode: Annotated[str | None, typer.Option(help="The right mode.")] = None,
    source: Annotated[str | None, typer.Option(help="Code of who acts.")] = None,
    target: Annotated[str | None, typer.Option(help="Code of who is acted upon.")] = None,
    status: Annotated[str | None, typer.Option(help="happened, announced, hypothetical, denied, historical.")] = None,
    event_date: Annotated[str | None, typer.Option("--date", help="When it happened, YYYY-MM-DD.")] = None,
    precision: Annotated[str | None, typer.Option(help="day, week, month or year.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Who says so; by default the login name.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    outputs: Outputs = "outputs",
) -> None:
    """Record a verdict on a mention in OUTPUTS/corrections.csv; the next run applies it, and every one after it."""
    from pipeline import chain  # noqa: PLC0415
    from pipeline.corrections import judged  # noqa: PLC0415
    from pipeline.reading import find_mention  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    given = {
        "event_type": event_type,
        "mode": "" if event_type and mode is None else mode,
        "source": source,
        "target": target,
        "status": status,
        "event_date": event_date,
        "date_precision": precision or ("day" if event_date else None),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    changes |= {f"{end}_role": "" for end in ("source", "target") if end in changes}
    named = {"none": "no event"}.get(verdict, verdict)
    if (named == "changed") != bool(changes):
        raise CorrectionError(
            "give what is so (--type, --date, --source …) with the verdict `changed`, and only with it"
        )
    today = datetime.now(UTC).date()
    row = judged(find_mention(outputs, mention_id), named, changes, today, reviewer or getuser(), note)
    chain.correct(Store(outputs), row)
    console.print(
        f"recorded: {row.verdict}, {row.source} > {row.target} {row.event_type}; run `escalation run` to apply it"
    )
