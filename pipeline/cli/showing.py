"""Commands that show: explain, report."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pipeline.cli.console import Json, Outputs, app, console, escaped, needed_day


@app.command()
def explain(
    dyad: Annotated[str, typer.Argument(help="KOR-PRK, or PRK>KOR for one direction.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD")],
    outputs: Outputs = "outputs",
    as_json: Json = False,
) -> None:
    """Trace a value: index → events → sentences → urls."""
    from pipeline.reading import explain as trace  # noqa: PLC0415

    found = trace(dyad, needed_day(day), outputs)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
        return
    row = found.row
    value = "no coverage" if row["tension"] is None else f"{row['tension']:.1f} ({row['low']:.1f}–{row['high']:.1f})"
    console.print(
        f"[bold]{found.dyad} {found.date}[/]: tension {value}, level {row['level']:.2f}, {row['n_articles']} articles"
    )
    _show_events("events of the day", found.events)
    _show_events("earlier events that weigh most", found.level_events)
    for claim in found.removed:
        console.print(
            f"\nno event, says {escaped(claim['reviewer'])} on {claim['corrected_at']}: {claim['coded_source']} > "
            f"{claim['coded_target']} {claim['coded_type']}\n    {escaped(claim['sentence'])}",
            highlight=False,
        )


def _show_events(title: str, events: list[dict[str, Any]]) -> None:
    console.print(f"\n[bold]{title}[/]" + ("" if events else ": none"))
    for event in events:
        mode = f"/{event['mode']}" if event["mode"] else ""
        console.print(
            f"{event['event_date']}  {event['source']} > {event['target']}  {event['event_type']}{mode}  "
            f"score {event['score']:+.1f}  confidence {event['confidence']:.2f}  {_left(event['share'])}  "
            f"{event['n_mentions']} mentions, {event['n_outlets']} outlets"
        )
        for mention in event["mentions"][:3]:
            console.print(f"    {escaped(mention['sentence'] or mention['evidence'])}", highlight=False)
            where = " ".join(filter(None, (mention["outlet"], mention["url"])))
            dated = mention["evidence"] if mention["date_rule"] == "corrected" else f"dated by {mention['date_rule']}"
            console.print(
                f"    [dim]{escaped(where)} · {mention['status']} · {escaped(dated)} · {mention['mention_id']}[/]",
                highlight=False,
            )


def _left(share: float | None) -> str:
    return "not scored" if share is None else f"left of it {share:+.2f}"


@app.command()
def report(
    outputs: Outputs = "outputs",
    dyad: Annotated[str | None, typer.Option(help="The dyad to begin with.")] = None,
) -> None:
    """Write the plot (PNG) and the self-contained page (HTML)."""
    from pipeline.chain import write_report  # noqa: PLC0415
    from pipeline.reading import read_index  # noqa: PLC0415
    from pipeline.records import normal_dyad  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    chosen = normal_dyad(dyad) if dyad else None
    read_index(outputs, chosen)
    store = Store(outputs)
    with store.writing():
        written = write_report(store, chosen)
    for path in written:
        console.print(f"wrote {path}")
