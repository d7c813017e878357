"""`impact check`: everything that can go wrong with a source, tried without loading anything."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.metric_needs import MetricNeeds, shown
from pipelines.commands.words import stop, told, workspace
from pipelines.contracts import BY_NAME, Table
from pipelines.loading.gate import LoadStopped, Verdict, gate
from pipelines.loading.landing import NothingToLand, files_below
from pipelines.loading.masking import mask
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.settings import PROJECT, Settings, SettingsError, SourceSettings, secrets_of
from pipelines.sources.described import described, unknown_options
from pipelines.sources.records import SourceFile, SourceRefused, merge

SAMPLE_ROWS = 2
LONGEST_SHOWN = 60  # characters of a value; a programme's policy would fill a screen
WORTH_TELLING = {
    "persons": ("original_hire_date", "consent_analytics"),
    "employment_spells": ("end_date", "end_kind"),
    "job_history": ("level_rank", "manager_person_id", "department"),
    "sessions": ("pair_id", "cancelled_with_notice"),
    "survey_responses": ("respondent_person_id", "pair_id"),
    "pairs": ("actual_start_date", "planned_end_date"),
}
"""Columns whose absence takes metrics away without breaking anything."""


@dataclass
class Checked:
    """What one source showed: rows by table, columns that stayed empty, problems in words."""

    source_id: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    problem: str | None = None


def check(
    source: Annotated[str | None, typer.Argument(help="Id of one source; all of them without it.")] = None,
    show: Annotated[bool, typer.Option(help="Show a masked sample of the rows that would be loaded.")] = True,
) -> None:
    """Try every source without loading it: secrets, connection, permissions, required fields, a masked sample, and what will be missing."""
    from pipelines.sources_configured import configured_sources

    settings_now = workspace()
    typer.echo(f"Workspace {settings_now.workspace} ({settings_now.workspace_file})")
    with told():
        every = configured_sources()
    chosen = [entry for entry in every if source in (None, entry.source_id)]
    if not chosen:
        stop(
            f"There is no source {source!r}; the workspace file names {', '.join(entry.source_id for entry in every)}."
        )
    results = [check_source(settings_now, entry) for entry in chosen]
    for result in results:
        _say(result, show=show)
    if source is None:
        _say_what_is_missing([result for result in results if result.problem is None])
    bad = [result.source_id for result in results if result.problem]
    typer.echo("")
    if bad:
        typer.secho(
            f"{len(bad)} of {len(results)} sources {'has' if len(bad) == 1 else 'have'} a problem: {', '.join(bad)}. Nothing was loaded.",
            fg=typer.colors.RED,
        )
        raise typer.Exit(1)
    typer.echo(f"All {len(results)} sources can be read. Nothing was loaded; `impact run` loads them.")


def check_source(workspace_settings: Settings, source: SourceSettings) -> Checked:
    """Read one source (of a remote one the first page of each list) and judge the rows as a load would."""
    from pipelines.sources.connectors import CONNECTORS, REMOTE
    from pipelines.sources_configured import OWN, connector_options

    checked = Checked(source.source_id)
    try:
        options = {**connector_options(source), "as_of": workspace_settings.as_of or datetime.now(UTC).date()}
        files = _files(source, options)
        extract = CONNECTORS[source.connector](files, options)
        unknown = unknown_options(source.connector, source.options, is_remote=source.connector in REMOTE)
        checked.findings = [
            f"option not read: {name} (the connector {source.connector} doesn't know it, so it changes nothing; known are {', '.join(described(source.connector).options) or 'none'})"
            for name in unknown
            if source.source_id not in OWN
        ]
        checked.findings += [
            f"{finding.kind.replace('_', ' ')}: {finding.subject} ({finding.detail})" for finding in extract.findings
        ]
        for batch in merge(extract.batches):
            table = BY_NAME[batch.table]
            rows, _ = pseudonymise(batch.rows, table, workspace_settings.hash_key)
            checked.verdicts[batch.table] = gate(table, rows, batch.rejects, batch.filtered, source_id=source.source_id)
    except (SourceRefused, SettingsError, NothingToLand, LoadStopped) as problem:
        checked.problem = str(problem)
    return checked


def _files(source: SourceSettings, options: Mapping[str, Any]) -> list[SourceFile]:
    from pipelines.sources.connectors import REMOTE
    from pipelines.sources.remote.fetching import sample
    from pipelines.sources.remote.secrets import Secrets
    from pipelines.workspace_loads import bring, folders_of

    if source.connector in REMOTE:
        with tempfile.TemporaryDirectory() as folder:
            return sample(
                REMOTE[source.connector],
                source.source_id,
                Path(folder),
                source.options,
                Secrets(secrets_of(source)),
                now=lambda: datetime.now(UTC),
                mapping=options.get("mapping"),
            )
    if source.connector == "match_decisions":
        bring(source, lambda _: None)
    found = files_below(folders_of(source))
    if not found:
        raise NothingToLand(
            f"No files in {source.path}. Put the export there, or correct `path` in the workspace file."
        )
    return [SourceFile(name, path.read_bytes()) for name, path in found.items()]


def _say(result: Checked, *, show: bool) -> None:
    typer.secho(f"\n{result.source_id}", bold=True)
    if result.problem:
        typer.secho(f"  problem: {result.problem}", fg=typer.colors.RED)
        return
    for name, verdict in result.verdicts.items():
        counts = verdict.reconciliation
        typer.echo(
            f"  {name}: {counts['rows_in']:,} records, {counts['loaded']:,} would be loaded, {counts['quarantined']:,} held back, "
            f"{counts['duplicates']:,} repeats, {counts['filtered']:,} left out on purpose"
        )
        for reason, remedy, rows in _reasons(verdict):
            typer.echo(f"    held back, {rows:,}: {reason}; {remedy}")
        empty = [
            column
            for column in WORTH_TELLING.get(name, ())
            if verdict.loaded.height and verdict.loaded[column].null_count() == verdict.loaded.height
        ]
        for column in empty:
            typer.echo(f"    always empty: {column}")
        if show:
            for row in masked_rows(BY_NAME[name], verdict.loaded.head(SAMPLE_ROWS)):
                typer.echo(f"    {row}")
    for finding in result.findings[:10]:
        typer.echo(f"  note: {finding}")
    if len(result.findings) > 10:
        typer.echo(f"  note: and {len(result.findings) - 10} more")


def _reasons(verdict: Verdict) -> list[tuple[str, str, int]]:
    counts = (
        verdict.quarantine.group_by("rule")
        .agg(pl.col("reason").first(), pl.col("remedy").first(), pl.len())
        .sort("rule")
    )
    return [(reason, remedy, rows) for _, reason, remedy, rows in counts.head(5).iter_rows()]


def masked_rows(table: Table, rows: pl.DataFrame) -> list[str]:
    """Rows in one line each: values that name nobody as they are, pseudonyms cut, everything else with its letters and digits hidden."""
    lines = []
    for row in rows.iter_rows(named=True):
        parts = []
        for column in table.columns:
            value = row.get(column.name)
            if value is None:
                continue
            text = str(value)[:6] + "..." if column.reference or column.opaque else _shortened(str(value))
            parts.append(
                f"{column.name}={text if column.pii == 'P0' or column.reference or column.opaque else mask(text)}"
            )
        lines.append("  ".join(parts))
    return lines


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _say_what_is_missing(results: Sequence[Checked]) -> None:
    """Tables that nobody delivers and columns that stay empty, with the metrics that can't be computed for it."""
    needs = MetricNeeds(PROJECT / "dbt_project")
    delivered = {name for result in results for name, verdict in result.verdicts.items() if verdict.loaded.height}
    typer.secho("\nWhat will be missing", bold=True)
    lines = []
    for table in BY_NAME:
        lost = needs.lost_without_table(table)
        if table not in delivered and lost and table != "workspace":
            lines.append(f"  no source brings {table}: {shown(lost)} will stay empty")
    for table, columns in WORTH_TELLING.items():
        loads = [result.verdicts[table].loaded for result in results if table in result.verdicts]
        for column in columns:
            filled = any(frame[column].null_count() < frame.height for frame in loads if frame.height)
            lost = needs.lost_without_column(table, column)
            if loads and not filled and lost:
                lines.append(f"  {table}.{column} is empty everywhere: {shown(lost)} may stay empty")
    for line in lines or ["  nothing: every metric has its tables"]:
        typer.echo(line)
