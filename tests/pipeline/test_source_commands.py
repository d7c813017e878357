"""The commands around sources, as a person types them."""

import csv
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.commands.metric_needs import SHOWN_BY, MetricNeeds
from pipelines.loading.vault import reading_vault
from pipelines.settings import read_workspace, settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.demo_run import PROJECT
from tests.servers.bamboohr import KEY, company
from tests.servers.http import Answer, serving

PEOPLE = {
    "files": [
        {
            "match": "people.csv",
            "key": "id",
            "tables": [
                {
                    "table": "persons",
                    "columns": {
                        "person_id": {"from": "id", "reference": "hris"},
                        "person_kind": {"const": "employee"},
                        "family_name": {"from": "surname"},
                        "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
                    },
                }
            ],
        }
    ]
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of one CSV with one impossible date."""
    (tmp_path / "export").mkdir()
    (tmp_path / "export/people.csv").write_text(
        "id,surname,hired\n1,Stone,2020-01-31\n2,Lee,2020-02-30\n3,Bo,2021-01-01\n"
    )
    (tmp_path / "people.yaml").write_text(yaml.safe_dump(PEOPLE))
    sources = [{"id": "hris", "connector": "mapped_files", "path": "export", "mapping": "people.yaml"}]
    return configured(tmp_path, monkeypatch, sources)


def configured(folder: Path, monkeypatch: pytest.MonkeyPatch, sources: list[dict]) -> Path:
    programmes = str(PROJECT / "data/examples/demo_company/programmes")
    content = {"workspace": "w", "programmes": programmes, "sources": sources}
    (folder / "impact.yaml").write_text(yaml.safe_dump(content))
    monkeypatch.setenv("IMPACT_WORKSPACE", str(folder / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(folder / "data"))
    return folder


def impact(*arguments: str):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def load() -> None:
    now, sources = settings(), configured_sources()
    with connect(now.warehouse) as warehouse:
        load_sources(warehouse, sources, lambda words: None)


def test_init_writes_a_workspace_that_can_be_read(tmp_path: Path) -> None:
    result = impact("init", str(tmp_path / "mine"), "--with", "bamboohr_api", "--with", "caldav")
    assert result.exit_code == 0, result.output
    read = read_workspace(tmp_path / "mine/impact.yaml", data=tmp_path, key="a-key-of-sixteen-letters")
    assert [source.connector for source in read.sources] == ["bamboohr_api", "caldav"]
    empty = impact("init", str(tmp_path / "empty"))
    assert empty.exit_code == 0
    assert read_workspace(tmp_path / "empty/impact.yaml", data=tmp_path, key="a-key-of-sixteen-letters").sources == ()
    again = impact("init", str(tmp_path / "mine"))
    assert again.exit_code == 1
    assert "left as it is" in again.output


def test_the_programme_file_that_init_writes_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impact("init", str(tmp_path / "mine"))
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "mine/impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_HASH_KEY", "a-key-of-sixteen-letters")
    result = impact("check", "registry")
    assert result.exit_code == 0, result.output


def test_the_workspace_of_the_folder_in_which_a_command_is_run_is_the_one_it_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "export IMPACT_HASH_KEY" in impact("init", str(tmp_path)).output
    monkeypatch.delenv("IMPACT_WORKSPACE", raising=False)
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_HASH_KEY", "a-key-of-sixteen-letters")
    monkeypatch.chdir(tmp_path)
    result = impact("check")
    assert result.exit_code == 0, result.output
    assert f"Workspace my_company ({tmp_path / 'impact.yaml'})" in result.output.replace("\n", "")
    assert "names registry, decisions" in impact("check", "nope").output
    assert "asked over a network" in impact("fetch").output


def test_every_connector_is_listed_and_its_example_names_it() -> None:
    listed = impact("sources").output
    for name, spec in CONNECTORS.items():
        assert name in listed
        if spec.documentation.example:
            assert yaml.safe_load(spec.documentation.example)["connector"] == name


def test_check_says_what_would_be_loaded_and_what_is_missing_and_loads_nothing(workspace: Path) -> None:
    result = impact("check")
    assert result.exit_code == 0, result.output
    assert "persons: 3 records, 2 would be loaded, 1 quarantined" in result.output
    assert (
        "hired 2020-02-30 is not a date" in result.output
        or "latest hire date 2020-02-30 is not a date" in result.output
    )
    assert "survey_answers" in result.output.split("no source brings")[1].splitlines()[0]
    assert "promotion_rate_12m" in result.output
    assert "Stone" not in result.output
    assert not (workspace / "data/warehouse").exists()


def test_check_tells_an_option_that_nothing_reads(workspace: Path) -> None:
    file = workspace / "impact.yaml"
    content = yaml.safe_load(file.read_text())
    content["sources"][0]["options"] = {"zonne": "UTC"}
    file.write_text(yaml.safe_dump(content))
    told = impact("check", "hris")
    assert told.exit_code == 0, told.output
    assert "option not read: zonne" in told.output


def test_check_of_a_remote_source_asks_for_one_page_of_each_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAMBOO_KEY", KEY)
    with serving(company(30)) as server:
        options = {"base_url": server.url, "api_key": "${BAMBOO_KEY}", "page_size": 10, "level_field": "customJobLevel"}
        configured(tmp_path, monkeypatch, [{"id": "hris", "connector": "bamboohr_api", "options": options}])
        result = impact("check", "hris")
        assert len(server.calls) == 3
        assert result.exit_code == 0, result.output
        assert "persons: 10 records" in result.output
        assert not (tmp_path / "data/fetched").exists()
        server.behaviour = lambda call: Answer({"error": "no"}, 403)
        refused = impact("check", "hris")
    assert refused.exit_code == 1
    assert "forbids the call" in refused.output
    monkeypatch.delenv("BAMBOO_KEY")
    assert "environment lacks BAMBOO_KEY" in impact("check", "hris").output


def test_fetch_brings_the_pages_and_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAMBOO_KEY", KEY)
    with serving(company(5)) as server:
        options = {"base_url": server.url, "api_key": "${BAMBOO_KEY}"}
        configured(tmp_path, monkeypatch, [{"id": "hris", "connector": "bamboohr_api", "options": options}])
        result = impact("fetch")
    assert result.exit_code == 0, result.output
    assert "hris: landed as" in result.output
    assert not (tmp_path / "data/warehouse").exists()


def test_a_held_back_row_is_listed_exported_corrected_and_loaded(workspace: Path) -> None:
    load()
    listed = impact("quarantine", "list").output
    assert "hris  persons  not_a_date: 1 rows" in listed
    assert "Lee" not in listed
    export = workspace / "held.csv"
    assert impact("quarantine", "export", str(export)).exit_code == 0
    assert export.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(export.open()))
    assert [row["raw_text"] for row in rows] == ["2,Lee,2020-02-30"]
    rows[0]["corrected_text"] = "2,Lee,2020-02-29"
    with export.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    result = impact("quarantine", "reload", str(export))
    assert "1 corrected records are kept" in result.output, result.output
    load()
    with connect(settings().warehouse, read_only=True) as warehouse:
        counts = warehouse.execute(
            "select count(*), count(*) filter (latest_hire_date = date '2020-02-29') from raw_people.persons"
        ).fetchall()
    assert counts == [(3, 1)]
    assert (workspace / "export/people.csv").read_text().splitlines()[2] == "2,Lee,2020-02-30"
    assert "Nothing is quarantined" in impact("quarantine", "list").output


def test_a_row_of_a_spreadsheet_is_corrected_in_a_table_that_a_spreadsheet_program_has_saved(workspace: Path) -> None:
    (workspace / "export/people.csv").unlink()
    cells = pl.DataFrame({"id": ["1", "2"], "surname": ["Stöne", "Lee"], "hired": ["2020-01-31", "2020-02-30"]})
    cells.write_excel(workspace / "export/people.xlsx")
    (workspace / "people.yaml").write_text(yaml.safe_dump(PEOPLE).replace("people.csv", "people.xlsx"))
    load()
    export = workspace / "held.csv"
    impact("quarantine", "export", str(export))
    row = next(csv.DictReader(export.open()))
    assert row["raw_text"] == "2\tLee\t2020-02-30"

    def reload(corrected_text: str):
        with export.open("w", newline="", encoding="cp1252") as stream:
            writer = csv.DictWriter(stream, row.keys(), delimiter=";")
            writer.writeheader()
            writer.writerow({**row, "corrected_text": corrected_text})
        return impact("quarantine", "reload", str(export))

    refused = reload("2\t2020-02-29")
    assert refused.exit_code == 1
    assert "keep the tabs between the cells" in refused.output
    assert reload("2\tLeé\t2020-02-29").exit_code == 0
    load()
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        assert warehouse.execute("select family_name from vault.persons order by 1").fetchall() == [
            ("Leé",),
            ("Stöne",),
        ]
    assert "Nothing is quarantined" in impact("quarantine", "list").output


def test_a_line_that_is_corrected_in_two_ways_or_stands_there_no_more_is_told(workspace: Path) -> None:
    load()
    export = workspace / "held.csv"
    head = "source_id,source_file,source_line,raw_text,corrected_text\n"
    line = 'hris,people.csv,3,"2,Lee,2020-02-30","2,Lee,2020-02-{}"\n'
    export.write_text(head + line.format("28") + line.format("29"))
    twice = impact("quarantine", "reload", str(export))
    assert twice.exit_code == 1
    assert "corrected in two ways" in twice.output
    export.write_text(head + line.format("29").replace("2,Lee,2020-02-30", "2,Leigh,2020-02-30"))
    changed = impact("quarantine", "reload", str(export))
    assert changed.exit_code == 1
    assert "0 corrected records are kept" in changed.output
    assert "Next step: export anew" in changed.output


def test_map_shows_what_it_would_load_and_writes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Employee ID;Surname;Hire date\n1;Stone;2020-04-13\n")
    result = impact("map", str(file), "--out", str(tmp_path / "people.yaml"))
    assert result.exit_code == 0, result.output
    assert "persons: 1 row would be loaded" in result.output
    assert "Stone" not in result.output
    assert yaml.safe_load((tmp_path / "people.yaml").read_text())["files"][0]["match"] == "people.csv"


def test_every_declared_need_has_words_and_a_question() -> None:
    needs = MetricNeeds(PROJECT / "dbt_project")
    declared = {need for given in needs.of_metrics.values() for need in given}
    assert declared <= set(needs.words) == set(SHOWN_BY)
    assert needs.of_metrics["promotion_rate_12m"] == ["levels", "past_levels"]


def test_check_names_what_a_run_will_not_measure(workspace: Path) -> None:
    said = " ".join(impact("check").output.split())
    assert "not measured, since no levels loaded" in said
    assert "promotion_rate_12m" in said
    assert "will stay empty" not in said


def test_a_file_put_into_a_folder_starts_a_run_once_it_has_come_to_rest(workspace: Path) -> None:
    import dagster as dg

    from pipelines.defs.schedules import watched_folders

    context = dg.build_sensor_context()

    def look() -> bool:
        result = watched_folders(context)
        if isinstance(result, dg.SensorResult):
            context.update_cursor(result.cursor)
            return bool(result.run_requests)
        return False

    assert [look(), look(), look()] == [False, True, False]
    (workspace / "export/more.csv").write_text("id\n")
    assert look() is False
    (workspace / "export/more.csv").write_text("id\n1\n")
    assert [look(), look(), look()] == [False, True, False]
