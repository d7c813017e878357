"""What stops a load: the message names file, row and next step; the raw tables and the published snapshot stay as they were."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.loading.stop_rules import LoadStopped
from pipelines.settings import settings
from pipelines.sources.records import SourceRefused
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.demo_run import DemoRun, impact

pytestmark = pytest.mark.pipeline


@pytest.fixture
def company(demo_run: DemoRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the demo run's data folder that a test may spoil."""
    data = tmp_path / "data"
    shutil.copytree(demo_run.data, data, ignore=shutil.ignore_patterns("dagster", "dbt_target", "reports"))
    monkeypatch.setenv("IMPACT_DATA", str(data))
    monkeypatch.delenv("IMPACT_HASH_KEY")  # the demo's own key made its pseudonyms
    return data


def load() -> list[str]:
    workspace, sources, said = settings(), configured_sources(), []
    with connect(workspace.warehouse) as warehouse:
        load_sources(warehouse, sources, said.append)
    return said


def raw_counts() -> dict[str, int]:
    with connect(settings().warehouse, read_only=True) as warehouse:
        rows = warehouse.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name like 'raw%'"
        ).fetchall()
        return {f"{a}.{b}": warehouse.execute(f"select count(*) from {a}.{b}").fetchall()[0][0] for a, b in rows}


def rewrite(path: Path, change: Callable[[list[str]], list[str]], encoding: str = "utf-8-sig") -> None:
    lines = path.read_bytes().decode(encoding).splitlines()
    path.write_bytes(("\n".join(change(lines)) + "\n").encode(encoding))


def stopped(kind: type[Exception]) -> str:
    before = raw_counts()
    with pytest.raises(kind) as problem:
        load()
    assert raw_counts() == before
    return str(problem.value)


def test_loading_again_finds_nothing_new(company: Path) -> None:
    before = raw_counts()
    assert all(line.endswith("nothing new") for line in load())
    assert raw_counts() == before


def test_a_changed_source_is_replaced_not_appended(company: Path) -> None:
    before = raw_counts()
    rewrite(company / "demo/platform/costs.csv", lambda lines: lines[:-1])
    assert next(line for line in load() if not line.endswith("nothing new")).startswith("platform:")
    after = raw_counts()
    assert after.pop("raw_registry.costs") == before.pop("raw_registry.costs") - 1
    assert after == before


def test_a_missing_required_column_stops_the_load(company: Path) -> None:
    rewrite(
        company / "demo/platform/applications.csv",
        lambda lines: [line.replace("application_id", "app_no") for line in lines],
    )
    message = stopped(SourceRefused)
    assert "applications.csv" in message
    assert "application_id" in message
    assert "Next step" in message


def test_an_empty_file_stops_the_load(company: Path) -> None:
    (company / "demo/platform/pairs.csv").write_bytes(b"")
    message = stopped(SourceRefused)
    assert "pairs.csv" in message
    assert "Next step" in message


def test_more_than_one_percent_bad_rows_stop_the_load(company: Path) -> None:
    def spoil(lines: list[str]) -> list[str]:
        return [
            lines[0],
            *(line if i % 40 else line.replace("accepted", "perhaps") for i, line in enumerate(lines[1:])),
        ]

    rewrite(company / "demo/platform/applications.csv", spoil)
    message = stopped(LoadStopped)
    assert "applications.csv, line" in message
    assert "Next step" in message


def test_five_percent_of_people_vanishing_stops_the_load(company: Path) -> None:
    rewrite(
        company / "demo/hris_products/personalstamm.csv",
        lambda lines: lines[: int(len(lines) * 0.9)],
        encoding="cp1252",
    )
    message = stopped(LoadStopped)
    assert "no longer in personalstamm.csv" in message
    assert "Next step" in message


def test_a_few_people_vanishing_are_kept_as_deleted(company: Path) -> None:
    rewrite(company / "demo/hris_products/personalstamm.csv", lambda lines: lines[:-8], encoding="cp1252")
    load()
    with connect(settings().warehouse, read_only=True) as warehouse:
        gone = warehouse.execute(
            "select count(*) from raw_people.persons where is_deleted and source_instance = 'hris_products'"
        ).fetchall()
    assert 0 < gone[0][0] <= 8


def test_a_changed_scale_stops_the_load_and_names_the_question(company: Path) -> None:
    export = sorted((company / "demo/surveys").glob("*-mentee-post.csv"))[0]

    def stretch(lines: list[str]) -> list[str]:
        # A five-point item asked on seven points: every 4 becomes a 7 in the answer columns.
        return lines[:3] + [line.replace(",4,", ",7,").replace(",4,", ",7,") for line in lines[3:]]

    rewrite(export, stretch)
    message = stopped(SourceRefused)
    assert export.name in message
    assert "scale" in message


def test_a_permission_hole_stops_the_load(company: Path) -> None:
    def hide(lines: list[str]) -> list[str]:
        header = next(i for i, line in enumerate(lines) if "decided_at" in line)
        at = lines[header].split(",").index("decided_at")
        emptied = (
            ",".join("" if i == at else cell for i, cell in enumerate(line.split(","))) for line in lines[header + 1 :]
        )
        return [*lines[: header + 1], *emptied]

    rewrite(company / "demo/platform/applications.csv", hide)
    assert "decided_at of applications is empty in every row" in stopped(LoadStopped)


def test_a_goal_that_is_not_smart_is_refused_with_its_letter(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(Path(settings().workspace_file).parent.parent, examples)
    programme = next((examples / "demo_company/programmes").glob("new_hires*.yaml"))
    lines = programme.read_text().splitlines()
    unit = next(i for i, line in enumerate(lines) if line.strip().startswith("unit:"))
    programme.write_text("\n".join(lines[:unit] + lines[unit + 1 :]))
    monkeypatch.setenv("IMPACT_WORKSPACE", str(examples / "demo_company/workspace.yaml"))
    monkeypatch.setattr("pipelines.settings.DEMO_WORKSPACE", examples / "demo_company/workspace.yaml")
    message = stopped(SourceRefused)
    assert "is not SMART: M is missing (no unit)" in message


def test_a_stopped_run_ends_with_words_and_leaves_the_snapshot_up(company: Path) -> None:
    before = (company / "serving/CURRENT").read_text()
    (company / "demo/platform/pairs.csv").write_bytes(b"")
    ended = impact(company, "run")
    assert ended.returncode == 1
    assert "pairs.csv" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "still what dashboards show" in ended.stderr
    assert (company / "serving/CURRENT").read_text() == before


def test_tables_of_an_older_version_are_made_anew_from_the_landing_zone(company: Path) -> None:
    before = raw_counts()
    with connect(settings().warehouse) as warehouse:
        warehouse.execute("alter table raw_people.persons drop column country")
    assert not any(line.endswith("nothing new") for line in load())
    assert raw_counts() == before


def test_another_key_reads_everything_again_so_that_no_two_kinds_of_pseudonyms_meet(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_HASH_KEY", "a key of one's own, long enough")
    before = raw_counts()
    assert not any(line.endswith("nothing new") for line in load())
    assert raw_counts() == before
