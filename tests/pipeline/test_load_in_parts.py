"""A source is loaded in parts: the tables are the same as if all of it were one part, and so are the reasons to stop."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import cast

import duckdb
import polars as pl
import pytest

from pipelines.contracts import TABLES
from pipelines.loading.source import SourceToLoad
from pipelines.loading.stop_rules import LoadStopped
from pipelines.loading.vault import reading_vault
from pipelines.loading.write import SourceLoad
from pipelines.settings import settings
from pipelines.sources import mapped_files
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceRefused
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame, transaction
from pipelines.workspace_loads import bring, load_sources

PEOPLE = 1500
WORKSPACE = """
workspace: parts
as_of: 2026-10-31
programmes: programmes
sources:
  - {id: hris, connector: mapped_files, path: PATH, mapping: mapping.yaml}
"""
MAPPING = """
files:
  - match: people.csv
    key: id
    tables:
      - table: persons
        where: {kind: [E]}
        columns:
          person_id: {from: id, reference: hris}
          person_kind: {const: employee}
          family_name: {from: surname}
          email_work: {from: email, lower: true}
          status: {from: status, map: {A: active, I: inactive}}
          original_hire_date: {from: first_hired, date: "%Y-%m-%d"}
          latest_hire_date: {from: hired, date: "%Y-%m-%d"}
          country: {from: country}
"""
COMPARED = [
    *(table.address for table in TABLES),
    "vault.persons",
    "vault.quarantined_rows",
    "quality.loads",
    "quality.reconciliation",
    "quality.filtered_rows",
    "quality.quarantine",
    "quality.findings",
]


def line(n: int, *, surname: str = "Berg", hired: str = "2020-05-01", country: str = "DE") -> str:
    return f"{n},E,{surname} {n},p{n}@arbor.example,A,2019-01-01,{hired},{country},unused"


def people(count: int = PEOPLE, *, country: str = "DE") -> list[str]:
    """A file with every kind of trouble, some of it far from what it belongs to."""
    lines = [line(n, country=country) for n in range(1, count + 1)]
    lines[100] = '101,E,"Berg, ""the elder""\nof two lines",p101@arbor.example,A,2019-01-01,2020-05-01,DE,x'
    lines[200] = line(201, hired="2018-05-01")  # before the first hire: refused by the contract
    lines[300] = line(301, hired="2020-02-30")  # no such day
    lines[400] = "402,Z,A guest,,A,,,DE,x"  # filtered
    lines[500] = "too,few"
    lines[600] = line(10, country=country)  # an exact repeat of a line of an earlier part
    lines[700] = line(11, hired="2021-01-01")  # contradicts a line of an earlier part
    lines[702] = line(700, hired="2021-01-02")  # contradicts a line close by
    lines[1400] = line(201)  # the person who was refused above comes again, whole
    return lines


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, list[tuple]]]:
    """Load a series of files into a warehouse of its own, at once or in parts; the tables at the end."""
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "workspace.yaml"))
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "programmes").mkdir()
    parts = iter(range(100))

    def load(*files: list[str], in_parts: bool) -> dict[str, list[tuple]]:
        exports = tmp_path / "exports"
        exports.mkdir(exist_ok=True)
        (tmp_path / "workspace.yaml").write_text(WORKSPACE.replace("PATH", str(exports)))
        monkeypatch.setenv("IMPACT_DATA", str(tmp_path / f"data{next(parts)}"))
        reader = partial(mapped_files.read_in_parts, part=7_000) if in_parts else no_parts
        monkeypatch.setitem(CONNECTORS, "mapped_files", replace(CONNECTORS["mapped_files"], in_parts=reader))
        header = "id,kind,surname,email,status,first_hired,hired,country,spare"
        for number, lines in enumerate(files):
            (exports / "people.csv").write_text("\n".join([header, *lines]) + "\n")
            (exports / "_export.json").write_text(f'{{"exported_at": "2026-10-0{number + 1}T06:00:00+00:00"}}')
            workspace = settings()
            (source,) = (source for source in configured_sources() if source.source_id == "hris")
            bring(source, lambda words: None)
            with connect(workspace.warehouse) as warehouse:
                load_sources(warehouse, [source], lambda words: None)
        return tables()

    return load


def no_parts(files: object, options: object) -> None:
    """A connector that can't hand over parts."""


def tables() -> dict[str, list[tuple]]:
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        return {name: read_frame(warehouse, f"from {name}").rows() for name in COMPARED}


def test_parts_give_the_same_tables_in_the_same_order(company):
    at_once, in_parts = company(people(), in_parts=False), company(people(), in_parts=True)
    unordered = {"quality.quarantine", "vault.quarantined_rows"}  # grouped by kind at once, by part in parts
    for name in COMPARED:
        expected, found = at_once[name], in_parts[name]
        assert (sorted(found) if name in unordered else found) == (
            sorted(expected) if name in unordered else expected
        ), name
    (counts,) = in_parts["quality.reconciliation"]
    assert counts[3:] == (PEOPLE, PEOPLE - 7, 5, 1, 1)


def test_a_later_load_in_parts_replaces_the_earlier_one_and_marks_who_left(company):
    later = [entry for n, entry in enumerate(people(country="FR")) if n not in (20, 21)]
    at_once, in_parts = company(people(), later, in_parts=False), company(people(), later, in_parts=True)
    assert in_parts["raw_people.persons"] == at_once["raw_people.persons"]
    assert in_parts["vault.persons"] == at_once["vault.persons"]
    assert in_parts["quality.reconciliation"] == at_once["quality.reconciliation"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (people(PEOPLE - 90), "people of the last load .* are no longer in people.csv"),
        ([line(n, country="") for n in range(1, PEOPLE + 1)], "country of persons is empty in every row of people.csv"),
        ([entry.replace("2020-05-01", "01.05.2020") for entry in people()], "rows of persons .* can't be used"),
        ([], "has a header and no rows"),
    ],
)
def test_a_broken_export_stops_the_load_in_parts_and_leaves_every_table_as_it_was(company, broken, words):
    company(people(), in_parts=True)
    before = tables()
    with pytest.raises((LoadStopped, SourceRefused), match=words):
        company(people(), broken, in_parts=True)
    after = tables()
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert after["raw_people.persons"] == before["raw_people.persons"]
    assert after["vault.persons"] == before["vault.persons"]


def test_an_error_in_writing_is_told_as_it_is_and_leaves_the_settings_as_they_were(tmp_path):
    wanted = "select current_setting('threads'), current_setting('memory_limit')"
    with connect(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute("create table one (a int not null)")
        before = warehouse.execute(wanted).fetchall()
        parts = SourceLoad(warehouse, cast("SourceToLoad", None), b"")
        with pytest.raises(duckdb.ConstraintException), transaction(warehouse), parts._bounded():
            warehouse.execute("insert into one values (null)")
        assert warehouse.execute(wanted).fetchall() == before


def test_a_parquet_file_without_rows_says_that_everybody_has_left(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "workspace.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    (tmp_path / "programmes").mkdir()
    (tmp_path / "workspace.yaml").write_text(WORKSPACE.replace("PATH", str(tmp_path / "people.parquet")))
    mapping = MAPPING.replace("people.csv", "people.parquet").replace("key: id", "key: id\n    may_be_empty: true", 1)
    (tmp_path / "mapping.yaml").write_text(mapping)
    header = "id,kind,surname,email,status,first_hired,hired,country,spare"
    everybody = pl.read_csv(StringIO("\n".join([header, *(line(n) for n in range(100))])), infer_schema=False)
    for frame in (everybody, everybody.clear()):
        frame.write_parquet(tmp_path / "people.parquet")
        (source,) = (source for source in configured_sources() if source.source_id == "hris")
        with (
            connect(settings().warehouse) as warehouse,
            nullcontext() if frame.height else pytest.raises(LoadStopped, match="100 of 100 people"),
        ):
            load_sources(warehouse, [source], lambda words: None)
    assert len(tables()["raw_people.persons"]) == 100


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_source_whose_optional_files_did_not_come_is_loaded_as_nothing(company, tmp_path: Path, in_parts: bool):
    optional = MAPPING.replace("match: people.csv", "match: other.csv\n    optional: true")
    (tmp_path / "mapping.yaml").write_text(optional)
    found = company(people(), in_parts=in_parts)
    assert found["raw_people.persons"] == found["quality.reconciliation"] == []
    assert [row[2] for row in found["quality.findings"]] == ["file_not_mapped"]
