"""`impact retain`: what has outlived the days that the workspace gives it goes."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.commands.words import stop, workspace


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be removed.")] = False,
) -> None:
    """Remove landed loads, quarantined text, reports and logs that are older than `retention:` in the workspace file allows.

    Every run does so too. Without `retention:` everything is kept. Loads in force and the last report always stay.
    """
    from pipelines.erasure.retention import expired, remove_expired
    from pipelines.warehouse import WarehouseBusy, claim_writer

    here = workspace()
    if not here.retention:
        typer.echo(
            f"Everything is kept: {here.workspace_file.name} has no `retention:`. Next step: `retention: {{landing: 730, quarantine: 90}}` (days), if data must go."
        )
        return
    try:
        claim_writer(here.warehouse)
    except WarehouseBusy as busy:
        stop(str(busy))
    now = datetime.now(UTC)
    found = expired(here, now) if dry_run else remove_expired(here, now)
    for one in found:
        typer.echo(f"{'would remove' if dry_run else 'removed'}  {one.kind}: {one.what}")
    if not found:
        typer.echo("Nothing has outlived its days.")
