"""Tables for BI tools: what the contract promises is there, in every form, whole, and nothing else; a change of it has the version that it needs."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest
from dbt_semantic_interfaces.parsing.dir_to_model import parse_yaml_files_to_validation_ready_semantic_manifest
from dbt_semantic_interfaces.parsing.objects import YamlConfigFile
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from pipelines.bi.contract import CONTRACT, TYPES, BiColumn, BiContract, least_version, read_contract
from pipelines.bi.folder import DUCKDB_FILE, write_folder
from pipelines.bi.postgres import DatabaseRefused, write_postgres
from pipelines.bi.tables import ContractBroken, tables_of
from pipelines.cli import app
from pipelines.serving.snapshot import write_tables
from pipelines.warehouse import read_frame
from tests.postgres import running_postgres

pytestmark = pytest.mark.slow

RELEASED = Path(__file__).parent / "released"
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def frames(published: Path) -> dict[str, pl.DataFrame]:
    return tables_of(published)


def with_column(name: str, kind: str) -> BiContract:
    """The contract with a column more, or of another type, in table release."""
    first, *others = CONTRACT.tables
    kept = tuple(column for column in first.columns if column.name != name)
    return replace(CONTRACT, tables=(replace(first, columns=(*kept, BiColumn(name, kind, "x"))), *others))


def test_every_promised_column_is_there_in_its_type_and_no_other(frames: dict[str, pl.DataFrame]) -> None:
    assert {name: dict(frame.schema) for name, frame in frames.items()} == {
        table.name: {name: TYPES[kind] for name, kind in table.types.items()} for table in CONTRACT.tables
    }
    assert frames["metric_values"].height > 50


def test_a_key_tells_rows_apart(frames: dict[str, pl.DataFrame]) -> None:
    for table in CONTRACT.tables:
        assert frames[table.name].select(table.key).is_duplicated().sum() == 0, table.name


def test_what_is_hidden_on_pages_is_hidden_here(frames: dict[str, pl.DataFrame]) -> None:
    hidden = frames["metric_values"].filter("is_suppressed")
    assert hidden.height > 0
    figures = hidden.select("value", "ci_low", "ci_high", "numerator", "denominator")
    assert figures.null_count().row(0) == (hidden.height,) * 5


def test_nobody_is_listed(frames: dict[str, pl.DataFrame]) -> None:
    """Tables are results, rules and names of programmes: no column is of one person."""
    assert not {column for frame in frames.values() for column in frame.columns if "person" in column or "pair_id" in column}  # fmt: skip


def test_all_forms_hold_the_same(frames: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    write_folder(tmp_path, frames)
    with duckdb.connect(str(tmp_path / DUCKDB_FILE), read_only=True) as file:
        for name, frame in frames.items():
            assert_frame_equal(pl.read_parquet(tmp_path / "parquet" / f"{name}.parquet"), frame)
            assert_frame_equal(read_frame(file, f'select * from "{name}"'), frame, check_row_order=False)
        told = dict(file.execute("select column_name, comment from duckdb_columns() where table_name = 'goals'").fetchall())  # fmt: skip
    assert told["due_date"] == "By when."


def test_writing_again_replaces_whole_files_and_takes_away_what_the_contract_no_longer_has(
    frames: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    write_folder(tmp_path, frames)
    (tmp_path / "parquet" / "old_table.parquet").write_bytes(b"x")
    reader = duckdb.connect(str(tmp_path / DUCKDB_FILE), read_only=True)
    fewer = {**frames, "goals": frames["goals"].clear()}
    write_folder(tmp_path, fewer)
    assert reader.execute("select count(*) from goals").fetchone() == (frames["goals"].height,), "who reads keeps the old release"  # fmt: skip
    reader.close()
    assert pl.read_parquet(tmp_path / "parquet" / "goals.parquet").height == 0
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        [*(f"{name}.parquet" for name in frames), "contract.json", "mentoring.duckdb", "semantic_layer.yml"]
    )


def test_a_release_that_breaks_the_promise_is_not_exported(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as file:
        tables = {name: read_frame(file, f'select * from "{name}"') for name in CONTRACT.types}
    tables["goals"] = tables["goals"].drop("status")
    write_tables(tmp_path / "release.duckdb", tables)
    with pytest.raises(ContractBroken, match=r"goals lacks status\. Next step"):
        tables_of(tmp_path / "release.duckdb")


def test_the_metrics_are_a_valid_semantic_layer(frames: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    """By dbt's own parser and rules. It asks for a time spine, which is the reader's project's, and warns of nothing else."""
    write_folder(tmp_path, frames)
    text = (tmp_path / "semantic_layer.yml").read_text(encoding="utf-8")
    documents = [YamlConfigFile(filepath="semantic_layer.yml", contents=part) for part in one_document_each(text)]
    spine = "project_configuration:\n  time_spine_table_configurations:\n    - {location: a.time_spine, column_name: day, grain: day}\n"
    parsed = parse_yaml_files_to_validation_ready_semantic_manifest(
        [*documents, YamlConfigFile(filepath="spine.yml", contents=spine)]
    )
    assert parsed.issues.errors == ()
    checked = SemanticManifestValidator().validate_semantic_manifest(parsed.semantic_manifest)
    assert checked.errors == ()
    assert {metric.name for metric in parsed.semantic_manifest.metrics} == set(frames["metric_definitions"]["metric_id"])  # fmt: skip


def one_document_each(text: str) -> list[str]:
    """The parser reads one object a document; dbt's own file form lists them."""
    import yaml

    content = yaml.safe_load(text)
    models = [{"semantic_model": {**model, "node_relation": {"alias": model["name"], "schema_name": "mentoring"}}} for model in content["semantic_models"]]  # fmt: skip
    for model in models:
        del model["semantic_model"]["model"]
    return [yaml.safe_dump(part) for part in [*models, *({"metric": metric} for metric in content["metrics"])]]


def test_a_column_more_is_a_minor_version_and_one_changed_a_major() -> None:
    known, version = CONTRACT.types, CONTRACT.version
    assert least_version(known, version, CONTRACT) == (1, 0, 0)
    assert least_version(known, version, with_column("colour", "text")) == (1, 1, 0)
    assert least_version(known, version, with_column("is_demo", "text")) == (2, 0, 0)
    assert least_version(known, version, replace(CONTRACT, tables=CONTRACT.tables[1:])) == (2, 0, 0)


def test_the_contract_keeps_what_was_released() -> None:
    for file in RELEASED.glob("*.json"):
        version = tuple(map(int, file.stem.split(".")))
        assert least_version(json.loads(file.read_text()), version, CONTRACT) <= CONTRACT.version, (
            f"a change since {file.stem}: raise `version:` in contract.yaml"
        )


@pytest.mark.parametrize(
    "text",
    [
        "version: 1.0.0\ntables: {t: {grain: x, key: [b], columns: {a: {type: text, meaning: x}}}}",
        "version: 1.0.0\ntables: {t: {grain: x, key: [a], columns: {a: {type: money, meaning: x}}}}",
        "version: 1.0.0\ntables: {t: {grain: x, key: [a], columns: {a: {type: text, meaning: x, and more}}}}",
    ],
)
def test_a_contract_that_is_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_contract(text)


def test_postgresql_gets_the_same_and_keeps_grants_and_views_over_releases(frames: dict[str, pl.DataFrame]) -> None:
    import adbc_driver_postgresql.dbapi as postgres

    with running_postgres() as address:
        write_postgres(address, "mentoring", frames)
        with postgres.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute("create role analyst")
            cursor.execute("grant select on mentoring.goals to analyst")
            cursor.execute("create view public.open_goals as select goal_id from mentoring.goals")
            connection.commit()
        write_postgres(address, "mentoring", {**frames, "goals": frames["goals"].head(1)})
        with postgres.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute("select count(*)::int from public.open_goals")
            assert cursor.fetchone() == (1,)
            cursor.execute("select has_table_privilege('analyst', 'mentoring.goals', 'select')")
            assert cursor.fetchone() == (True,)
            cursor.execute("select * from mentoring.metric_values")
            assert_frame_equal(pl.from_arrow(cursor.fetch_arrow_table()), frames["metric_values"], check_row_order=False)  # fmt: skip
            cursor.execute("select obj_description('mentoring.goals'::regclass)")
            assert cursor.fetchone() == ("One row per goal.",)
        with pytest.raises(ValueError, match="isn't a schema's name"):
            write_postgres(address, "drop table;", frames)


def test_a_database_that_cannot_be_reached_is_told_without_its_password(frames: dict[str, pl.DataFrame]) -> None:
    with pytest.raises(DatabaseRefused) as refused:
        write_postgres("postgresql://hr:geheim@127.0.0.1:1/x", "mentoring", frames)
    assert "geheim" not in str(refused.value)
    assert "Next step" in str(refused.value)


def test_the_command_says_what_it_wrote_or_what_to_do_first(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_SERVING", str(published.parent))
    monkeypatch.delenv("IMPACT_BI_DATABASE", raising=False)
    done = CliRunner().invoke(app, ["export", str(tmp_path / "here")])
    assert (done.exit_code, done.output[:11]) == (0, "9 tables in")
    assert (tmp_path / "here" / "mentoring.duckdb").exists()
    monkeypatch.setenv("IMPACT_SERVING", str(tmp_path / "nothing"))
    refused = CliRunner().invoke(app, ["export", str(tmp_path / "here")])
    assert refused.exit_code == 1
    assert "impact run" in refused.output


def test_the_guides_table_of_columns_is_the_contract() -> None:
    from pipelines.bi.page import contract_page

    text = (PROJECT / "docs/guides/bi.md").read_text(encoding="utf-8")
    assert contract_page(CONTRACT) in text
