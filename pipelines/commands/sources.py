"""`impact sources`: which systems can be read."""

from itertools import groupby

import typer


def sources() -> None:
    """List the systems that can be read, what they bring and against what their connectors are tested."""
    from pipelines.sources.connectors import CONNECTORS

    for kind, specs in groupby(CONNECTORS.values(), key=lambda spec: spec.documentation.kind):
        typer.secho(f"\n{kind}", bold=True)
        for spec in specs:
            typer.echo(f"  {spec.name:<18}{spec.documentation.title}")
            typer.echo(f"  {'':<18}brings {spec.documentation.brings}; tested against {spec.documentation.tested}")
    typer.echo("\nWhat to ask your administrator for: docs/sources. Begin with: impact init --with CONNECTOR")
