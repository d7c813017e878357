"""`make bench-matching`: seconds by stage, memory and proof of the matching engine, and other programs on the same instances. Prints JSON.

One thread, each instance in a process of its own. CPU seconds travel better than seconds where a machine is shared.
PyPI packages are measured where an interpreter that has them is named: MATCHING_PYTHON (packages `matching`, `POT` and `lapx`) and MENTOR_MATCH_PYTHON
(package `mentor-match`); both install a module of the same name, so they need an environment each.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

SIZES = ((100, 30), (1_000, 300), (10_000, 2_000), (50_000, 10_000), (100_000, 20_000))
OTHERS = {
    "scipy": 10_000,
    "scipy-sparse": 10_000,
    "ortools": 10_000,
    "pot": 10_000,
    "lapx": 10_000,
    "highs": 1_000,
    "networkx": 1_000,
    "matching": 1_000,
    "mentor-match": 1_000,
}
"""Program to the greatest number of mentees at which it is tried."""

PATIENCE = 600.0
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "MKL_NUM_THREADS"), "1")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(mentees: int, mentors: int, instance: Path | None, *, everybody: bool) -> dict[str, Any]:
    """Solve one instance in this process; save its pairs for the others."""
    from pipelines.matching import Policy, solve
    from tests.bench.matching_people import problem_of

    problem = problem_of(mentees, mentors, everybody=everybody)
    before = peak_mb()
    marks: list[tuple[str, float]] = []
    started = time.perf_counter(), time.process_time()
    result = solve(problem, Policy(), salt="bench", progress=lambda stage: marks.append((stage, time.perf_counter())))
    seconds, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    stages: dict[str, float] = {}
    for (stage, begun), (_, ended) in pairwise(marks):
        stages[stage] = round(stages.get(stage, 0.0) + ended - begun, 3)
    solved = result.solved
    answer = {
        "mentees": mentees,
        "mentors": mentors,
        "rules_of_category": not everybody,
        "pairs": mentees * mentors,
        "feasible_pairs": solved.feasibility.pairs,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu, 3),
        "seconds_by_stage": stages,
        "peak_memory_mb": round(peak_mb()),
        "memory_before_mb": round(before),
        "matched": solved.rows.size,
        "coverage_is_proven": solved.coverage.proven,
        "value": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "scans": solved.rounds,
    }
    if instance is not None:
        import numpy as np

        everything = result.everything
        if mentees > 1_000:
            from pipelines.matching.candidates import all_pairs

            everything = all_pairs(solved.model, solved.feasibility)
        np.savez(
            instance,
            rows=everything.rows,
            columns=everything.columns,
            scores=everything.scores,
            seats=problem.seats,
            mentees=mentees,
        )
        plain = solve(problem, Policy(floor=False), salt="bench")
        answer["value_without_floor"] = plain.objective
    return answer


def child(*words: str, python: str = sys.executable) -> dict[str, Any] | None:
    """A child's JSON, or None where it fails or takes too long."""
    environment = {**os.environ, **ONE_THREAD}
    try:
        ended = subprocess.run(
            [python, *words], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"finished": False, "why": f"not within {PATIENCE:g} seconds"}
    if ended.returncode:
        lines = ended.stderr.strip().splitlines()
        return {"finished": False, "why": lines[-1] if lines else f"ended with {ended.returncode}"}
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def others(instance: Path, mentees: int) -> dict[str, Any]:
    interpreters = {
        **dict.fromkeys(("scipy", "scipy-sparse", "ortools", "highs", "networkx"), sys.executable),
        **dict.fromkeys(("pot", "lapx"), os.environ.get("MATCHING_PYTHON", "")),
        "matching": os.environ.get("MATCHING_PYTHON", ""),
        "mentor-match": os.environ.get("MENTOR_MATCH_PYTHON", ""),
    }
    script = str(Path(__file__).with_name("matching_others.py"))
    answers = {}
    for name, most in OTHERS.items():
        if mentees <= most and interpreters[name]:
            _say(f"  {name} ...")
            answers[name] = child(script, name, str(instance), python=interpreters[name])
    return answers


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[mentees for mentees, _ in SIZES])
    parser.add_argument("--no-others", action="store_true")
    parser.add_argument("--one", nargs=2, type=int)
    parser.add_argument("--instance", type=Path)
    parser.add_argument("--everybody", action="store_true", help="without rules of language, zone and level")
    parser.add_argument("--policies", action="store_true", help="the trade-offs of churn, floor and quota instead")
    chosen = parser.parse_args()
    if chosen.one:
        sys.stdout.write(json.dumps(measured(*chosen.one, chosen.instance, everybody=chosen.everybody)) + "\n")
        return
    if chosen.policies:
        from tests.bench.matching_policies import trade_offs

        sys.stdout.write(json.dumps(trade_offs(), indent=2) + "\n")
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for mentees, mentors, everybody in [*((*size, False) for size in SIZES), (10_000, 2_000, True)]:
            if mentees not in chosen.sizes:
                continue
            _say(f"{mentees:,} x {mentors:,}{' without rules of category' if everybody else ''} ...")
            compare = not chosen.no_others and any(mentees <= most for most in OTHERS.values())
            instance = Path(folder) / f"{mentees}.npz"
            words = [
                "-m",
                "tests.bench.matching",
                "--one",
                str(mentees),
                str(mentors),
                *(["--everybody"] if everybody else []),
            ]
            answer = child(*words) or {}
            if compare:
                with_pairs = child(*words, "--instance", str(instance)) or {}
                answer["value_without_floor"] = with_pairs.get("value_without_floor")
                answer["others"] = others(instance, mentees)
                dense = answer["others"].get("scipy") or {}
                if dense.get("cpu_seconds"):
                    answer["times_faster_than_scipy"] = round(dense["cpu_seconds"] / answer["cpu_seconds"], 1)
            found.append(answer)
            _say(json.dumps(answer))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
