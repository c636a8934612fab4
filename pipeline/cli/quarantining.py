"""Commands about what was refused: list it, show it, try it again."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer
from rich.table import Table

from pipeline.cli.console import Config, Json, Outputs, app, chosen_settings, console, escaped
from pipeline.errors import SourceError, StoreError

quarantine_app = typer.Typer(help="What was refused: list it, and try it again after a fix.")
app.add_typer(quarantine_app, name="quarantine")
Reason = Annotated[str | None, typer.Option(help="Only what was refused for this reason.")]


@quarantine_app.callback(invoke_without_command=True)
def quarantine(
    context: typer.Context,
    outputs: Outputs = "outputs",
    reason: Reason = None,
    limit: Annotated[int, typer.Option(help="Records to list.")] = 20,
    as_json: Json = False,
) -> None:
    """List what lies in quarantine, by reason."""
    if context.invoked_subcommand:
        if outputs != "outputs" or reason:
            raise SourceError(f"give the options after {context.invoked_subcommand!r}")
        return
    from pipeline.chain.quarantine import aside  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    found = [one for one in aside(Store(outputs)) if reason in (None, one.reason)]
    if as_json:
        names = ("rejection_id", "place", "reason", "detail", "form")
        rows = [{name: getattr(one, name) for name in names} | {"bytes": len(one.content)} for one in found[:limit]]
        typer.echo(json.dumps({"count": len(found), "records": rows}, indent=2, ensure_ascii=False))
        return
    table = Table("reason", "records", "can be tried again")
    for name, size in Counter(one.reason for one in found).most_common():
        table.add_row(name, f"{size:,}", f"{sum(bool(one.form) for one in found if one.reason == name):,}")
    console.print(table)
    for one in found[:limit]:
        console.print(
            f"{one.rejection_id}  {escaped(one.place)}\n    {one.reason}: {escaped(one.detail)}", highlight=False
        )
    option = "" if outputs == "outputs" else f" --outputs {outputs}"
    console.print(f"\n{len(found):,} in quarantine; after a fix: escalation quarantine retry{option}", highlight=False)


@quarantine_app.command()
def show(
    rejection_id: Annotated[str, typer.Argument(help="As `escalation quarantine` lists it.")],
    outputs: Outputs = "outputs",
) -> None:
    """Print the bytes of a refused record as they came."""
    from pipeline.chain.quarantine import aside  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    for one in aside(Store(outputs)):
        if one.rejection_id == rejection_id:
            typer.echo(one.content)
            return
    raise StoreError(f"no record {rejection_id!r} in quarantine; `escalation quarantine` lists ids")


@quarantine_app.command()
def retry(outputs: Outputs = "outputs", reason: Reason = None, settings: Config = None) -> None:
    """Try refused records again with the present settings; refused urls are fetched by the next run."""
    from pipeline import chain  # noqa: PLC0415
    from pipeline.chain.quarantine import aside  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    store = Store(outputs)
    if not store.exists():
        raise StoreError(f"there is nothing in {store.where}; --outputs names the folder or url of the run")
    before = [one for one in aside(store) if reason in (None, one.reason)]
    found = chain.retry(store, chosen_settings(settings, None), reason)
    fixed, urls = sum(not one.form for one in before), sum(one.form == "link" for one in before)
    console.print(
        f"{found.new_articles:,} new articles, {found.coded_mentions:,} new events; refused again: "
        f"{sum(found.rejected.values()):,}; urls wanted again: {urls:,}; cannot be tried again: {fixed:,} "
        f"(mend their files and run). `escalation run` fetches urls and indexes what is new"
    )


@quarantine_app.command()
def forget(outputs: Outputs = "outputs", reason: Reason = None) -> None:
    """Remove refused records from quarantine, for good: those of a reason, or all."""
    from pipeline.chain.quarantine import aside, release  # noqa: PLC0415
    from pipeline.store import Store  # noqa: PLC0415

    store = Store(outputs)
    chosen = [one for one in aside(store) if reason in (None, one.reason)]
    with store.writing():
        release(store, chosen)
    console.print(f"{len(chosen):,} removed")
