"""`impact map`: a first mapping for a file, what it would load, and the questions that only the file's owner can answer."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from pipelines.commands.check import masked_rows
from pipelines.commands.words import stop, told
from pipelines.contracts import BY_NAME
from pipelines.sources import mapped_files
from pipelines.sources.delimited import read_delimited
from pipelines.sources.mapped_files.proposal import Proposal, propose, read_text
from pipelines.sources.records import SourceFile, SourceRefused


def map_file(
    file: Annotated[Path, typer.Argument(help="The CSV, XLSX or Parquet file.")],
    table: Annotated[
        str | None, typer.Option(help="What a row of it is, for example persons; without it the best fitting table.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the mapping; without it, it is shown.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="The separator, where it isn't certain.")] = None,
    source_id: Annotated[str, typer.Option(help="Id of the source in the workspace file.")] = "my_source",
) -> None:
    """Propose a mapping for a file and show what it would load. Dates and levels are never guessed: what isn't certain is asked."""
    if not file.exists():
        stop(f"{file} doesn't exist.")
    if out is not None and out.exists():
        stop(f"{out} exists already and is left as it is.")
    source = SourceFile(file.name, file.read_bytes())
    with told():
        if delimiter:
            text, form = read_delimited(source, delimiter=delimiter), {"kind": "csv", "delimiter": delimiter}
        else:
            text, form = read_text(source)
        found = propose(source, text, form, table=table, source_id=source_id)
    shown = yaml.safe_dump(found.mapping, sort_keys=False, allow_unicode=True, width=120)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(shown, encoding="utf-8")
        typer.echo(f"wrote {out}")
    else:
        typer.echo(shown)
    typer.secho(
        f"A row of {file.name} looks like a row of {found.table}: {found.fits} columns are known, {len(found.unused)} aren't used.",
        bold=True,
    )
    for question in found.questions:
        typer.echo(f"  to decide: {question}")
    _say_what_it_loads(source, found)


def _say_what_it_loads(source: SourceFile, found: Proposal) -> None:
    try:
        extract = mapped_files.read([source], {"mapping": found.mapping, "source_id": "my_source"})
    except (SourceRefused, KeyError, TypeError) as refused:
        typer.secho(
            "It loads nothing yet. "
            + (str(refused) if isinstance(refused, SourceRefused) else "Answer the questions above first."),
            fg=typer.colors.YELLOW,
        )
        return
    for batch in extract.batches:
        typer.echo(f"  {batch.table}: {batch.rows.height:,} rows would be loaded, {batch.rejects.height:,} held back")
        for line in masked_rows(BY_NAME[batch.table], batch.rows.head(3)):
            typer.echo(f"    {line}")
        for reason in batch.rejects["reason"].unique(maintain_order=True).head(5):
            typer.echo(f"    held back: {reason}")
