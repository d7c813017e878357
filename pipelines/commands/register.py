"""`impact register`: say before results exist how a programme will be judged, with a receipt that anybody can check."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.words import stop, told, workspace
from pipelines.settings import time_stamp_authority


def register(
    programme: Annotated[str | None, typer.Argument(help="The programme's id, as its file gives it.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a copy of the receipt here, to send to whoever shall be able to check.")] = None,
    receipt: Annotated[Path | None, typer.Option("--verify", help="A receipt: say whether it is what was written; needs no workspace.")] = None,
    authority: Annotated[Path | None, typer.Option(help="With --verify: certificates (PEM) of the authority whose time stamp lies beside the receipt.")] = None,
    unstamped: Annotated[Path | None, typer.Option("--stamp", help="A receipt without a time stamp: ask the authority of IMPACT_TIME_STAMPS for one.")] = None,
) -> None:  # fmt: skip
    """Register a programme's evaluation before its results exist, or check a receipt with --verify."""
    if receipt:
        _verified(receipt, authority)
        return
    if unstamped:
        time_stamped(unstamped)
        return
    if programme is None:
        stop("Name the programme: `impact register PROGRAMME`, or check a receipt with --verify.")
    from pipelines.registrations import RegistrationRefused, register_programme

    try:
        with told():
            made, path = register_programme(workspace(), programme, datetime.now(UTC))
    except RegistrationRefused as problem:
        stop(str(problem))
    copy = out or path
    if out:
        out.write_bytes(path.read_bytes())
    typer.echo(f"Registered: {programme}, {made['registered_at']}\nReceipt:    {copy}\nHash:       {made['hash']}")
    if made["had_results"]:
        typer.secho(
            "Results had already been shown, so that estimates stay unregistered: a plan that is written after a look is none.",
            fg=typer.colors.YELLOW,
        )
    if not time_stamp_authority():
        typer.echo(
            "Send the hash to somebody whose word on the day counts: the receipt proves what was planned, not when it was written."
        )
        return
    time_stamped(path, copy)


def time_stamped(path: Path, copy: Path | None = None) -> None:
    """Ask the authority that is set for a time stamp of a receipt; what was registered or drawn stays so where it gives none. copy: of the receipt, that gets its own of the stamp."""
    from pipelines.time_stamps import NoTimeStamp, beside, stamp

    authority = time_stamp_authority()
    if not authority:
        stop("No authority is set. Next step: set IMPACT_TIME_STAMPS to the web address of one that answers RFC 3161.")
    try:
        at = stamp(path, authority)
    except OSError as problem:
        stop(f"{path} can't be read, or nothing can be kept beside it ({problem.strerror}).")
    except NoTimeStamp as problem:
        typer.secho(
            f"No time stamp: {problem}\nNext step: `impact register --stamp {path}`, soon.", fg="yellow", err=True
        )
        raise typer.Exit(1) from problem
    if copy and copy != path:
        beside(copy).write_bytes(beside(path).read_bytes())
    typer.echo(f"Time stamp: {at:%Y-%m-%d %H:%M:%S} UTC, {beside(copy or path)}")


def _verified(path: Path, authority: Path | None) -> None:
    from pipelines.impact.registration import changes_since, faults

    try:
        receipt: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stop(f"{path} can't be read as a receipt. Next step: check the name.")
    found = faults(receipt)
    if found:
        stop(f"Not verified: {'; '.join(found)}.")
    outcomes = [str(entry.get("label")) for entry in receipt["declaration"].get("outcomes") or []]
    typer.echo(
        f"Verified: {receipt['programme_id']}, registered at {receipt['registered_at']} as this file says, {'after' if receipt['had_results'] else 'before'} results had been shown.\n"
        f"Outcomes:   {', '.join(outcomes)}\nHash:       {receipt['hash']}"
    )
    changed = changes_since(receipt)
    if changed:
        typer.echo(f"This installation differs from the one that registered in: {', '.join(changed)}.")
    if not is_day_told(path, authority):
        typer.echo(
            "The file alone can't prove the day: compare the hash with one that was sent to you then, or with the audit log."
        )


def is_day_told(path: Path, authority: Path | None) -> bool:
    """Say what the time stamp beside a receipt proves; False where there is none. Ends the command where it doesn't hold."""
    from pipelines.time_stamps import NoTimeStamp, beside, stamped_at

    if not beside(path).exists() and not authority:
        return False
    try:
        at = stamped_at(path, authority)
    except NoTimeStamp as problem:
        stop(f"Not verified: {problem}")
    if authority:
        typer.echo(f"It existed on {at:%Y-%m-%d at %H:%M:%S} UTC: the authority's signature holds.")
    else:
        typer.echo(
            f"A time stamp of {at:%Y-%m-%d %H:%M:%S} UTC lies beside it and is of this file. Who signed it wasn't checked: name the authority's certificates with --authority."
        )
    return True
