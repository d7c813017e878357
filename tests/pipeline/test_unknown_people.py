"""Whom a list of pairs or answers names and no list of people knows: told with a count, asked about beyond a limit, and never a participant."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.contracts import TABLES
from pipelines.contracts.references import MAY_BE_UNKNOWN
from pipelines.loading.stop_rules import LoadAsks
from pipelines.loads_tried import tried_sources
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.pipeline.test_dbt_build import build
from tests.pipeline.test_identities import HEADS, ask, invite, workspace

pytestmark = pytest.mark.xdist_group("dbt")
LISTS = {("persons", "person_id"), ("person_identifiers", "person_id"), ("person_identifiers", "id_value")}
STAFF = [f"{n:05d},A{n},B{n},a{n}@x.example,2024-01-01,," for n in range(1, 41)]


def pair(n: int, mentor: str, mentee: str) -> str:
    return f"P{n},{mentor},{mentee},2026-01-05"


GOOD = [pair(n, f"{n:05d}", f"{n + 20:05d}") for n in range(1, 21)]
ZEROS_LOST = [pair(n, str(n), f"{n + 20:05d}") for n in range(1, 21)]
ONE_UNKNOWN = [*GOOD[:-1], pair(20, "20", "00040")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    workspace(tmp_path)
    invite(tmp_path)
    before = os.environ.get("IMPACT_WAREHOUSE")
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    yield tmp_path
    os.environ.pop("IMPACT_WAREHOUSE", None) if before is None else os.environ.update(IMPACT_WAREHOUSE=before)


def deliver(folder: Path, **files: list[str]) -> None:
    for name, lines in files.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{name}.csv").write_text("\n".join([HEADS[name], *lines]) + "\n")


def load(*accept: str) -> None:
    with connect(settings().warehouse) as warehouse:
        load_sources(warehouse, configured_sources(), lambda _: None, accept=accept)


def test_every_column_that_names_a_person_says_how_many_may_be_unknown():
    named = {(table.name, column.name) for table in TABLES for column in table.columns if column.reference}
    assert set(MAY_BE_UNKNOWN) == named - LISTS


def test_lost_zeros_stop_the_load_and_the_check_and_are_no_participants_once_accepted(folder: Path) -> None:
    deliver(folder, people=STAFF, pairs=ZEROS_LOST)
    with tried_sources(configured_sources()) as (tried, _):
        problems = {one.source_id: one.problem for one in tried if one.problem}
    with pytest.raises(LoadAsks, match=r"20 of 40 people whom person_id of pair_members names \(50\.0%\)") as asked:
        load()
    assert list(problems) == ["pairs"]
    (question,) = asked.value.questions
    assert question.key in str(problems["pairs"])
    assert "20 without leading zeros" in question.words
    load(question.key)
    found = ask(settings().warehouse, "select source_id, detail from quality.findings where kind = 'unknown_people'")
    assert [(source, detail.split(" people")[0]) for source, detail in found] == [("pairs", "20 of 40")]
    build(settings().warehouse.parent, tested=False)
    people = ask(settings().warehouse, "select count(distinct person_key) from marts.enrolments")
    assert people == [(20,)]


def test_a_few_unknown_people_are_told_and_stop_nothing(folder: Path) -> None:
    deliver(folder, people=STAFF, pairs=ONE_UNKNOWN)
    load()
    found = ask(settings().warehouse, "select detail from quality.findings where kind = 'unknown_people'")
    assert found[0][0].startswith("1 of 40 people")
    deliver(folder, pairs=GOOD)
    load()
    assert ask(settings().warehouse, "select count(*) from quality.findings where kind = 'unknown_people'") == [(0,)]


def test_without_any_list_of_people_they_are_whom_the_pairs_name(folder: Path) -> None:
    text = (folder / "impact.yaml").read_text()
    before, _, rest = text.partition("- connector: mapped_files\n  id: people")
    (folder / "impact.yaml").write_text(before + "- connector" + rest.split("- connector", 1)[1])
    deliver(folder, pairs=GOOD)
    load()
    build(settings().warehouse.parent, tested=False)
    assert ask(settings().warehouse, "select count(distinct person_key) from marts.enrolments") == [(40,)]
