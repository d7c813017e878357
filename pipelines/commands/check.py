"""`impact check`: everything that can go wrong with a source, tried without loading anything."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import duckdb
import polars as pl
import typer

from pipelines.checkout import PROJECT
from pipelines.commands.metric_needs import MetricNeeds, shown
from pipelines.commands.words import stop, told, workspace
from pipelines.contracts import BY_NAME, Table
from pipelines.loading.gate import Gate
from pipelines.loading.masking import mask
from pipelines.loads_tried import Tried, tried_sources
from pipelines.sources_configured import configured_sources

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

KEPT_BY_THE_PRODUCT = frozenset({"workspace", "match_decisions", "source_facts"})
"""Tables that no source of the workspace file needs to bring."""


def check(
    source: Annotated[str | None, typer.Argument(help="Id of one source; all of them without it.")] = None,
    show: Annotated[bool, typer.Option(help="Show a masked sample of the rows that would be loaded.")] = True,
) -> None:
    """Try every source without loading it: secrets, connection, permissions, required fields, a masked sample, and what will be missing."""
    settings_now = workspace()
    typer.echo(f"Workspace {settings_now.workspace} ({settings_now.workspace_file})")
    with told():
        every = configured_sources()
        _ = settings_now.hash_key  # a run stops without one
    chosen = [entry for entry in every if source in (None, entry.source_id)]
    if not chosen:
        stop(
            f"There is no source {source!r}; the workspace file names {', '.join(entry.source_id for entry in every)}."
        )
    with tried_sources(chosen) as (results, warehouse):
        for result in results:
            _say(result, show=show)
        if source is None:
            sound = [result for result in results if result.problem is None]
            _say_what_is_missing(sound, warehouse, settings_now.as_of or date.today())
    bad = [result.source_id for result in results if result.problem]
    typer.echo("")
    if bad:
        typer.secho(
            f"{len(bad)} of {len(results)} sources {'has' if len(bad) == 1 else 'have'} a problem: {', '.join(bad)}. Nothing was loaded.",
            fg=typer.colors.RED,
        )
        raise typer.Exit(1)
    typer.echo(
        f"{'The source' if len(results) == 1 else f'All {len(results)} sources'} can be read. Nothing was loaded; `impact run` loads them."
    )


def _say(result: Tried, *, show: bool) -> None:
    typer.secho(f"\n{result.source_id}", bold=True)
    if result.problem:
        typer.secho(f"  problem: {result.problem}", fg=typer.colors.RED)
        return
    for name, gate in result.gates.items():
        _say_table(name, gate, result, show=show)
    for finding in result.findings[:10]:
        typer.echo(f"  note: {finding}")
    if len(result.findings) > 10:
        typer.echo(f"  note: and {len(result.findings) - 10} more")


def _say_table(name: str, gate: Gate, result: Tried, *, show: bool) -> None:
    counts = gate.reconciliation
    typer.echo(
        f"  {name}: {counts['rows_in']:,} records, {counts['loaded']:,} would be loaded, {counts['quarantined']:,} quarantined, "
        f"{counts['duplicates']:,} repeats, {counts['filtered']:,} left out on purpose"
    )
    for reason, remedy, rows in _reasons(gate):
        typer.echo(f"    quarantined, {rows:,}: {reason}; {remedy}")
    for column in WORTH_TELLING.get(name, ()):
        if gate.loaded and column not in result.filled[name]:
            typer.echo(f"    always empty: {column}")
    if show:
        for row in masked_rows(BY_NAME[name], result.rows[name]):
            typer.echo(f"    {row}")


def _reasons(gate: Gate) -> list[tuple[str, str, int]]:
    counts = (
        gate.quarantine.group_by("rule").agg(pl.col("reason").first(), pl.col("remedy").first(), pl.len()).sort("rule")
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


def _say_what_is_missing(results: Sequence[Tried], warehouse: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Tables that nobody delivers, and the metrics that a run will call not measured, with what they would need."""
    delivered = {name for result in results for name, gate in result.gates.items() if gate.loaded}
    absent = [name for name in BY_NAME if name not in delivered and name not in KEPT_BY_THE_PRODUCT]
    typer.secho("\nWhat will be missing", bold=True)
    lines = [f"  no source brings {', '.join(absent)}; what rests on them alone stays empty"] if absent else []
    for one in MetricNeeds(PROJECT / "dbt_project").not_measured(warehouse, as_of):
        lines.append(f"  not measured, since {one.missing}: {shown(one.metrics)}. {one.remedy}")
    for line in lines or ["  nothing: every metric has what it needs"]:
        typer.echo(line)
