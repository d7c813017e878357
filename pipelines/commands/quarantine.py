"""`impact quarantine`: what was quarantined, as a list, as a table to correct, and back in once it is corrected."""

import csv
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.audit_log import append
from pipelines.commands.words import stop, workspace
from pipelines.counted import counted
from pipelines.loading.corrected_files import way_of
from pipelines.loading.corrections import (
    CORRECTED,
    Correction,
    CorrectionRefused,
    corrections_of,
    placed,
    record_corrections,
)
from pipelines.settings import Settings
from pipelines.sources.records import SourceFile
from pipelines.sources.remote.extraction import page_name
from pipelines.spreadsheet_cells import csv_text, unguarded

app = typer.Typer(
    no_args_is_help=True,
    help="Records that were quarantined: list them, export them, load them again once they are corrected.",
)
LIST = """
select source_id, table_name, rule, count(*) as rows, any_value(reason) as reason, any_value(remedy) as remedy
from quality.quarantine inner join quality.loads using (load_id, source_id)
where is_current group by all order by source_id, table_name, rule
"""
EXPORT = """
select
    vault.source_id, string_agg(distinct vault.table_name, ', ' order by vault.table_name) as table_name, vault.source_file, vault.source_line,
    string_agg(distinct held.rule, ', ' order by held.rule) as rule, string_agg(distinct held.reason, '; ' order by held.reason) as reason,
    string_agg(distinct held.remedy, '; ' order by held.remedy) as remedy, vault.raw_text, '' as corrected_text
from vault.quarantined_rows as vault
inner join quality.loads using (load_id, source_id)
inner join quality.quarantine as held
    on vault.load_id = held.load_id and vault.source_id = held.source_id and vault.table_name = held.table_name
    and vault.source_file = held.source_file and vault.source_line is not distinct from held.source_line
where is_current and (? is null or vault.source_id = ?)
group by vault.source_id, vault.source_file, vault.source_line, vault.raw_text order by all
"""
COLUMNS = ("source_id", "table_name", "source_file", "source_line", "rule", "reason", "remedy", "raw_text", CORRECTED)
NEEDED = ("source_id", "source_file", "source_line", "raw_text", CORRECTED)


@app.command("list")
def list_rows(source: Annotated[str | None, typer.Option(help="Id of one source.")] = None) -> None:
    """List what was quarantined in the current loads, by source, table and rule. Names nobody."""
    rows = [row for row in _ask(LIST) if source in (None, row[0])]
    for source_id, table, rule, count, reason, remedy in rows:
        typer.echo(f"{source_id}  {table}  {rule}: {count:,} rows, for example {reason}. Next step: {remedy}")
    typer.echo(
        f"Nothing is quarantined{f' of {source!r}' if source else ''}."
        if not rows
        else "Export them with `impact quarantine export FILE.csv`."
    )


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
    """Write the quarantined rows as they came, with an empty column for the corrected line."""
    rows = _ask(EXPORT, [source, source])
    if not rows:
        stop(
            f"Nothing is quarantined{f' of {source!r}' if source else ''}, so nothing was written. `impact quarantine list` shows all sources."
        )
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(csv_text(COLUMNS, rows))
    append(workspace().audit_log, "exported", {"what": "quarantine", "records": len(rows), "source": source or "all"})
    typer.echo(
        f"wrote {file}, {counted(len(rows), 'record')}. Next step: write the whole record as it should be into {CORRECTED} (leave it empty where nothing is to change), "
        f"then run `impact quarantine reload {file}`. It holds people's data; delete it when you are done."
    )


@app.command()
def reload(
    file: Annotated[Path, typer.Argument(help=f"The exported CSV with the column {CORRECTED} filled in.")],
) -> None:
    """Keep the corrected lines beside the source; the next run reads them in the place of the refused ones."""
    settings_now = workspace()
    if not file.is_file():
        stop(f"{file} doesn't exist. Next step: make it with `impact quarantine export {file}`.")
    entries = _entries(file)
    corrections = _corrections(file, entries)
    folder = settings_now.data / "corrections"
    fitting, unplaced = _tried(settings_now, corrections)
    try:
        kept = record_corrections(folder, fitting)
    except CorrectionRefused as refused:
        stop(str(refused))
    empty = sum(not entry[CORRECTED].strip() for entry in entries)
    typer.echo(f"{kept} corrected records are kept; {empty} were left empty. The landed files stay as they came.")
    if any(page_name(correction.source_file) for correction in fitting):
        typer.echo(
            "Some stand in pages that a system answered: the correction holds until that page is fetched anew. Correct them in the system too."
        )
    if kept:
        typer.echo("Next step: `impact run` loads them.")
    if unplaced:
        stop(
            "\n".join(
                f"not kept: {found.source_file}, {found.source_line}: {_why_unplaced(found)}" for found in unplaced
            )
        )


def _entries(file: Path) -> list[dict[str, str]]:
    """The rows of an exported file, also after a spreadsheet has saved it with semicolons or in its own encoding."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    entries = [
        {name: unguarded(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    ]
    lacking = [name for name in NEEDED if entries and name not in entries[0]]
    if lacking or not entries:
        stop(
            f"{file} {'lacks ' + ', '.join(lacking) if lacking else 'has no rows'}. Next step: fill in the file that `impact quarantine export` wrote."
        )
    return entries


def _corrections(file: Path, entries: list[dict[str, str]]) -> list[Correction]:
    """What was filled in. Ends the command where a record is corrected in two ways or can't be named by a line."""
    found: dict[tuple[str, str, str], Correction] = {}
    for entry in entries:
        if not entry[CORRECTED].strip():
            continue
        place = (entry["source_id"], entry["source_file"], entry["source_line"])
        if not entry["source_line"].isdigit():
            stop(
                f"{file}: a record of {entry['source_file']} has no line, so it can't be replaced. Next step: leave its {CORRECTED} empty, correct it in the system and export again."
            )
        correction = Correction(*place[:2], int(place[2]), entry["raw_text"], entry[CORRECTED])
        if found.setdefault(place, correction) != correction:
            stop(
                f"{file}: line {place[2]} of {place[1]} is corrected in two ways. Next step: keep one of them, and leave {CORRECTED} empty in the other."
            )
    return list(found.values())


def _tried(settings_now: Settings, corrections: list[Correction]) -> tuple[list[Correction], list[Correction]]:
    """The corrections that fit the landed files of the current loads, and those that don't."""
    current = dict(_ask("select source_id, load_id from quality.loads where is_current"))
    fitting, unplaced = [], []
    for source_id in dict.fromkeys(correction.source_id for correction in corrections):
        own = [correction for correction in corrections if correction.source_id == source_id]
        folder = settings_now.landing / source_id / current.get(source_id, "none")
        names = sorted({correction.source_file for correction in own})
        files = [SourceFile(name, (folder / name).read_bytes()) for name in names if (folder / name).is_file()]
        earlier = corrections_of(settings_now.data / "corrections", source_id)
        _, left = placed(files, [*earlier, *own])
        fitting += [correction for correction in own if correction not in left]
        unplaced += [correction for correction in own if correction in left]
    return fitting, unplaced


def _why_unplaced(correction: Correction) -> str:
    if way_of(correction.source_file) is None:
        return "only records of CSV, XLSX, Parquet and JSON files can be replaced. Next step: correct it in the system and export again"
    cells = correction.corrected_text.count("\t") - correction.raw_text.count("\t")
    if correction.source_file.lower().endswith((".xlsx", ".parquet")) and cells:
        return "the corrected record has another number of cells. Next step: keep the tabs between the cells as they are in raw_text"
    if correction.source_file.lower().endswith(".json"):
        return "the record isn't one of the page's own (several rows may come of it), or the correction is no JSON record. Next step: correct it in the system and run again"
    return "this isn't what the landed file says there (any more; a spreadsheet program may have changed raw_text). Next step: export anew and correct the new file"


def _ask(query: str, parameters: list[str | None] | None = None) -> list[tuple[Any, ...]]:
    from pipelines.loading.vault import reading_vault

    settings_now = workspace()
    if not settings_now.warehouse.exists():
        stop("Nothing is loaded yet. Run `impact run` first.")
    with reading_vault(settings_now.warehouse, settings_now.vault) as warehouse:
        return warehouse.execute(query, parameters or []).fetchall()
