"""`impact erase`: one person out of everything that the workspace keeps."""

from typing import Annotated

import typer

from pipelines.access.account import account
from pipelines.commands.words import stop, told, workspace


def erase(
    person: Annotated[
        str,
        typer.Argument(
            help="An e-mail address, a staff number as a source has it, or a name that one person has ('Given Family')."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before removing.")] = False,
) -> None:
    """Remove one person from landing, quarantine, corrections, fetched pages, vault, warehouse, decisions, logs and published files.

    Later loads leave the person's records out and count them. A receipt without a name is kept in data/erasures. Remove the person in the source systems too.
    """
    from pipelines.erasure.erase import erase as erase_person
    from pipelines.erasure.person import NotFound
    from pipelines.warehouse import WarehouseBusy

    here = workspace()
    if not dry_run and not yes:
        typer.confirm("This can't be undone. `--dry-run` lists what would go. Remove the person now?", abort=True)
    try:
        with told():
            receipt = erase_person(here, person, actor=account(), say=typer.echo, dry_run=dry_run)
    except (NotFound, WarehouseBusy) as stopped:
        stop(str(stopped))
    typer.echo(receipt.text(dry_run=dry_run))
