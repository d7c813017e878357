"""`impact access`: who may see what, and whose mark stands in the audit log."""

from typing import Annotated

import typer

from pipelines.access.principal import Principal, Share, mark_of, principal_for_address
from pipelines.access.settings import AccessSettings
from pipelines.access.words import limits, reach
from pipelines.commands.words import stop, workspace


def access(
    address: Annotated[str | None, typer.Argument(help="Whose access; default: everybody whom the file names.")] = None,
) -> None:
    """What `access:` of the workspace file gives: to everybody, or to one address (groups are known at sign-in only)."""
    settings = workspace().access
    if settings is None:
        typer.echo("The workspace file has no `access:`: the dashboards answer this computer only.")
        return
    if address is None:
        _all(settings)
        return
    found = principal_for_address(address, settings)
    if found is None:
        stop(f"{address} has no role by its address ({mark_of(address)} in the audit log). Next step: add it to `access: people`, or look at its groups.")  # fmt: skip
    typer.echo(f"{address}, {found.who} in the audit log: {_told(found)}")


def _all(settings: AccessSettings) -> None:
    for grant in settings.people:
        whose = f"{grant.email}, {mark_of(grant.email)}" if grant.email else f"group {grant.group}"
        typer.echo(f"{whose}: {grant.role}{f' of {reach(grant)}' if grant.programmes else ''}")
    typer.echo(f"Everybody else who signs in: {settings.everybody}")


def _told(found: Principal) -> str:
    return f"{found.role.words}{''.join(_share(share) for share in found.shares)}"


def _share(share: Share) -> str:
    return f", {share.programme}{limits(share.units, line=share.line, caseload=share.caseload)}"
