"""`impact quarantine`: what was held back, as a list, as a table to correct, and back in once it is corrected."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.words import stop, told, workspace
from pipelines.corrections import CORRECTED, Correction, CorrectionRefused, record_corrections

app = typer.Typer(
    no_args_is_help=True,
    help="Rows that were held back: list them, export them, load them again once they are corrected.",
)
LIST = """
select source_id, table_name, rule, count(*) as rows, any_value(reason) as reason, any_value(remedy) as remedy
from quality.quarantine inner join quality.loads using (load_id, source_id)
where is_current group by all order by source_id, table_name, rule
"""
EXPORT = """
select vault.source_id, vault.table_name, vault.source_file, vault.source_line, held.rule, held.reason, held.remedy, vault.raw_text, '' as corrected_text
from vault.quarantined_rows as vault
inner join quality.loads using (load_id, source_id)
inner join quality.quarantine as held
    on vault.load_id = held.load_id and vault.source_id = held.source_id and vault.table_name = held.table_name
    and vault.source_file = held.source_file and vault.source_line is not distinct from held.source_line
where is_current and (? is null or vault.source_id = ?)
group by all order by all
"""


@app.command("list")
def list_rows(source: Annotated[str | None, typer.Option(help="Id of one source.")] = None) -> None:
    """List what was held back in the current loads, by source, table and rule. Names nobody."""
    rows = [row for row in _ask(LIST) if source in (None, row[0])]
    for source_id, table, rule, count, reason, remedy in rows:
        typer.echo(f"{source_id}  {table}  {rule}: {count:,} rows, for example {reason}. Next step: {remedy}")
    typer.echo("Nothing is held back." if not rows else "Export them with `impact quarantine export FILE.csv`.")


@app.command()
def export(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV to write. It holds people's data: keep it where such files belong, and delete it afterwards."
        ),
    ],
    source: Annotated[str | None, typer.Option(help="Id of one source.")] = None,
) -> None:
    """Write the held-back rows as they came, with an empty column for the corrected line."""
    rows = _ask(EXPORT, [source, source])
    columns = [
        "source_id",
        "table_name",
        "source_file",
        "source_line",
        "rule",
        "reason",
        "remedy",
        "raw_text",
        CORRECTED,
    ]
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)
    typer.echo(
        f"wrote {file}, {len(rows):,} rows. Fill in {CORRECTED}, then run `impact quarantine reload {file}`. It holds people's data; delete it when you are done."
    )


@app.command()
def reload(
    file: Annotated[Path, typer.Argument(help=f"The exported CSV with the column {CORRECTED} filled in.")],
) -> None:
    """Keep the corrected lines beside the source; the next run reads them in the place of the refused ones."""
    settings_now = workspace()
    if not file.exists():
        stop(f"{file} doesn't exist. Make it with `impact quarantine export {file}`.")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        entries = list(csv.DictReader(stream))
    wanted = {"source_id", "source_file", "source_line", "raw_text", CORRECTED}
    if entries and not wanted <= entries[0].keys():
        stop(
            f"{file} lacks {', '.join(sorted(wanted - entries[0].keys()))}. Use the file that `impact quarantine export` wrote."
        )
    corrections = [
        Correction(
            entry["source_id"], entry["source_file"], int(entry["source_line"]), entry["raw_text"], entry[CORRECTED]
        )
        for entry in entries
        if entry[CORRECTED].strip() and entry["source_line"]
    ]
    try:
        with told():
            kept = record_corrections(settings_now.data / "corrections", corrections)
    except CorrectionRefused as refused:
        stop(str(refused))
    typer.echo(
        f"{kept} corrected rows are kept; {len(entries) - len(corrections)} were left empty. `impact run` loads them. The landed files stay as they came."
    )


def _ask(query: str, parameters: list[str | None] | None = None) -> list[tuple]:
    from pipelines.warehouse import connect

    settings_now = workspace()
    if not settings_now.warehouse.exists():
        stop("Nothing is loaded yet. Run `impact run` first.")
    with connect(settings_now.warehouse, read_only=True) as warehouse:
        return warehouse.execute(query, parameters or []).fetchall()
