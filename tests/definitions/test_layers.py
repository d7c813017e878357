"""The dbt project goes one way: staging, entities, units of analysis, metrics; every table has a key and every foreign key a test."""

import json
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.components.parsed_project import parsed_manifest

PROJECT = Path(__file__).parents[2]
LAYERS = ("staging", "entities", "units", "metrics")
BAGS = {"int_programme_costs": "sums of costs: equal amounts of one day are two rows"}
"""Tables without a key, and why."""
LEADS_TO = {"programme_id", "cohort_id", "pair_id", "session_id", "application_id"}
"""Columns that name a row of another table; and those that end in person_key."""
OUTLIVES = {"match_decisions.cohort_id", "published_pairs.cohort_id"}
"""A log keeps decisions about cohorts that have since been taken out of the registry."""
READ_ALL_THE_SAME = {
    "int_identity_conflicts",
    "int_pair_periods",
    "int_person_demographics",
    "int_person_segments",
    "int_persons_resolved",
    "stg_surveys",
}
"""Prepared tables that Python reads; none may be added."""


@cache
def manifest() -> dict[str, Any]:
    return json.loads(parsed_manifest().read_text(encoding="utf-8"))


def models() -> dict[str, dict[str, Any]]:
    return {key: node for key, node in manifest()["nodes"].items() if node["resource_type"] == "model"}


def layer(node: dict[str, Any]) -> int:
    return LAYERS.index(node["path"].split("/")[0])


def _tests_of() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Model to kind of test to the arguments of each."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for node in manifest()["nodes"].values():
        about = node.get("test_metadata") if node["resource_type"] == "test" else None
        if about:
            found[node["attached_node"]][about["name"]].append(about["kwargs"])
    return found


def test_a_model_reads_its_own_layer_and_those_before_it() -> None:
    known = models()
    against = [
        f"{node['name']} reads {known[parent]['name']}"
        for node in known.values()
        for parent in node["depends_on"]["nodes"]
        if parent in known and layer(known[parent]) > layer(node)
    ]
    assert against == []


def test_sources_are_read_by_staging_alone() -> None:
    elsewhere = {node["name"] for node in models().values() if layer(node) and any(parent.startswith("source.") for parent in node["depends_on"]["nodes"])}  # fmt: skip
    assert elsewhere == set()


def test_staging_reads_nothing_but_its_source() -> None:
    joined = {node["name"]: node["depends_on"]["nodes"] for node in models().values() if not layer(node) and len(node["depends_on"]["nodes"]) != 1}  # fmt: skip
    assert joined == {}


@pytest.mark.parametrize("of", ["entities", "units"])
def test_every_table_has_a_tested_key(of: str) -> None:
    without = {node["name"] for key, node in models().items() if LAYERS[layer(node)] == of and "unique_combination" not in _tests_of()[key]}  # fmt: skip
    assert without == {name for name in BAGS if (PROJECT / f"dbt_project/models/{of}/prepared/{name}.sql").exists()}


@pytest.mark.parametrize("of", ["entities", "units"])
def test_every_foreign_key_of_a_published_table_has_a_test(of: str) -> None:
    untested = []
    for key, node in models().items():
        if LAYERS[layer(node)] != of or "/prepared/" in node["path"]:
            continue
        has = {kwargs["column_name"] for kwargs in _tests_of()[key]["relationships"]}
        own = {f"{node['name'].removesuffix('s')}_id", "person_key" if node["name"] == "persons" else ""}
        needs = {name for name in node["columns"] if name in LEADS_TO or re.search(r"(^|_)person_key$", name)} - own
        untested += [f"{node['name']}.{name}" for name in sorted(needs - has)]
    assert set(untested) == {name for name in OUTLIVES if of == "entities"}


def test_every_column_of_a_published_table_is_described() -> None:
    silent = [
        f"{node['name']}.{name}"
        for node in models().values()
        if node["schema"] in ("marts", "metrics")
        for name, column in node["columns"].items()
        if not column["description"]
    ]
    assert silent == []


def test_prepared_tables_are_read_by_dbt_only() -> None:
    """Python reads entities, units and metrics: what is prepared for them may change without notice."""
    pattern = re.compile(r"\b(?:intermediate|staging)\.((?:int|stg)_\w+)")
    read = {
        name
        for folder in ("pipelines", "dashboards")
        for path in [*(PROJECT / folder).rglob("*.py"), *(PROJECT / folder).rglob("*.sql")]
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert read == READ_ALL_THE_SAME


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def test_no_module_is_longer_than_300_lines() -> None:
    modules = [path for folder in ("pipelines", "dashboards") for path in (PROJECT / folder).rglob("*.py")]
    assert {str(path.relative_to(PROJECT)): _lines(path) for path in modules if _lines(path) > 300} == {}


def test_what_dagster_sees_stays_thin() -> None:
    """Assets, schedules and sensors say what is made of what; how it is made stands in rooms that know nothing of Dagster."""
    assert sum(_lines(path) for path in (PROJECT / "pipelines/defs").rglob("*.py")) <= 900


FOLDERS = {"dashboards", "data", "dbt_project", "deploy", "docs", "mentorship_impact", "pipelines", "tests"}


def test_the_top_level_holds_the_rooms_of_the_house_and_nothing_that_a_test_left_there() -> None:
    if not (PROJECT / ".git").exists():
        pytest.skip("not a checkout of git")
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    names = {line.split("/")[0] for line in tracked.splitlines() if "/" in line and line[0] not in '".'}
    assert names == FOLDERS
