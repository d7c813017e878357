"""`impact register`: say before results exist how a programme will be judged, with a receipt that anybody can check."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands.words import stop, told, workspace


def register(
    programme: Annotated[str | None, typer.Argument(help="The programme's id, as its file gives it.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a copy of the receipt here, to send to whoever shall be able to check.")] = None,
    receipt: Annotated[Path | None, typer.Option("--verify", help="A receipt: say whether it is what was written; needs no workspace.")] = None,
) -> None:  # fmt: skip
    """Register a programme's evaluation before its results exist, or check a receipt with --verify."""
    if receipt:
        _verified(receipt)
        return
    if programme is None:
        stop("Name the programme: `impact register PROGRAMME`, or check a receipt with --verify.")
    from pipelines.registrations import RegistrationRefused, register_programme

    try:
        with told():
            made, path = register_programme(workspace(), programme, datetime.now(UTC))
    except RegistrationRefused as problem:
        stop(str(problem))
    if out:
        out.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    typer.echo(
        f"Registered: {programme}, {made['registered_at']}\nReceipt:    {out or path}\nHash:       {made['hash']}"
    )
    if made["had_results"]:
        typer.secho(
            "Results had already been shown, so that estimates stay unregistered: a plan that is written after a look is none.",
            fg=typer.colors.YELLOW,
        )
    typer.echo(
        "Send the hash to somebody whose word on the day counts: the receipt proves what was planned, not when it was written."
    )


def _verified(path: Path) -> None:
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
    typer.echo(
        "The file alone can't prove the day: compare the hash with one that was sent to you then, or with the audit log."
    )
