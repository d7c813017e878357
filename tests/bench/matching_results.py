"""`python -m tests.bench.matching_results [MENTEES MENTORS]`: what all results cost beside solving (default 10,000 x 2,000), in CPU seconds and memory. Prints JSON.

One thread, in a process of its own. All results: pairs with reasons, ranks and prices, who stays unmatched, alternatives, prices of seats, baselines, quality.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

from tests.bench.matching import ONE_THREAD, peak_mb


def measured(mentees: int, mentors: int) -> dict[str, Any]:
    from pipelines.matching import Policy, solve
    from tests.bench.matching_people import problem_of

    problem = problem_of(mentees, mentors)
    before, started = peak_mb(), time.process_time()
    result = solve(problem, Policy(), salt="bench")
    solved = time.process_time() - started
    parts: dict[str, float] = {}
    for name in ("pairs", "unmatched", "alternatives", "prices", "baselines", "quality"):
        begun = time.process_time()
        getattr(result, name)
        parts[name] = round(time.process_time() - begun, 2)
    results = sum(parts.values())
    return {
        "mentees": mentees,
        "mentors": mentors,
        "solving_cpu_seconds": round(solved, 2),
        "results_cpu_seconds": round(results, 2),
        "times_solving": round(results / solved, 2),
        "by_result": parts,
        "peak_memory_mb": round(peak_mb()),
        "memory_before_mb": round(before),
    }


def main() -> None:
    if len(sys.argv) == 4:
        sys.stdout.write(json.dumps(measured(int(sys.argv[2]), int(sys.argv[3]))))
        return
    size = sys.argv[1:3] or ["10000", "2000"]
    words = [sys.executable, "-m", "tests.bench.matching_results", "here", *size]
    ended = subprocess.run(words, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    sys.stdout.write(ended.stdout + "\n")


if __name__ == "__main__":
    main()
