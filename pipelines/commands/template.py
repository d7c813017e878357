"""`impact template`: a workbook to fill in, recognised when it comes back."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.words import stop
from pipelines.first_hour.templates import TEMPLATES, template


def write_template(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(TEMPLATES)}.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; default: NAME.xlsx here.")] = None,
) -> None:
    """Write a workbook with explanations, lists to choose from and examples; `impact start` recognises it when it is filled in."""
    if name not in TEMPLATES:
        stop(f"There is no template {name!r}. Next step: use one of {', '.join(TEMPLATES)}.")
    path = out or Path(f"{name}.xlsx")
    if path.exists():
        stop(f"{path} exists already and is left as it is. Next step: name another file with --out, or move it away.")
    path.write_bytes(template(name))
    typer.echo(f"wrote {path}. Next step: fill it in, then `impact start {path}`.")
