"""`impact map`: a first mapping for a file, what it would load, and the questions that only the file's owner can answer."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from pipelines.commands.check import masked_rows
from pipelines.commands.map_form import Said, catalogue_of, say_form
from pipelines.commands.words import stop, told
from pipelines.contracts import BY_NAME
from pipelines.counted import counted
from pipelines.first_hour.kinds import SURVEY, TABLE_OF, kind_of
from pipelines.first_hour.sheets import Sheet
from pipelines.mapping_text import as_yaml
from pipelines.sources import mapped_files
from pipelines.sources.mapped_files.decided import Decided
from pipelines.sources.mapped_files.file_layout import Layout, layout_of
from pipelines.sources.mapped_files.proposal import Proposal, propose
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.whole_files import write_whole


def map_file(
    file: Annotated[Path, typer.Argument(help="The CSV, XLSX or Parquet file.")],
    table: Annotated[
        str | None, typer.Option(help="What a row of it is, for example persons; without it what fits best.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the mapping; without it, it is shown.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="The separator, where it isn't certain.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a spreadsheet; the first one without it.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="IANA zone of the file's times, for example Europe/Berlin; it is never guessed.")
    ] = None,
    source_id: Annotated[str, typer.Option(help="Id of the source in the workspace file.")] = "my_source",
    role: Annotated[
        str | None, typer.Option(help="Of a form: who answered it, mentee or mentor, where it doesn't say.")
    ] = None,
    programme: Annotated[str | None, typer.Option(help="Of a form: id of the programme that it asks about.")] = None,
) -> None:
    """Propose a mapping for a file, or the catalogue of a form's export, and show what it would load. Dates and levels are never guessed: what isn't certain is asked."""
    if not file.is_file():
        stop(
            f"{file} {'is a folder' if file.is_dir() else 'does not exist'}. Next step: name one CSV, XLSX or Parquet file."
        )
    if out is not None and out.exists():
        stop(f"{out} exists already and is left as it is. Next step: name another file, or move it away.")
    source = SourceFile(file.name, file.read_bytes())
    with told():
        layout = layout_of(source, delimiter="\t" if delimiter == "\\t" else delimiter, sheet=sheet)
    tab = Sheet(source, sheet, layout)
    kind = None if table else kind_of(tab)
    if kind == SURVEY:
        form, shown = catalogue_of(tab, Said(zone, role, programme))
        _keep(shown, out)
        say_form(form)
        _say_what_comes_next(file, out, source_id, "survey_files")
        return
    with told():
        found = _proposed(source, layout, table, kind, source_id=source_id, zone=zone)
    _keep(mapping_text(source, found), out)
    typer.secho(
        f"A row of {file.name} looks like a row of {found.table}: {found.fits} columns are known, {len(found.unused)} not used.",
        bold=True,
    )
    for note in found.notes.taken:
        typer.echo(f"  taken as: {note}")
    for question in found.questions:
        typer.echo(f"  to decide: {question}")
    _say_what_it_loads(source, found)
    _say_what_comes_next(file, out, source_id, "mapped_files", is_open=bool(found.questions))


def _proposed(
    source: SourceFile, layout: Layout, table: str | None, kind: str | None, *, source_id: str, zone: str | None
) -> Proposal:
    """By the headers alone; where they fit no table, by what Add data takes a row for."""
    try:
        return propose(source, layout, table=table, source_id=source_id, zone=zone)
    except SourceRefused:
        likely = TABLE_OF.get(kind or "")
        if likely is None:
            raise
        return propose(source, layout, table=likely, source_id=source_id, zone=zone, decided=Decided())


def _keep(text: str, out: Path | None) -> None:
    if out is not None:
        write_whole(out, text)
        typer.echo(f"wrote {out}")
    else:
        typer.echo(text)


def mapping_text(source: SourceFile, found: Proposal) -> str:
    """The mapping as YAML, with what is open and what was taken for granted above it."""
    lines = [f"# A first mapping of {source.name}. Its words are explained in docs/reference/mapping-files.md."]
    lines += [f"# taken as: {note}" for note in found.notes.taken]
    lines += [f"# to decide: {question}" for question in found.questions]
    return "\n".join([*lines, as_yaml(found.mapping)])


def _say_what_it_loads(source: SourceFile, found: Proposal) -> None:
    """Each table by itself, so that one open question doesn't hide what the others would load."""
    entry = found.mapping["files"][0]
    for spec in entry["tables"]:
        alone = {**found.mapping, "files": [{**entry, "tables": [spec], "may_be_empty": True}]}
        undecided = [name for name, column in spec["columns"].items() if not column]
        if undecided:
            typer.secho(
                f"  {spec['table']}: loads nothing until it is decided what fills {', '.join(undecided)}",
                fg=typer.colors.YELLOW,
            )
            continue
        try:
            batch = mapped_files.read([source], {"mapping": alone, "source_id": "my_source"}).batches[0]
        except SourceRefused as refused:
            typer.secho(f"  {spec['table']}: loads nothing yet. {refused}", fg=typer.colors.YELLOW)
            continue
        typer.echo(
            f"  {batch.table}: {counted(batch.rows.height, 'row')} would be loaded, {batch.rejects.height:,} quarantined"
        )
        for line in masked_rows(BY_NAME[batch.table], batch.rows.head(2)):
            typer.echo(f"    {line}")
        for reason in batch.rejects["reason"].unique(maintain_order=True).head(5):
            typer.echo(f"    quarantined: {reason}")


def _say_what_comes_next(
    file: Path, out: Path | None, source_id: str, connector: str, *, is_open: bool = False
) -> None:
    mapping = str(out) if out else f"mappings/{file.stem}.yaml"
    keep = "" if out else f"keep it (--out {mapping}), "
    answer = "answer what is to decide in it, " if is_open else ""
    typer.echo(
        f"Next step: {keep}{answer}and name it under `sources:` of impact.yaml; then `impact check {source_id}`."
    )
    entry = {"id": source_id, "connector": connector, "path": str(file.parent), "mapping": mapping}
    typer.echo(f"  - {yaml.safe_dump(entry, default_flow_style=True, width=200, sort_keys=False).strip()}")
