"""Whether a build that makes only what rests on something new leaves what a build of everything leaves.

`python -m tests.engines.incremental WAREHOUSE [DELTAS] [SEED]` changes the raw tables of a copy at random (late rows, corrections, deletions, another day, another programme file), builds it both
ways after each change and prints JSON: what was changed, how many nodes were made, CPU seconds of both, and the tables that differ.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.builds.dbt import incremental
from pipelines.builds.made_from import forget_all
from pipelines.components.parsed_project import PARSED_INTO, parsed_manifest
from pipelines.contracts import TABLES
from pipelines.engines.chosen import tables_of
from pipelines.operations.attached import PARSED
from tests.engines.parity import children_cpu_seconds, differences

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
Change = Callable[[duckdb.DuckDBPyConnection, random.Random], str]


def late_sessions(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """Meetings of some pairs that are told of later than they were."""
    asked = "source_instance, session_id from raw_sessions.sessions where pair_id is not null order by hash(session_id || ?) limit 5"
    chosen = warehouse.execute(f"select {asked}", [str(chance.random())]).fetchall()
    for source, session in chosen:
        for table in ("sessions", "session_participants"):
            warehouse.execute(f"insert into raw_sessions.{table} select * replace (session_id || '-late' as session_id) from raw_sessions.{table} where source_instance = ? and session_id = ?", [source, session])  # fmt: skip
    return f"{len(chosen)} meetings more"


def corrected_day(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """Pairs that ended a week earlier than was told."""
    warehouse.execute("update raw_registry.pairs set actual_end_date = actual_end_date - 7 where actual_end_date is not null and hash(pair_id || ?) % 7 = 0", [str(chance.random())])  # fmt: skip
    return "ends of some pairs corrected"


def deleted(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """Rows of one table that nothing else names are gone."""
    table, key = chance.choice([("raw_surveys.survey_answers", "response_id"), ("raw_registry.goal_updates", "goal_id"), ("raw_registry.milestones", "pair_id"), ("raw_registry.costs", "item"), ("raw_people.job_history", "person_id")])  # fmt: skip
    warehouse.execute(f"delete from {table} where hash({key} || ?) % 9 = 0", [str(chance.random())])
    return f"rows of {table} deleted"


def another_day(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """The data reach some days further."""
    warehouse.execute("update raw_registry.workspace set as_of_date = as_of_date + ?", [days := chance.randint(1, 40)])
    return f"{days} days later"


def another_programme(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """A programme's file says something else."""
    warehouse.execute("update raw_registry.programmes set planned_sessions = coalesce(planned_sessions, 4) + 1, cadence_days = cadence_days * 1.5 where programme_id = (select programme_id from raw_registry.programmes order by hash(programme_id || ?) limit 1)", [str(chance.random())])  # fmt: skip
    return "another cadence"


def other_files(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """The same rows came with another load, from another line."""
    place = "load_id = load_id || ?, extracted_at = extracted_at + interval 1 day, source_line = source_line + 1"
    for table in TABLES:
        warehouse.execute(f"update {table.address} set {place}", [f"-{chance.randint(1, 9)}"])
    return "other loads"


def nothing(warehouse: duckdb.DuckDBPyConnection, chance: random.Random) -> str:
    """Everything is as it was."""
    return "nothing"


CHANGES: tuple[Change, ...] = (
    late_sessions,
    corrected_day,
    deleted,
    another_day,
    another_programme,
    other_files,
    nothing,
)


def build(place: Path, folder: Path, *, whole: bool = False) -> tuple[int, float]:
    """Build the models of the warehouse at `place` as a run does, without their tests: how many nodes were made, CPU seconds. Raises CalledProcessError."""
    if whole:
        with duckdb.connect(str(place)) as warehouse:
            forget_all(warehouse)
    manifest = json.loads(parsed_manifest().read_bytes())
    before = children_cpu_seconds()
    with incremental(place, manifest) as build:
        must = [node_id for node_id in build.must if manifest["nodes"][node_id]["resource_type"] != "test"]
        if must:
            command = [str(Path(sys.executable).parent / "impact-dbt"), "--quiet", "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test", "--target", "warehouse", "--select", "fqn:*"]  # fmt: skip
            places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]  # fmt: skip
            told = {**os.environ, "IMPACT_WAREHOUSE": str(place), PARSED: str(PARSED_INTO / "partial_parse.msgpack")}
            subprocess.run([*command, *places], check=True, env=told)
    return len(must), round(children_cpu_seconds() - before, 1)


def compared(warehouse: Path, deltas: Sequence[Sequence[Change]], seed: int = 1) -> list[dict[str, Any]]:
    """One row per delta, made one after the other on a copy of `warehouse`: changes, made, kept, cpu, cpu_whole, apart."""
    chance, told = random.Random(seed), []
    tables = tables_of(json.loads(parsed_manifest().read_bytes()), "model")
    with tempfile.TemporaryDirectory() as name:
        folder, place = Path(name), Path(name) / "one" / "warehouse.duckdb"
        again = Path(name) / "two" / "warehouse.duckdb"
        for path in (place, again):
            path.parent.mkdir()
        shutil.copyfile(warehouse, place)
        for changes in deltas:
            with duckdb.connect(str(place)) as connection:
                words = [change(connection, chance) for change in changes]
            shutil.copyfile(place, again)
            made, cpu = build(place, folder)
            everything, cpu_whole = build(again, folder, whole=True)
            told.append({"changes": words, "made": made, "kept": everything - made, "cpu": cpu, "cpu_whole": cpu_whole, "apart": differences(place, again, tables)})  # fmt: skip
    return told


if __name__ == "__main__":
    asked = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    deltas = [asked.sample(CHANGES, asked.choice((1, 1, 2, 3))) for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 6)]  # fmt: skip
    sys.stdout.write(json.dumps(compared(Path(sys.argv[1]), deltas), indent=2) + "\n")
