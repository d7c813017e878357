"""`impact schema`: JSON Schemas of the files that people write, so that editors complete words and underline what nobody reads."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    folder: Annotated[Path, typer.Argument(help="Where they are written; default: .schemas here.")] = Path(".schemas"),
) -> None:
    """Write JSON Schemas of workspace, mapping and programme files and of survey catalogues, for editors."""
    from pipelines.components.file_words import write_schemas

    for path in write_schemas(folder):
        typer.echo(f"wrote {path}")
    typer.echo(
        "Next step: begin a file with a comment that names its schema, for example\n"
        f"  # yaml-language-server: $schema={folder}/workspace-file.schema.json\n"
        "and open it in an editor that speaks YAML (VS Code with the YAML extension, IntelliJ, Neovim)."
    )
