"""`impact backup` and `impact restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.access.account import account
from pipelines.audit_log import append
from pipelines.commands.words import stop, told, workspace

KEY_WORDS = "The key isn't in it: keep a copy of IMPACT_HASH_KEY (or data/hash_key) where you keep passwords; without it nobody can add to these data."


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder on another disk; each backup gets a folder of its own in it.")],
) -> None:
    """Copy what a run could not make again: landing zone, fetched pages, corrections, vault, decisions, history, issued reports, audit log, erasures.

    The warehouse, published files and logs are left out (`impact run` makes them), and so is the key. It holds people's data: protect it as the HR system.
    """
    from pipelines.backup import BackupRefused, back_up
    from pipelines.warehouse import WarehouseBusy, claim_writer

    here = workspace()
    try:
        with told():
            claim_writer(here.warehouse)
            made = back_up(here, folder, datetime.now(UTC))
    except (BackupRefused, WarehouseBusy) as refused:
        stop(str(refused))
    append(here.audit_log, "backed up", {"to": made.name})
    typer.echo(f"wrote {made}. {KEY_WORDS}")
    if not here.decisions.startswith("sqlite"):
        typer.echo("The decision store is on a database server and isn't in the backup. Back it up there.")


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup, or the folder that holds several: the newest is taken.")],
    replace: Annotated[bool, typer.Option("--replace", help="Move what is in the data folder aside first.")] = False,
    tombstones: Annotated[
        Path | None,
        typer.Option(
            help="data/erasures/tombstones.json of the lost workspace, where it is kept elsewhere: people erased since the backup are erased again."
        ),
    ] = None,
) -> None:
    """Put a backup in the place of the data folder's content, once every file's hash holds, and erase again who was erased since.

    Then `impact run` makes the warehouse and the published files anew.
    """
    from pipelines.backup import BackupRefused
    from pipelines.erasure.again import erase_again
    from pipelines.restoring import restore as put_back
    from pipelines.warehouse import WarehouseBusy, claim_writer

    here = workspace()
    try:
        with told():
            claim_writer(here.warehouse)
            aside = put_back(here, folder, datetime.now(UTC), replace=replace, more=tombstones)
            number = erase_again(here, actor=account(), say=typer.echo)
    except (BackupRefused, WarehouseBusy) as refused:
        stop(str(refused))
    append(here.audit_log, "restored", {"from": folder.name, "erased_again": number})
    typer.echo(
        f"restored into {here.data}{f'; what was there is in {aside}' if aside else ''}. {number} people were erased again."
    )
    if aside:
        typer.echo(
            f"Next step: delete {aside} once `impact run` has ended well; until then it holds all that was there."
        )
    typer.echo(
        "Next step: `impact run`. The workspace, mapping and programme files of that day are in the backup's folder `configuration`; they weren't put back."
    )
