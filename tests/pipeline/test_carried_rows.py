"""A database that was read before: what changed is mapped, the rest is carried over, and the tables are those of a whole load."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import TABLES
from pipelines.loading import load as loading
from pipelines.loading.carried_rows import carried_rows
from pipelines.loading.stop_rules import LoadStopped
from pipelines.loading.vault import reading_vault
from pipelines.settings import settings as workspace_settings
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.extraction import Extraction, Page, Plan, begin
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame
from pipelines.workspace_loads import load_sources

WORKSPACE = """
workspace: carried
as_of: 2026-10-31
programmes: programmes
sources:
  - id: hris
    connector: sql
    path: PAGES
    mapping: mapping.yaml
    options: {url: "${HRIS_URL}", tables: [TABLES]}
"""
MAPPING = """
files:
  - match: people
    key: id
    tables:
      - table: persons
        columns:
          person_id: {from: id, reference: hris}
          person_kind: {const: employee}
          family_name: {from: surname}
          status: {from: status, map: {A: active, I: inactive}}
          latest_hire_date: {from: hired, date: "%Y-%m-%d"}
          country: {from: country}
      - table: person_identifiers
        columns:
          person_id: {from: id, reference: hris}
          id_type: {const: employee_number}
          id_value: {from: number}
          valid_from: {const: 2000-01-01}
"""
COMPARED = [
    *(table.address for table in TABLES),
    "vault.persons",
    "vault.quarantined_rows",
    "quality.reconciliation",
    "quality.filtered_rows",
    "quality.quarantine",
    "quality.findings",
]
PEOPLE = 40


def person(
    n: int, *, surname: str = "Berg", status: str = "A", hired: str = "2020-05-01", number: str = ""
) -> dict[str, str]:
    return {
        "id": f"E{n}",
        "surname": f"{surname} {n}",
        "status": status,
        "hired": hired,
        "country": "DE",
        "number": number or f"N{n}",
        "at": "2026-10-01",
    }


def _table(key: str) -> str:
    return "extra" if key.startswith("X") else "people"


@dataclass
class Database:
    """Tables as they would be, and their reads as pages: one of everything, then one of changes and of all keys. Rows whose id begins with X stand in `extra`."""

    folder: Path
    tables: tuple[str, ...] = ("people",)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: int = 0

    def change(self, rows: list[dict[str, str]], gone: list[int | str]) -> None:
        for row in rows:
            self.rows[row["id"]] = row
        for number in gone:
            self.rows.pop(f"E{number}" if isinstance(number, int) else number, None)
        present = [row for row in rows if row["id"] in self.rows]
        self._read("changes" if self.reads else "full", present if self.reads else list(self.rows.values()))

    def _read(self, mode: str, rows: list[dict[str, str]]) -> None:
        self.reads += 1
        plan = Plan(mode, f"2026-10-{self.reads:02d}T06:00:00+00:00", "recipe")
        extraction = begin(self.folder, self.reads, plan)
        for table in self.tables:
            own = [row for row in rows if _table(row["id"]) == table]
            half = len(own) // 2 if mode == "full" else len(own)
            for part in [part for part in (own[:half], own[half:]) if part] or [[]]:
                self._commit(extraction, table, pl.DataFrame(part, schema=dict.fromkeys(person(1), pl.String())))
            if mode == "changes":
                keys = [key for key in self.rows if _table(key) == table]
                self._commit(extraction, f"{table}__keys", pl.DataFrame({"id": keys}, schema={"id": pl.String()}))
        extraction.complete()

    def _commit(self, extraction: Extraction, stream: str, frame: pl.DataFrame) -> None:
        stored = io.BytesIO()
        frame.write_parquet(stored)
        extraction.commit(stream, Page(stored.getvalue(), frame.height, suffix="parquet"))


Reads = list[tuple[list[dict[str, str]], list[int | str]]]
Company = Callable[..., tuple[dict[str, list[tuple]], list[bool]]]


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Load after every read of a database, carrying rows over or reading it whole; the tables at the end, and which loads carried."""

    def load(reads: Reads, *, carry: bool, mapping: str = MAPPING) -> tuple[dict[str, list[tuple]], list[bool]]:
        folder = tmp_path_factory.mktemp("carried")
        (folder / "mapping.yaml").write_text(mapping)
        read = tuple(name for name in ("people", "extra") if f"match: {name}" in mapping)
        listed = ", ".join(f"{{name: {name}, key: id, updated_at: at}}" for name in read)
        (folder / "programmes").mkdir()
        (folder / "workspace.yaml").write_text(
            WORKSPACE.replace("PAGES", str(folder / "pages")).replace("TABLES", listed)
        )
        monkeypatch.setenv("IMPACT_WORKSPACE", str(folder / "workspace.yaml"))
        monkeypatch.setenv("IMPACT_DATA", str(folder / "data"))
        carried: list[bool] = []

        def noted(*arguments):
            rows = carried_rows(*arguments) if carry else None
            carried.append(rows is not None)
            return rows

        monkeypatch.setattr(loading, "carried_rows", noted)
        database = Database(folder / "pages", read)
        stops = []
        for rows, gone in reads:
            database.change(rows, gone)
            (source,) = (source for source in configured_sources() if source.source_id == "hris")
            now = workspace_settings()
            with connect(now.warehouse) as warehouse:
                try:
                    load_sources(warehouse, [source], lambda words: None)
                except (LoadStopped, SourceRefused) as stopped:
                    stops.append((str(stopped),))
        monkeypatch.undo()
        with reading_vault(now.warehouse, now.vault) as warehouse:
            tables = {name: sorted(read_frame(warehouse, f"from {name}").rows(), key=str) for name in COMPARED}
        return {**tables, "stops": stops}, carried

    return load


EVERYBODY = ([person(n) for n in range(PEOPLE)], [])


def test_what_changed_is_read_and_the_rest_is_carried_over(company: Company) -> None:
    reads = [
        EVERYBODY,
        ([person(3, surname="Changed"), person(50), person(4, hired="2020-02-30")], [7]),
        ([person(4), person(3, surname="Again")], [8]),
        ([person(7, surname="Back")], []),
    ]
    whole, _ = company(reads, carry=False)
    found, carried = company(reads, carry=True)
    assert carried == [True, True, True]
    assert found == whole
    names = {row[3] for row in found["vault.persons"]}
    assert {"Again 3", "Back 7"} <= names
    assert not {"Berg 3", "Changed 3", "Berg 7", "Berg 8"} & names


def test_a_load_of_changes_stops_for_the_same_reasons(company: Company) -> None:
    everybody = ([person(n) for n in range(PEOPLE)], [])
    many_gone = ([], list(range(10)))
    many_bad = ([person(n, hired="2020-02-30") for n in range(10)], [])
    for later, words in ((many_gone, "10 of 40 people of the last load"), (many_bad, "can't be used")):
        found, carried = company([everybody, later], carry=True)
        assert carried == [True]
        assert words in found["stops"][0][0]
        assert found == company([everybody, later], carry=False)[0]


@pytest.mark.parametrize(
    "change",
    [
        [person(5, number="N6")],  # two people of one number: one contradicts the other
        [person(60, status="?")],  # a value that the mapping doesn't know
        [person(61, hired="1899-01-01")],  # refused by the contract
    ],
)
def test_refused_and_contradicting_records_count_as_in_a_whole_load(company: Company, change: list[dict]) -> None:
    reads = [EVERYBODY, (change, []), ([person(9)], [10]), ([person(6, number="N66")], [])]
    whole, _ = company(reads, carry=False)
    found, _ = company(reads, carry=True)
    assert found == whole


PERSONS, IDENTIFIERS = (
    MAPPING[: MAPPING.index("      - table: person_id")],
    MAPPING[MAPPING.index("      - table: person_id") :],
)
EXTRA = "  - match: extra\n    key: id\n    tables:\n"
BY_NUMBER = PERSONS.replace("from: id", "from: number")
TWO_ENTRIES = BY_NUMBER + EXTRA + BY_NUMBER[BY_NUMBER.index("      - table") :].replace("employee", "external")
UNTIL_HIRED = IDENTIFIERS + '          valid_to: {from: hired, date: "%Y-%m-%d"}\n'
BOTH_TABLES = [*EVERYBODY[0], *({**person(n), "id": f"X{n}", "number": f"NX{n}"} for n in range(400))]
NOT_HIRED = [{**row, "hired": ""} for row in BOTH_TABLES if row["id"].startswith("X")]


@pytest.mark.parametrize(
    ("mapping", "reads", "expected"),
    [
        # The name has been erased in the database.
        pytest.param(MAPPING, [EVERYBODY, ([{**person(5), "surname": ""}], [])], [True], id="name_erased"),
        # A second row of a person: contradicting (another country) and repeating. The name of the first stays.
        pytest.param(
            BY_NUMBER, [EVERYBODY, ([{**person(60, number="N5"), "country": "FR"}], [])], [True], id="contradicting"
        ),
        pytest.param(BY_NUMBER, [EVERYBODY, ([person(60, number="N5")], [])], [True], id="repeating"),
        # The page of the second read says nothing any more: neither do its findings.
        pytest.param(
            MAPPING,
            [EVERYBODY, ([person(3, surname="One")], []), ([person(3, surname="Two")], [])],
            [True, True],
            id="page_replaced",
        ),
        # One entry fills a table twice, with other rows, with the same ones, and with refused ones.
        pytest.param(
            MAPPING + IDENTIFIERS.replace("employee_number", "email"),
            [EVERYBODY, ([person(3, surname="One")], [])],
            [True],
            id="filled_twice",
        ),
        pytest.param(
            MAPPING + IDENTIFIERS, [EVERYBODY, ([person(3, surname="One")], [])], [False], id="repeats_itself"
        ),
        pytest.param(
            PERSONS + UNTIL_HIRED + UNTIL_HIRED.replace("employee_number", "email"),
            [([person(n, hired="2020-02-30" if n == 1 else "2020-05-01") for n in range(400)], []), ([person(9)], [])],
            [True],
            id="refused_twice",
        ),
        # Two entries fill a table: in a whole load the new row of the first comes before the old one of the second.
        pytest.param(
            TWO_ENTRIES, [(BOTH_TABLES, []), ([person(60, number="NX5")], [])], [False], id="new_row_comes_first"
        ),
    ],
)
def test_tables_names_findings_and_stops_are_those_of_a_whole_load(
    company: Company, mapping: str, reads: Reads, expected: list[bool]
) -> None:
    whole, _ = company(reads, carry=False, mapping=mapping)
    found, carried = company(reads, carry=True, mapping=mapping)
    assert carried == expected
    assert found == whole


@pytest.mark.parametrize(
    ("mapping", "reads", "words"),
    [
        # A table of the database without any row is an export without any row, not one that has nothing to say.
        (PERSONS + EXTRA + IDENTIFIERS, [(BOTH_TABLES, []), ([], list(range(PEOPLE)))], "people-000001.parquet has"),
        # The reason names a file of the table, not the first of the source.
        (
            PERSONS + EXTRA + UNTIL_HIRED,
            [([*EVERYBODY[0], BOTH_TABLES[PEOPLE], *NOT_HIRED[1:]], []), ([NOT_HIRED[0]], [])],
            "valid_to of person_identifiers is empty in every row of 000001-20261001-full-extra-000001.parquet",
        ),
    ],
)
def test_an_emptied_table_or_column_stops_a_load_of_changes(
    company: Company, mapping: str, reads: Reads, words: str
) -> None:
    found, carried = company(reads, carry=True, mapping=mapping)
    assert carried == [True]
    assert words in found["stops"][0][0]
    assert found == company(reads, carry=False, mapping=mapping)[0]


CHANGED = st.lists(
    st.builds(
        person,
        st.integers(0, PEOPLE + 5),
        surname=st.sampled_from(["Berg", "Tal"]),
        status=st.sampled_from(["A", "A", "I", "?"]),
        hired=st.sampled_from(["2020-05-01", "2020-05-01", "2020-02-30"]),
        number=st.sampled_from(["", "", "", "N1"]),
    ),
    max_size=3,
    unique_by=lambda row: row["id"],
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CHANGED, st.lists(st.integers(0, PEOPLE), max_size=1)), min_size=1, max_size=3))
def test_any_changes_give_the_tables_of_a_whole_load(company: Company, later: Reads) -> None:
    reads = [([person(n) for n in range(PEOPLE * 3)], []), *later]
    assert company(reads, carry=True)[0] == company(reads, carry=False)[0]
