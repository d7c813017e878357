"""`impact run --target` ends before the run where the models can't be built there, and says what to do."""

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.engines import chosen
from pipelines.engines.chosen import chosen_engine, environment_of
from pipelines.engines.engine import EngineRefused
from pipelines.engines.postgres import Postgres
from pipelines.engines.tables import Table
from tests.engines.parity import differences


def test_without_a_target_duckdb_builds_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    for target in ("", "duckdb"):
        monkeypatch.setenv("IMPACT_TARGET", target)
        assert chosen_engine() is None


@pytest.mark.parametrize(("target", "address", "said"), [("oracle", "", "one of duckdb, postgres, spark"), ("postgres", "", "IMPACT_ENGINE_DATABASE=postgresql://"), ("postgres", "mysql://db", "IMPACT_ENGINE_DATABASE")])  # fmt: skip
def test_a_target_that_cannot_be_used_is_refused(target: str, address: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("IMPACT_TARGET", target)
    monkeypatch.setenv("IMPACT_ENGINE_DATABASE", address)
    with pytest.raises(EngineRefused, match=said):
        chosen_engine()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Everything that Spark needs, as far as can be told before a run: packages, and a Java that says so."""
    monkeypatch.setattr(chosen, "find_spec", lambda name: object())
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("IMPACT_TARGET", "spark")
    return java


@pytest.mark.parametrize(
    ("address", "folder", "said"),
    [
        ("", "", "IMPACT_ENGINE_DATABASE=spark://host:7077"),
        ("postgresql://db/models", "", "IMPACT_ENGINE_DATABASE=spark://host:7077"),
        ("spark://127.0.0.1:1", "", "IMPACT_ENGINE_FOLDER=/a/path"),
        ("spark://127.0.0.1:1,127.0.0.1:2", "/shared", "No master answers at spark://127.0.0.1:1,127.0.0.1:2: .*start it"),
        ("sc://127.0.0.1:1/;token=hidden", "/shared", "No server of Spark Connect answers at sc://127.0.0.1:1: "),
    ],
)  # fmt: skip
def test_a_spark_that_cannot_be_used_is_refused(address: str, folder: str, said: str, installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("IMPACT_ENGINE_DATABASE", address)
    monkeypatch.setenv("IMPACT_ENGINE_FOLDER", folder)
    with pytest.raises(EngineRefused, match=said) as refused:
        chosen_engine()
    assert "hidden" not in str(refused.value)


def test_spark_in_its_own_process_needs_no_folder(installed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.setenv("IMPACT_ENGINE_DATABASE", "local[2]")
    monkeypatch.delenv("IMPACT_ENGINE_FOLDER", raising=False)
    engine = chosen_engine()
    assert engine
    assert engine.beside(tmp_path / "run").environment()["ENGINE_FOLDER"] == str(tmp_path / "run" / "tables")
    assert (tmp_path / "run").stat().st_mode & 0o077 == 0


def test_without_java_or_with_an_old_one_spark_is_refused(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPACT_ENGINE_DATABASE", "local[2]")
    installed.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_412\"' >&2\n")
    with pytest.raises(EngineRefused, match=r"Java 8 .*too old.*JAVA_HOME"):
        chosen_engine()
    installed.unlink()
    with pytest.raises(EngineRefused, match=r"No Java found.*install Java 17"):
        chosen_engine()


def test_without_its_packages_spark_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda name: None)
    monkeypatch.setenv("IMPACT_TARGET", "spark")
    with pytest.raises(EngineRefused, match=r"install mentorship-impact\[spark\]"):
        chosen_engine()


def test_the_password_is_in_the_environment_only_while_the_models_are_built() -> None:
    with environment_of(Postgres("postgresql://impact:a%20secret@db.example.org:6543/models").environment()):
        assert os.environ["DBT_ENV_SECRET_ENGINE_PASSWORD"] == "a secret"
        assert (os.environ["ENGINE_HOST"], os.environ["ENGINE_PORT"], os.environ["ENGINE_DBNAME"]) == ("db.example.org", "6543", "models")  # fmt: skip
    assert "DBT_ENV_SECRET_ENGINE_PASSWORD" not in os.environ


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(EngineRefused) as refused, duckdb.connect() as warehouse:
        Postgres("postgresql://impact:hidden@127.0.0.1:1/models").send(warehouse, [])
    assert "IMPACT_ENGINE_DATABASE" in str(refused.value)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(("change", "is_seen"), [("x = x + 1e-13", False), ("x = x + 1e-6", True), ("name = 'c'", True)])  # fmt: skip
def test_warehouses_differ_where_a_row_does(change: str, is_seen: bool, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as made:
            made.execute("create schema marts; create table marts.rows as select * from (values ('a', 0.1::double), ('b', 0.1::double), ('b', null)) as rows(name, x)")  # fmt: skip
            if name == "two":
                made.execute(f"update marts.rows set {change} where name = 'a'")
    found = differences(tmp_path / "one.duckdb", tmp_path / "two.duckdb", [Table("marts", "rows")])
    assert bool(found) is is_seen
