"""What a run found, as a table on the terminal."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.settings import PROJECT, Settings


def print_findings(workspace: Settings) -> None:
    """Print the summary of the last run: records, metrics, goals, effects, matching, and where everything is."""
    latest = workspace.reports / "latest"
    summary = json.loads((latest / "summary.json").read_text(encoding="utf-8"))
    console = Console(soft_wrap=False)
    console.print()
    _records(console, summary["reconciliation"])
    _metrics(console, summary["headline_metrics"])
    _effects(console, summary["impact_estimates"])
    for run in summary["matching"]:
        console.print(
            f"Matching {run['cohort_id']}: {run['matched']} of {run['mentees']} mentees matched to {run['mentors']} mentors "
            f"({run['seats']} seats); proven optimal (gap {run['gap']:.0e}); greedy would match {run['greedy_matched']}."
        )
    seconds = summary["seconds_per_stage"]
    console.print(
        f"\nTook {sum(seconds.values()):.0f} s ({', '.join(f'{stage} {value:.1f}' for stage, value in seconds.items())}); "
        f"peak memory {summary['peak_memory_mb']:,.0f} MB."
    )
    console.print(f"Data as of {summary['as_of_date']}, release {summary['release_id']}.")
    console.print("Report:    " + _shown(latest / "leadership_report.pdf") + "  (and .html)", style="bold")
    console.print("Summary:   " + _shown(latest / "summary.json"))
    console.print("Dashboard: make dashboard    Dagster: make dagster", style="bold")


def _shown(path: Any) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _records(console: Console, counts: list[dict[str, Any]]) -> None:
    table = Table(title="Records: rows in = loaded + quarantined + duplicates + filtered", title_justify="left")
    columns = ("rows_in", "loaded", "quarantined", "duplicates", "filtered")
    table.add_column("Source")
    for column in columns:
        table.add_column(column.replace("_", " ").capitalize(), justify="right")
    for source in sorted({row["source_id"] for row in counts}):
        sums = [sum(row[column] for row in counts if row["source_id"] == source) for column in columns]
        table.add_row(source, *(f"{value:,}" for value in sums))
    console.print(table)


def _metrics(console: Console, metrics: list[dict[str, Any]]) -> None:
    table = Table(title="Headline metrics to date (value, 95 % interval, people)", title_justify="left")
    for column in ("Programme", "Metric"):
        table.add_column(column)
    for column in ("Value", "95 % interval", "n"):
        table.add_column(column, justify="right")
    for row in metrics:
        if row["value"] is None:
            continue
        interval = f"{row['ci_low']:,.3g} to {row['ci_high']:,.3g}"
        table.add_row(row["programme_id"], row["metric_id"], f"{row['value']:,.3g}", interval, f"{row['n'] or 0:,.0f}")
    console.print(table)


def _effects(console: Console, estimates: list[dict[str, Any]]) -> None:
    table = Table(title="Effects, and what can't be said", title_justify="left")
    for column in ("Programme", "Outcome", "Arm, wave"):
        table.add_column(column)
    for column in ("Estimate (error)", "95 % interval", "n"):
        table.add_column(column, justify="right")
    table.add_column("Verdict")
    for row in estimates:
        where = ", ".join(str(row[name]) for name in ("arm", "wave") if row[name])
        if row["estimate"] is None:
            table.add_row(row["programme_id"], row["outcome"], where or row["cohort_id"], "", "", "", row["verdict"])
            continue
        table.add_row(
            row["programme_id"],
            row["outcome"],
            where,
            f"{row['estimate']:,.2f} ({row['std_error']:,.2f})",
            f"{row['ci_low']:,.2f} to {row['ci_high']:,.2f}",
            f"{row['n_treated']} / {row['n_control']}",
            row["verdict"],
        )
    console.print(table)
