"""What a run found, as a table on the terminal."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.checkout import IS_CHECKOUT, PROJECT
from pipelines.settings import Settings
from pipelines.verdict_words import VERDICT_WORDS

LEAST_WIDTH = 150
COUNTS = ("rows_in", "loaded", "quarantined", "duplicates", "filtered")


NOT_RENEWED = "Figures with a day stay as they were: too few people changed behind them since, and the difference would tell of those few. Nothing is lost; docs/methodology.md, Disclosure."


def print_findings(workspace: Settings) -> None:
    """Print the summary of the last run: records, metrics, effects, matching, and where everything is."""
    latest = workspace.reports / "latest"
    summary = json.loads((latest / "summary.json").read_text(encoding="utf-8"))
    console = Console()
    console = Console(width=max(LEAST_WIDTH, console.width), highlight=False)
    console.print()
    console.print(_records(summary["reconciliation"]))
    console.print(_metrics(summary["headline_metrics"]))
    if summary["impact_estimates"]:
        console.print(_effects(summary["impact_estimates"]))
    else:
        console.print(
            "Effects: no programme declares an outcome yet (`impact:` in its file, docs/reference/programme-files.md)."
        )
    for line in _matching(summary["matching"]):
        console.print(line)
    seconds = summary["seconds_per_stage"]
    console.print(
        f"\nTook {sum(seconds.values()):.0f} s: "
        + ", ".join(f"{stage} {value:.1f}" for stage, value in seconds.items())
    )
    console.print(
        f"Peak memory {summary['peak_memory_mb']:,.0f} MB. Data as of {summary['as_of_date']}, release {summary['release_id']}."
    )
    console.print()
    console.print(f"Report:    {_shown(latest / 'leadership_report.pdf')}  (and .html)", style="bold")
    console.print(f"Summary:   {_shown(latest / 'summary.json')}")
    by = "make" if workspace.is_demo and IS_CHECKOUT else "impact"
    console.print(f"Dashboard: {by} dashboard", style="bold")
    console.print(f"Dagster:   {by} dagster", style="bold")


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _table(title: str, left: tuple[str, ...], right: tuple[str, ...], last: tuple[str, ...] = ()) -> Table:
    """left, last: names and words, which are folded where the terminal is narrow; right: figures, which never are."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    for name in last:
        table.add_column(name)
    return table


def _records(counts: list[dict[str, Any]]) -> Table:
    headings = tuple(name.replace("_", " ").capitalize() for name in COUNTS)
    table = _table("Records: rows in = loaded + quarantined + duplicates + filtered", ("Source",), headings)
    for source in sorted({row["source_id"] for row in counts}):
        sums = [sum(row[name] for row in counts if row["source_id"] == source) for name in COUNTS]
        table.add_row(source, *(f"{value:,}" for value in sums))
    table.add_section()
    table.add_row("all", *(f"{sum(row[name] for row in counts):,}" for name in COUNTS))
    return table


def _metrics(metrics: list[dict[str, Any]]) -> Table:
    table = _table("Headline metrics to date", ("Programme", "Metric"), ("Value", "95 % interval", "n"))
    before = None
    for row in metrics:
        if row["value"] is None:
            continue
        if before not in (None, row["programme_id"]):
            table.add_section()
        before = row["programme_id"]
        interval = (
            "complete count" if row["ci_low"] == row["ci_high"] else f"{row['ci_low']:,.3g} to {row['ci_high']:,.3g}"
        )
        day = f" (as of {row['held_since']})" if row["held_since"] else ""
        figures = (f"{row['value']:,.3g}", f"{interval}{day}", f"{row['n'] or 0:,.0f}")
        table.add_row(row["programme_id"], row["metric_id"], *figures)
    if any(row["held_since"] for row in metrics):
        table.caption = NOT_RENEWED
    return table


def _effects(estimates: list[dict[str, Any]]) -> Table:
    """Pooled estimates where there are any, else each wave; what isn't estimated, once a programme and outcome."""
    table = _table(
        "Effects, and what can't be said",
        ("Programme", "Outcome", "Arm, wave"),
        ("Estimate (std. error)", "95 % interval", "n"),
        ("Verdict",),
    )
    pooled = {(row["cohort_id"], row["outcome"]) for row in estimates if row["wave"] == "pooled"}
    silent: dict[tuple[str, str, str], int] = {}
    for row in estimates:
        if row["estimate"] is None:
            key = (row["programme_id"], row["outcome"], row["verdict"])
            silent[key] = silent.get(key, 0) + 1
        elif row["wave"] == "pooled" or (row["cohort_id"], row["outcome"]) not in pooled:
            table.add_row(
                row["programme_id"],
                row["outcome"],
                f"{row['arm']}, {row['wave']}",
                f"{row['estimate']:,.2f} ({row['std_error']:,.2f})",
                f"{row['ci_low']:,.2f} to {row['ci_high']:,.2f}",
                f"{row['n_treated']} / {row['n_control']}",
                VERDICT_WORDS[row["verdict"]],
            )
    table.add_section()
    for (programme, outcome, verdict), cohorts in silent.items():
        table.add_row(
            programme, outcome, f"{cohorts} cohort{'' if cohorts == 1 else 's'}", "", "", "", VERDICT_WORDS[verdict]
        )
    return table


def _matching(runs: list[dict[str, Any]]) -> list[str]:
    return [
        f"Matching {run['cohort_id']}: {run['matched']} of {run['mentees']} mentees matched to {run['mentors']} mentors with {run['seats']} seats, "
        f"proven optimal (gap {run['gap']:.2g}). Greedy would match {run['greedy_matched']}, first come first served {run['first_come_matched']}."
        for run in runs
    ]
