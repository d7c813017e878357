"""`make bench-scale`: what each stage costs as companies grow, with exponents, memory and what that makes of a thousand times. Prints JSON.

Never a test: seconds depend on the machine. Processor seconds and the exponents travel. Every scale is a whole run of the demo company made that many times as large, watched from outside: the command says when a
step has ended, and what the process and its children have used by then is written down.
"""

import argparse
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from dashboards.pages import PAGES
from tests.bench.scale_plot import drawn
from tests.demo_run import PROJECT, run_environment

STAGES = {
    "Demo company": "files made",
    "landing zone": "start and landing",
    "raw tables": "raw",
    "Great Expectations": "quality",
    "freshness": "quality",
    "dbt": "models",
    "impact estimates": "impact",
    "matching": "matching",
    "check:": "matching",
    "published snapshot": "publish",
    "tables for BI": "publish",
    "leadership report": "report",
    "summary.json": "report",
    "messages": "messages",
}
"""How a line of `impact demo` begins that says what has ended, and the stage that it belongs to. The first source is landed as soon as Python, Dagster and dbt's project are loaded, so both are one."""

NOT_OURS = ("files made",)
"""The customer's files aren't made by the pipeline."""


@dataclass(frozen=True)
class Cost:
    """seconds: by the clock. cpu: user and system, children included. peak_mb: most memory of process and children together while the stage ran."""

    seconds: float
    cpu: float
    peak_mb: float

    def and_then(self, other: "Cost") -> "Cost":
        """Both, one after the other."""
        return Cost(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak_mb, other.peak_mb))


class Watch:
    """Processor seconds and memory of a process and everything that it starts."""

    def __init__(self, pid: int, every: float = 0.2) -> None:
        self._process = psutil.Process(pid)
        self._peak, self._cpu, self._every, self._ended = 0.0, 0.0, every, threading.Event()
        self._last = (time.perf_counter(), 0.0)
        threading.Thread(target=self._look_again_and_again, daemon=True).start()

    def lap(self) -> Cost:
        """What was used since the last one."""
        self._look()
        now, (began, before), peak = time.perf_counter(), self._last, self._peak
        self._last, self._peak = (now, self._cpu), 0.0
        return Cost(now - began, self._cpu - before, peak)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _look_again_and_again(self) -> None:
        while not self._ended.wait(self._every):
            self._look()

    def _look(self) -> None:
        try:
            tree = [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        cpu = memory = 0.0
        for number, process in enumerate(tree):
            try:
                with process.oneshot():
                    used = process.cpu_times()
                    memory += process.memory_info().rss / 2**20
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            # the children of children that have ended stand with their parent
            cpu += used.user + used.system + (used.children_user + used.children_system if number == 0 else 0)
        self._cpu, self._peak = max(self._cpu, cpu), max(self._peak, memory)


def stage_of(line: str) -> str | None:
    """The stage that a line of `impact demo` says has ended, None for every other line."""
    said = line.strip()
    if not said.startswith("done"):
        return None
    words = said.removeprefix("done").strip()
    if words.startswith("DemoSummary"):
        return "files made"
    return next((stage for begins, stage in STAGES.items() if words.startswith(begins)), "other")


def watched_run(data: Path, scale: float, memory_limit: str | None) -> dict[str, Cost]:
    """Cost by stage of a first run on a company `scale` times as large. memory_limit: of DuckDB, where not half of the machine's."""
    limit = {"IMPACT_MEMORY_LIMIT": memory_limit} if memory_limit else {}
    shutil.rmtree(data, ignore_errors=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "demo", "--scale", f"{scale:g}"],
        cwd=PROJECT,
        env=run_environment(data, PYTHONUNBUFFERED="1", **limit),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch, costs, told = Watch(process.pid), dict[str, Cost](), []
    assert process.stdout is not None
    for line in process.stdout:
        told.append(line)
        stage = stage_of(line)
        if stage is not None:
            _say(f"{scale:g}x: {line.strip()}")
            cost = watch.lap()
            costs[stage] = costs[stage].and_then(cost) if stage in costs else cost
    watch.end()
    if process.wait():
        raise SystemExit("".join(told[-40:]))
    return costs


def pages_seconds(serving: Path) -> dict[str, float]:
    """Processor seconds until a page stands, without the browser: queries, figures, charts. Slowest and middle of all pages."""
    asked = [sys.executable, "-m", "tests.bench.scale", "--pages", str(serving)]
    said = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def open_pages(serving: Path) -> dict[str, float]:
    """As `pages_seconds`, in this process. Each page is opened twice, since the first one imports."""
    from tests.dashboards.reading import application

    os.environ["IMPACT_SERVING"] = str(serving)
    seconds = []
    for page in PAGES:
        for _ in range(2):
            began = time.process_time()
            application().switch_page(f"app_pages/{page.module}.py").run()
            took = time.process_time() - began
        seconds.append(took)
    seconds.sort()
    return {"middle": round(seconds[len(seconds) // 2], 2), "slowest": round(seconds[-1], 2)}


def sizes(data: Path) -> dict[str, Any]:
    """What a run left behind: records read, bytes of what readers and managers open, bytes of the warehouse."""
    summary = json.loads((data / "reports/latest/summary.json").read_text())
    readers = data / "serving" / (data / "serving/CURRENT").read_text().strip()
    made = json.loads((data / "demo/_generated.json").read_text())
    return {
        "people": made["summary"]["people"],
        "records": sum(row["rows_in"] for row in summary["reconciliation"]),
        "readers_mb": round(readers.stat().st_size / 2**20, 1),
        "managers_mb": round(readers.with_name(f"managers_{readers.name}").stat().st_size / 2**20, 1),
        "warehouse_mb": round((data / "warehouse/warehouse.duckdb").stat().st_size / 2**20, 1),
    }


def measured(data: Path, scale: float, memory_limit: str | None) -> dict[str, Any]:
    """One scale: sizes, cost by stage, and the whole without making the files."""
    costs = watched_run(data, scale, memory_limit)
    ours = [cost for stage, cost in costs.items() if stage not in NOT_OURS]
    whole = ours[0]
    for cost in ours[1:]:
        whole = whole.and_then(cost)
    return {
        **sizes(data),
        "stages": {stage: _rounded(cost) for stage, cost in {**costs, "all": whole}.items()},
        "pages": pages_seconds(data / "serving"),
    }


def exponents(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """By stage: as which power of the records processor seconds grow. 1: twice the records cost twice."""
    growth = math.log(large["records"] / small["records"])
    found = {}
    for stage, cost in large["stages"].items():
        before = small["stages"].get(stage, {}).get("cpu", 0)
        if before > 0 and cost["cpu"] > 0:
            found[stage] = round(math.log(cost["cpu"] / before) / growth, 2)
    return found


def extrapolated(small: dict[str, Any], large: dict[str, Any], times: float) -> dict[str, dict[str, float]]:
    """Processor seconds and memory of a company `times` as large as `large`, on the straight line through both: a fixed part, and one that grows with the records.

    The power from `small` to `large` would promise too much: the fixed part hides what grows.
    """
    more = (times - 1) * large["records"] / (large["records"] - small["records"])
    return {
        stage: {
            name: round(cost[name] + more * max(cost[name] - small["stages"][stage][name], 0), 1)
            for name in ("cpu", "peak_mb")
        }
        for stage, cost in large["stages"].items()
        if stage in small["stages"]
    }


def _rounded(cost: Cost) -> dict[str, float]:
    return {name: round(value, 1) for name, value in asdict(cost).items()}


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    """Measure, print JSON, draw where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10, 100])
    parser.add_argument("--folder", type=Path, default=PROJECT / "data/bench")
    parser.add_argument("--memory-limit", help="of DuckDB, for example 3GB; default: half of the machine's")
    parser.add_argument("--plot", type=Path, help="write an SVG here")
    parser.add_argument("--pages", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.pages:
        sys.stdout.write(json.dumps(open_pages(chosen.pages)) + "\n")
        return
    found: dict[str, Any] = {}
    for scale in sorted(chosen.scales):
        found[f"{scale:g}x"] = measured(chosen.folder / f"{scale:g}x", scale, chosen.memory_limit)
        (chosen.folder / "scale.json").write_text(json.dumps(found, indent=2))
    sys.stdout.write(json.dumps(with_growth(found), indent=2) + "\n")
    if chosen.plot:
        chosen.plot.write_text(drawn(found), encoding="utf-8")


def with_growth(found: dict[str, Any]) -> dict[str, Any]:
    """`found` with the exponents from each scale to the next, and a company ten times as large as the largest."""
    names = list(found)
    growth = {
        f"{small} to {large}": exponents(found[small], found[large]) for small, large in itertools.pairwise(names)
    }
    if len(names) < 2:
        return found
    small, large = names[-2:]
    return {
        **found,
        "exponents": growth,
        f"ten times {large}, on paper": extrapolated(found[small], found[large], 10),
    }


if __name__ == "__main__":
    main()
