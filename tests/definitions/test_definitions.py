"""What Dagster sees: every asset is described, owned and grouped, nothing dangles, and blocking checks stand before the models."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.contracts import TABLES
from pipelines.contracts.metric_records import read_records
from pipelines.definitions import defs
from pipelines.operations.closed_folders import close_to_others
from pipelines.settings import settings

KEYS = Path(__file__).parent / "asset_keys.txt"
METRICS = Path(__file__).parents[2] / "dbt_project/models/metrics"


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return defs().get_repository_def()


def test_the_list_of_assets_changes_only_on_purpose(repository: dg.RepositoryDefinition) -> None:
    """A metric is listed by its record alone."""
    keys = {"/".join(key.path) for key in repository.asset_graph.get_all_asset_keys()}
    metrics = {f"metrics/{metric}" for metric in read_records(METRICS)}
    assert metrics <= keys
    assert sorted(keys - metrics) == KEYS.read_text().split(), (
        f"Write the new list to {KEYS.name} if the change is meant."
    )


def test_whoever_loads_the_definitions_writes_for_its_own_account_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dg launch` and `dagster dev` left lists of single people readable for everybody on the machine."""
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    (tmp_path / "serving").mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        close_to_others(settings())
        assert os.umask(before) == 0o077
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "serving").stat().st_mode) == 0o700
    asked = "import os; from pipelines.definitions import defs; os.umask(0o022); defs(); print(oct(os.umask(0)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split()[-1] == "0o77"


def test_nothing_depends_on_an_asset_that_does_not_exist(repository: dg.RepositoryDefinition) -> None:
    assert not repository.asset_graph.external_asset_keys


def test_every_asset_says_what_it_is_and_whose(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.group_name != "default", key
        assert node.kinds, key


def test_every_raw_table_has_a_blocking_check(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    for table in TABLES:
        checks = {
            key.name: graph.get_check_spec(key)
            for key in graph.get_check_keys_for_assets({dg.AssetKey([table.schema, table.name])})
        }
        assert checks["expectations"].blocking, table.address


def test_a_raw_table_depends_on_the_sources_that_fill_it_and_on_no_other(repository: dg.RepositoryDefinition) -> None:
    def sources_of(schema: str, table: str) -> set[str]:
        return {key.path[1] for key in repository.asset_graph.get(dg.AssetKey([schema, table])).parent_keys}

    assert sources_of("raw_surveys", "survey_answers") == {"surveys", "kenya_trial"}
    assert sources_of("raw_registry", "programmes") == {"registry"}
    assert {"hris_hq", "students", "alumni"} <= sources_of("raw_people", "persons")
    assert not {"registry", "surveys", "calendars"} & sources_of("raw_people", "persons")
    assert len(sources_of("quality", "reconciliation")) == len(sources_of("quality", "quarantine")) >= 10


def test_the_leadership_report_is_scheduled_monthly(repository: dg.RepositoryDefinition) -> None:
    schedule = repository.get_schedule_def("monthly_leadership_report")
    assert schedule.cron_schedule == "0 7 2 * *"


def test_loading_the_definitions_opens_no_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    defs()
    assert not list(tmp_path.rglob("*.duckdb"))


def test_published_floats_carry_no_noise_and_no_minus_zero() -> None:
    import polars as pl

    from pipelines.stages.release import without_noise

    noisy = pl.DataFrame({"value": [0.1 + 0.2, -0.0, 1e-17, -1e-17, None, 1234.5], "n": [1, 2, 3, 4, 5, 6]})
    assert (
        without_noise(noisy).write_ndjson()
        == pl.DataFrame({"value": [0.3, 0.0, 0.0, 0.0, None, 1234.5], "n": [1, 2, 3, 4, 5, 6]}).write_ndjson()
    )


def test_whatever_is_started_from_dagsters_pages_runs_in_one_process(repository: dg.RepositoryDefinition) -> None:
    """DuckDB has one writer, so steps of several processes would lock each other out."""
    for job in repository.get_all_jobs():
        assert job.executor_def.name == "in_process", job.name
