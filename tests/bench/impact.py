"""`make bench-impact`: what an estimate costs as companies grow, and the hazard model and survival curves against other programs. Prints JSON.

Never a test: seconds depend on the machine. Each size of company runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
import psutil

from pipelines.impact import diagnose_trials, emulate, estimate_effects, weight_trials
from tests.bench.hazards import compare_curves, compare_hazards
from tests.reference import fixed_company
from tests.reference.companies import Setting, make_company

STAFF = (2_000, 20_000, 200_000)
STAFF_PER_HIRE = 0.645  # of people ever hired, those still there at launch or hired later


def nested_trials(staff: int) -> dict[str, Any]:
    """Seconds and peak memory of one whole estimate, from the panel to the effect with its error and diagnostics."""
    company = make_company(Setting(hires=round(staff / STAFF_PER_HIRE)), seed=5)
    panel, people = fixed_company.panel(company.staff), fixed_company.people(company.staff)
    trial, marks = fixed_company.TRIAL, [time.perf_counter()]
    trials = emulate(panel, people, trial)
    marks.append(time.perf_counter())
    weights = weight_trials(trials, trial)
    marks.append(time.perf_counter())
    effects = estimate_effects(trials, weights, trial)
    marks.append(time.perf_counter())
    shown = diagnose_trials(trials, weights)
    marks.append(time.perf_counter())
    row = effects.at([trial.horizon_months]).row(0, named=True)
    stages = dict(zip(("emulate", "weigh", "estimate", "diagnose"), np.diff(marks).round(2).tolist(), strict=True))
    return {
        "staff": company.staff.height,
        "person_months": panel.height,
        "mentees": shown.treated.people,
        "seconds": round(marks[-1] - marks[0], 2),
        "seconds_per_stage": stages,
        "peak_memory_mb": round(peak_memory_mb()),
        "points": round(-100 * row["difference"], 2),
        "points_error": round(100 * row["std_error"], 2),
        "points_truth": round(100 * company.retention, 2),
    }


def peak_memory_mb() -> float:
    """Peak resident memory of this process, the generated company and its panel included."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def grown(staff: tuple[int, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for size in staff:
        say(f"nested trials, {size:,} staff ...")
        child = subprocess.run(
            [sys.executable, "-m", "tests.bench.impact", "--only-staff", str(size)],
            capture_output=True,
            text=True,
            check=False,
        )
        if child.returncode:
            raise SystemExit(child.stderr)
        found[f"{size}_staff"] = json.loads(child.stdout)
    first, last = found[f"{staff[0]}_staff"], found[f"{staff[-1]}_staff"]
    names = ("person_months", "seconds", "peak_memory_mb")
    return {**found, "growth": {name: round(last[name] / first[name], 1) for name in names}}


def say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--staff", type=int, nargs="+", default=STAFF)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only-staff", type=int, help="measure one size in this process")
    chosen = parser.parse_args()
    if chosen.only_staff:
        sys.stdout.write(json.dumps(nested_trials(chosen.only_staff)))
        return
    result = {
        "nested_trials": grown(tuple(chosen.staff)),
        "cox": compare_hazards(chosen.rows, say),
        "kaplan_meier": compare_curves(chosen.rows, say),
    }
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
