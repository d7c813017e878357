"""`impact log`: who did what, and whether the log is as it was written."""

from typing import Annotated

import typer

from pipelines.audit_log import entries
from pipelines.audit_log import verify as verify_log
from pipelines.commands.words import stop, workspace

app = typer.Typer(
    invoke_without_command=True,
    help="The audit log: who accepted, decided, exported, erased, restored or changed settings.",
)


@app.callback()
def show(
    context: typer.Context,
    last: Annotated[int, typer.Option(help="How many entries, the newest last.", min=1)] = 20,
    action: Annotated[str | None, typer.Option(help="Only entries of this kind, such as erased.")] = None,
) -> None:
    """List the newest entries."""
    if context.invoked_subcommand is not None:
        return
    found = [entry for entry in entries(workspace().audit_log) if action in (None, entry["action"])]
    if not found:
        typer.echo("Nothing was logged yet." if action is None else f"Nothing was logged as {action!r}.")
    for entry in found[-last:]:
        told = ", ".join(f"{name} {value}" for name, value in entry["details"].items() if name != "files")
        typer.echo(f"{entry['number']:>5}  {entry['at']}  {entry['actor']}  {entry['action']}: {told}")


@app.command()
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="A head from a report's stamp (its first digits are enough): it must be in the chain."),
    ] = None,
) -> None:
    """Follow the chain of hashes from the first entry to the last. Exit code 1 where it breaks."""
    verdict = verify_log(workspace().audit_log, head)
    if verdict.problem:
        stop(f"The audit log doesn't hold: {verdict.problem}.")
    typer.echo(f"The audit log holds: {verdict.entries} entries, head {verdict.head[:16]}.")
