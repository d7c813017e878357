"""`make bench`: what the pipeline costs, as ratios measured in one run on one machine. Prints JSON.

Never a test: seconds depend on the machine, and only the ratios travel.
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.bare import bare_checks, bare_models, bare_read
from tests.bench.browser import dashboard_seconds
from tests.demo_run import PROJECT, impact


def pipeline(data: Path, scale: float) -> dict[str, Any]:
    """Seconds of a first run on new files and of a second on the same, with the stages of the first."""
    shutil.rmtree(data, ignore_errors=True)
    _say(f"{scale:g}x: first run ...")
    started = time.perf_counter()
    first = impact(data, "demo", "--scale", f"{scale:g}")
    if first.returncode:
        raise SystemExit(first.stdout + first.stderr)
    wall = time.perf_counter() - started
    summary = json.loads((data / "reports/latest/summary.json").read_text())
    _say(f"{scale:g}x: second run ...")
    started = time.perf_counter()
    impact(data, "run")
    again = time.perf_counter() - started
    stages = summary["seconds_per_stage"]
    return {
        "seconds": round(wall, 1),
        "seconds_of_a_second_run": round(again, 1),
        "seconds_per_stage": stages,
        "seconds_outside_stages": round(wall - sum(stages.values()), 1),
        "peak_memory_mb": summary["peak_memory_mb"],
        "records": sum(row["rows_in"] for row in summary["reconciliation"]),
    }


def compared(data: Path, measured: dict[str, Any]) -> dict[str, Any]:
    """The same work without the frameworks, and the ratios."""
    stages = measured["seconds_per_stage"]
    read = bare_read(data / "demo")
    models = bare_models(data / "warehouse")
    checks = bare_checks(data / "warehouse/warehouse.duckdb")
    files_to_snapshot = sum(value for stage, value in stages.items() if stage not in ("report",))
    return {
        "bare_duckdb_read_of_the_files_seconds": round(read, 2),
        "same_models_as_bare_sql_seconds": round(models, 2),
        "same_checks_as_bare_sql_seconds": round(checks, 2),
        "files_to_snapshot_against_bare_read": round(files_to_snapshot / read, 1),
        "dbt_against_bare_sql": round(stages["dbt"] / models, 1),
        "great_expectations_against_bare_sql": round(stages["quality"] / checks, 1),
        "dagster_seconds_outside_stages_share_of_run": round(
            measured["seconds_outside_stages"] / measured["seconds"], 2
        ),
    }


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--no-browser", action="store_true")
    chosen = parser.parse_args()
    folder = PROJECT / "data/bench"
    result: dict[str, Any] = {}
    for scale in chosen.scales:
        data = folder / f"{scale:g}x"
        measured = pipeline(data, scale)
        measured |= compared(data, measured)
        if not chosen.no_browser:
            _say(f"{scale:g}x: dashboard ...")
            measured["dashboard"] = dashboard_seconds(data / "serving")
        result[f"{scale:g}x"] = measured
    if len(chosen.scales) > 1:
        small, large = (result[f"{scale:g}x"] for scale in (min(chosen.scales), max(chosen.scales)))
        result["growth"] = {
            "records": round(large["records"] / small["records"], 1),
            "seconds": round(large["seconds"] / small["seconds"], 1),
            "peak_memory": round(large["peak_memory_mb"] / small["peak_memory_mb"], 1),
        }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
