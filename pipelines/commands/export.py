"""`impact export`: the published release for business intelligence tools."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.words import stop, workspace
from pipelines.serving.snapshot import current


def export(
    folder: Annotated[Path | None, typer.Argument(help="Where Parquet files and one DuckDB file go; bi in the data folder unless given.")] = None,
    to: Annotated[str, typer.Option(help="Write into a PostgreSQL database instead: postgresql://user@host/database. Without the option, IMPACT_BI_DATABASE may hold the address with its password.")] = "",
    schema: Annotated[str, typer.Option(help="Its schema; the contract's tables in it are replaced.")] = "mentoring",
) -> None:  # fmt: skip
    """Write the published release for Excel, Power BI, Metabase and their like: stable names, a versioned contract, small groups hidden."""
    from pipelines.bi.contract import CONTRACT
    from pipelines.bi.folder import write_folder
    from pipelines.bi.postgres import DatabaseRefused, write_postgres
    from pipelines.bi.tables import ContractBroken, tables_of

    here = workspace()
    release = current(here.serving)
    if release is None:
        stop("Nothing is published yet. Next step: `impact run`.")
    database = to or ("" if folder else os.environ.get("IMPACT_BI_DATABASE", ""))
    try:
        frames = tables_of(release)
        said = f"release {frames['release']['release_id'][0]}, contract {CONTRACT.version_words}"
        if database:
            rows = write_postgres(database, schema, frames)
            typer.echo(f"{len(frames)} tables, {rows:,} rows in schema {schema} of the database; {said}.")
            return
        place = folder or here.data / "bi"
        write_folder(place, frames)
        typer.echo(f"{len(frames)} tables in {place}: parquet/*.parquet, mentoring.duckdb, contract.json, semantic_layer.yml; {said}.")  # fmt: skip
    except (ContractBroken, DatabaseRefused, ValueError, OSError) as problem:
        stop(str(problem))
