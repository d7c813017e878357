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
from pipelines.defs.landing.assets import landed
from pipelines.defs.raw import loading
from pipelines.defs.sources_configured import configured_sources
from pipelines.quality.gate import LoadStopped
from pipelines.settings import settings as workspace_settings
from pipelines.sources.remote.extraction import Extraction, Page, Plan, begin
from pipelines.warehouse import connect, read_frame

WORKSPACE = """
workspace: carried
as_of: 2026-10-31
demo: true
programmes: programmes
sources:
  - id: hris
    connector: sql
    path: PAGES
    mapping: mapping.yaml
    options: {url: "${HRIS_URL}", tables: [{name: people, key: id, updated_at: at}]}
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


@dataclass
class Database:
    """A table as it would be, and its reads as pages: one of everything, then one of changes and of all keys."""

    folder: Path
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: int = 0

    def change(self, rows: list[dict[str, str]], gone: list[int]) -> None:
        for row in rows:
            self.rows[row["id"]] = row
        for number in gone:
            self.rows.pop(f"E{number}", None)
        present = [row for row in rows if row["id"] in self.rows]
        self._read("changes" if self.reads else "full", present if self.reads else list(self.rows.values()))

    def _read(self, mode: str, rows: list[dict[str, str]]) -> None:
        self.reads += 1
        plan = Plan(mode, f"2026-10-{self.reads:02d}T06:00:00+00:00", "recipe")
        extraction = begin(self.folder, self.reads, plan)
        half = len(rows) // 2 if mode == "full" else len(rows)
        for part in [part for part in (rows[:half], rows[half:]) if part] or [[]]:
            self._commit(extraction, "people", pl.DataFrame(part, schema=dict.fromkeys(person(1), pl.String())))
        if mode == "changes":
            self._commit(extraction, "people__keys", pl.DataFrame({"id": list(self.rows)}, schema={"id": pl.String()}))
        extraction.complete()

    def _commit(self, extraction: Extraction, stream: str, frame: pl.DataFrame) -> None:
        stored = io.BytesIO()
        frame.write_parquet(stored)
        extraction.commit(stream, Page(stored.getvalue(), frame.height, suffix="parquet"))


Reads = list[tuple[list[dict[str, str]], list[int]]]
Company = Callable[..., tuple[dict[str, list[tuple]], list[bool]]]


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Load after every read of a database, carrying rows over or reading it whole; the tables at the end, and which loads carried."""

    def load(reads: Reads, *, carry: bool) -> tuple[dict[str, list[tuple]], list[bool]]:
        folder = tmp_path_factory.mktemp("carried")
        (folder / "mapping.yaml").write_text(MAPPING)
        (folder / "programmes").mkdir()
        (folder / "workspace.yaml").write_text(WORKSPACE.replace("PAGES", str(folder / "pages")))
        monkeypatch.setenv("IMPACT_WORKSPACE", str(folder / "workspace.yaml"))
        monkeypatch.setenv("IMPACT_DATA", str(folder / "data"))
        monkeypatch.setattr(loading, "LARGE", 0)
        monkeypatch.setattr(loading, "OF_CHANGES", loading.OF_CHANGES if carry else {})
        carried: list[bool] = []
        found = loading._carried

        def noted(*arguments):
            rows = found(*arguments)
            carried.append(rows is not None)
            return rows

        monkeypatch.setattr(loading, "_carried", noted)
        database = Database(folder / "pages")
        stops = []
        for rows, gone in reads:
            database.change(rows, gone)
            (source,) = (source for source in configured_sources() if source.source_id == "hris")
            now = workspace_settings()
            with connect(now.warehouse) as warehouse:
                try:
                    loading.load_all(warehouse, now, {"hris": landed(source)}, [source], lambda words: None)
                except LoadStopped as stopped:
                    stops.append((str(stopped),))
        monkeypatch.undo()
        with connect(folder / "data/warehouse/warehouse.duckdb", read_only=True) as warehouse:
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
