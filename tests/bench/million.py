"""`make bench-million`: what all models cost at a million employees. Prints JSON.

Never a test. The people of a finished run (their employments, jobs, identifiers, measures and readings) are laid in as often as makes a million, each copy under keys of its own; programmes stay as they are. Then dbt
makes every model, without tests, and is watched from outside.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from pipelines.components.bundled_dbt import DBT_EXECUTABLE, DBT_FOLDER
from pipelines.duckdb_config import dbt_environment
from tests.bench.scale import Watch
from tests.demo_run import PROJECT, run_environment

OF_PEOPLE = ("persons", "employment_spells", "job_history", "person_identifiers", "person_measures", "productivity_readings")  # fmt: skip
KEYS = ("person_id", "manager_person_id", "id_value", "assignment_id", "source_record_id", "row_hash")
MADE = re.compile(r"OK created sql (?:table|view) model (\S+) .* in ([0-9.]+)s")


def enlarge(warehouse: Path, people: int) -> int:
    """Lay the people of `warehouse` in again until there are `people` of them or more; returns how many there are."""
    with duckdb.connect(str(warehouse), config={"preserve_insertion_order": "false"}) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("drop schema if exists builds cascade")
        copies = -(-people // connection.execute("select count(*) from raw_people.persons").fetchall()[0][0])
        for table in OF_PEOPLE:
            columns = [row[0] for row in connection.execute(f"describe raw_people.{table}").fetchall()]
            told = ", ".join(f"{name} || '~' || copy as {name}" if name in KEYS else name for name in columns)
            connection.execute(f"create temp table one as from raw_people.{table}")
            connection.execute(
                f"insert into raw_people.{table} select {told} from one, range(1, {copies}) as copies (copy)"
            )
            connection.execute("drop table one")
        connection.execute("checkpoint")
        return int(connection.execute("select count(*) from raw_people.persons").fetchall()[0][0])


def made(folder: Path, memory_limit: str) -> dict[str, Any]:
    """Seconds, processor seconds and memory of `dbt run` on the warehouse in `folder`, and the models that took longest."""
    places = [part for name in ("target", "log") for part in (f"--{name}-path", str(folder / name))]
    command = [
        DBT_EXECUTABLE,
        "--no-use-colors",
        "run",
        "--project-dir",
        DBT_FOLDER,
        "--profiles-dir",
        DBT_FOLDER,
        *places,
    ]
    environment = run_environment(
        folder, **dbt_environment(folder / "warehouse.duckdb"), IMPACT_MEMORY_LIMIT=memory_limit
    )
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    watch, slowest, began = Watch(process.pid), dict[str, float](), time.perf_counter()
    assert process.stdout is not None
    for line in process.stdout:
        sys.stderr.write(line)
        found = MADE.search(line)
        if found:
            slowest[found[1]] = float(found[2])
    process.wait()
    cost = watch.lap()
    watch.end()
    longest = sorted(slowest.items(), key=lambda one: -one[1])[:12]
    return {
        "ended_well": process.returncode == 0,
        "seconds": round(time.perf_counter() - began),
        "cpu": round(cost.cpu),
        "peak_mb": round(cost.peak_mb),
        "models": len(slowest),
        "longest_by_the_clock": dict(longest),
    }


def main() -> None:
    """Enlarge a copy, make, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=PROJECT / "data/bench/10x", help="data folder of a finished run (make bench-scale)"
    )
    parser.add_argument("--folder", type=Path, default=PROJECT / "data/bench/million")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--memory-limit", default="2500MB", help="of DuckDB")
    chosen = parser.parse_args()
    shutil.rmtree(chosen.folder, ignore_errors=True)
    chosen.folder.mkdir(parents=True)
    shutil.copyfile(chosen.data / "warehouse/warehouse.duckdb", chosen.folder / "warehouse.duckdb")
    people = enlarge(chosen.folder / "warehouse.duckdb", chosen.people)
    sys.stdout.write(json.dumps({"people": people, **made(chosen.folder, chosen.memory_limit)}, indent=2) + "\n")


if __name__ == "__main__":
    main()
