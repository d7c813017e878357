"""`impact sources`: which systems can be read."""

from itertools import groupby

import typer

from pipelines.sources.described import DESCRIBED


def sources() -> None:
    """List the systems that can be read, what they bring and against what their connectors are tested."""
    for kind, entries in groupby(DESCRIBED, key=lambda entry: entry.kind):
        typer.secho(f"\n{kind}", bold=True)
        for entry in entries:
            typer.echo(f"  {entry.connector:<18}{entry.title}")
            typer.echo(f"  {'':<18}brings {entry.brings}; tested against {entry.tested}")
    typer.echo("\nWhat to ask your administrator for: docs/sources. Begin with: impact init --with CONNECTOR")
