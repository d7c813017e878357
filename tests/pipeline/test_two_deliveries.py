"""A source delivers twice, and the second delivery is broken: the load stops with a question, `--accept` lets it go on, and nothing is lost unasked."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.loading.stop_rules import LoadAsks
from pipelines.loading.vault import reading_vault
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources

PEOPLE = {
    "format": {"kind": "csv"},
    "files": [
        {
            "match": "people*",
            "key": "No",
            "tables": [
                {
                    "table": "persons",
                    "columns": {
                        "person_id": {"from": "No", "reference": "hr"},
                        "person_kind": {"const": "employee"},
                        "given_name": {"from": "Name"},
                        "email_work": {"from": "Mail", "lower": True},
                    },
                },
                {
                    "table": "person_identifiers",
                    "where": {"Mail": {"not_empty": True}},
                    "columns": {
                        "person_id": {"from": "No", "reference": "hr"},
                        "id_type": {"const": "email"},
                        "id_value": {"from": "Mail", "lower": True, "reference": "email"},
                    },
                },
            ],
        }
    ],
}
PAIRS = {
    "format": {"kind": "csv"},
    "files": [
        {
            "match": "pairs*",
            "key": "Pair",
            "may_be_empty": True,
            "tables": [
                {
                    "table": "pairs",
                    "columns": {
                        "pair_id": {"from": "Pair"},
                        "programme_id": {"const": "p"},
                        "cohort_id": {"const": "c"},
                        "status": {"const": "active"},
                        "actual_start_date": {"from": "Start", "date": "%Y-%m-%d"},
                    },
                }
            ],
        }
    ],
}
HEADER = "No,Name,Mail"
EVERYBODY = [f"{n},A{n},a{n}@x.example" for n in range(1, 101)]


def people(*lines: str, header: str = HEADER) -> dict[str, str]:
    return {"people.csv": "\n".join([header, *lines]) + "\n"}


def pairs(count: int) -> dict[str, str]:
    return {"pairs.csv": "\n".join(["Pair,Start", *(f"P{n},2026-01-01" for n in range(count))]) + "\n"}


def calendar(days: int, *, cut: bool = False) -> dict[str, str]:
    events = [
        f"BEGIN:VEVENT\r\nUID:u{day}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202603{day:02d}T100000Z\r\nDTEND:202603{day:02d}T110000Z\r\n"
        "SUMMARY:Mentoring\r\nORGANIZER:mailto:m@x.example\r\nATTENDEE:mailto:e@x.example\r\nEND:VEVENT\r\n"
        for day in range(1, days + 1)
    ]
    whole = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    return {"a.ics": whole[: len(whole) // 2] if cut else whole}


Deliver = Callable[..., dict[str, int]]
CONNECTORS: dict[str, dict[str, Any]] = {
    "people": {"connector": "mapped_files", "mapping": "people.yaml"},
    "pairs": {"connector": "mapped_files", "mapping": "pairs.yaml"},
    "calendar": {"connector": "ics_files", "options": {"zone": "UTC"}},
}


@pytest.fixture
def deliver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deliver]:
    """Put files in the source's folder, load, and give the rows of its tables."""
    (tmp_path / "programmes").mkdir()
    (tmp_path / "people.yaml").write_text(yaml.safe_dump(PEOPLE))
    (tmp_path / "pairs.yaml").write_text(yaml.safe_dump(PAIRS))
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))

    def load(kind: str, files: dict[str, str], *, accept: tuple[str, ...] = ()) -> dict[str, int]:
        (tmp_path / "in").mkdir(exist_ok=True)
        source = {"id": "src", "path": "in", **CONNECTORS[kind]}
        workspace = {"workspace": "w", "as_of": "AS_OF", "sources": [source]}
        (tmp_path / "impact.yaml").write_text(yaml.safe_dump(workspace).replace("AS_OF", "2026-10-31"))
        for name, text in files.items():
            (tmp_path / "in" / name).write_text(text)
        (configured,) = (source for source in configured_sources() if source.source_id == "src")
        with connect(settings().warehouse) as warehouse:
            load_sources(warehouse, [configured], lambda _: None, accept=accept, actor="ada")
        return rows()

    yield load


def rows() -> dict[str, int]:
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        queries = {
            "people": "select count(*) from raw_people.persons where not is_deleted",
            "names": "select count(given_name) from vault.persons",
            "addresses": "select count(email_work) from vault.persons",
            "identifiers": "select count(*) from raw_people.person_identifiers",
            "pairs": "select count(*) from raw_registry.pairs",
            "sessions": "select count(*) from raw_sessions.sessions",
        }
        return {name: warehouse.execute(query).fetchall()[0][0] for name, query in queries.items()}


BROKEN: dict[str, tuple[str, dict[str, str], dict[str, str], list[str]]] = {
    "the address column came empty": (
        "people",
        people(*EVERYBODY),
        people(*(line.rpartition(",")[0] + "," for line in EVERYBODY)),
        [r"email_work of persons is empty in every row of people\.csv", "person_identifiers"],
    ),
    "three addresses of a hundred are left": (
        "people",
        people(*EVERYBODY),
        people(*EVERYBODY[:3], *(line.rpartition(",")[0] + "," for line in EVERYBODY[3:])),
        [r"email_work of persons is filled in 3% of the rows", "rows of person_identifiers"],
    ),
    "names came empty": (
        "people",
        people(*EVERYBODY),
        people(*(f"{n},,a{n}@x.example" for n in range(1, 101))),
        ["given_name of persons is empty"],
    ),
    "everybody has one address, as masked exports have": (
        "people",
        people(*EVERYBODY),
        people(*(f"{n},A{n},hidden@x.example" for n in range(1, 101))),
        ["email_work of persons is empty", "person_identifiers"],
    ),
    "everybody is called the same": (
        "people",
        people(*EVERYBODY),
        people(*(f"{n},REDACTED,a{n}@x.example" for n in range(1, 101))),
        ["given_name of persons is empty"],
    ),
    "the pairs came without rows": ("pairs", pairs(28), pairs(0), [r"28 of 28 rows of pairs \(100\.0%\)"]),
    "half of the pairs are gone": ("pairs", pairs(28), pairs(14), [r"14 of 28 rows of pairs \(50\.0%\)"]),
    "the calendar is empty": ("calendar", calendar(28), calendar(0), ["28 of 28 rows of sessions"]),
    "the calendar is half as long": ("calendar", calendar(28), calendar(14), ["14 of 28 rows of sessions"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_second_delivery_asks_and_goes_on_when_it_is_accepted(deliver: Deliver, case: str) -> None:
    kind, first, second, words = BROKEN[case]
    before = deliver(kind, first)
    with pytest.raises(LoadAsks, match=".*".join(words)) as asked:
        deliver(kind, second)
    assert rows() == before
    keys = tuple(question.key for question in asked.value.questions)
    assert all(f"--accept {key}" in str(asked.value) for key in keys)
    after = deliver(kind, second, accept=keys)
    assert after != before
    log = [json.loads(line) for line in (settings().data / "audit/accepted.jsonl").read_text().splitlines()]
    assert [(entry["key"], entry["actor"]) for entry in log] == [(key, "ada") for key in keys]


@pytest.mark.parametrize("files", [people(*EVERYBODY, header="No,Name,E-Mail"), calendar(28, cut=True)])
def test_what_is_renamed_or_cut_off_never_becomes_nothing(deliver: Deliver, files: dict[str, str]) -> None:
    kind = "calendar" if "a.ics" in files else "people"
    before = deliver(kind, calendar(28) if kind == "calendar" else people(*EVERYBODY))
    with pytest.raises(Exception, match=r"Next step|--accept"):
        deliver(kind, files)
    assert rows() == before


def test_an_answer_holds_for_the_delivery_that_was_looked_at_only(deliver: Deliver) -> None:
    deliver("pairs", pairs(28))
    with pytest.raises(LoadAsks) as asked:
        deliver("pairs", pairs(14))
    with pytest.raises(LoadAsks, match="18 of 28"):
        deliver("pairs", pairs(10), accept=tuple(question.key for question in asked.value.questions))


def of(day: str, *lines: str) -> dict[str, str]:
    """People, as exported on a day."""
    return people(*lines) | {"_export.json": json.dumps({"exported_at": f"{day}T06:00:00+00:00"})}


def test_last_months_export_delivered_again_asks_before_it_takes_anything_back(deliver: Deliver) -> None:
    changed = [EVERYBODY[0].replace("a1@", "b1@"), *EVERYBODY[1:]]
    for day, lines in (("2026-09-01", EVERYBODY), ("2026-10-01", changed)):
        deliver("people", of(day, *lines))
    with pytest.raises(LoadAsks, match="of 01 Sep 2026 06:00 UTC, older than what is loaded") as asked:
        deliver("people", of("2026-09-01", *EVERYBODY))
    with pytest.raises(LoadAsks, match="of 15 Sep 2026"):
        deliver("people", of("2026-09-15", *changed[:99]))
    assert rows()["people"] == 100
    deliver("people", of("2026-09-01", *EVERYBODY), accept=tuple(question.key for question in asked.value.questions))
    deliver("people", of("2026-10-02", *changed))


def test_ordinary_changes_ask_nothing(deliver: Deliver) -> None:
    deliver("people", people(*EVERYBODY))
    assert deliver("people", people(*EVERYBODY[:97], "200,New,"))["people"] == 98


def test_who_left_the_list_stays_marked_as_deleted_however_many_loads_follow(deliver: Deliver) -> None:
    for left in (100, 99, 99, 98):
        deliver("people", people(*EVERYBODY[:left], f"{1000 + left},N{left},n{left}@x.example"))
        deliver("people", people(*EVERYBODY[:left]))
    with connect(settings().warehouse, read_only=True) as warehouse:
        found = warehouse.execute(
            "select count(*) filter (where is_deleted), count(*), count(distinct person_id) from raw_people.persons"
        ).fetchall()
    assert found == [(5, 103, 103)], "two of the hundred, and three who came for one load"


def test_a_source_is_as_old_as_its_newest_record_whenever_its_file_was_copied(deliver: Deliver) -> None:
    deliver("calendar", calendar(28))
    with connect(settings().warehouse, read_only=True) as warehouse:
        found = warehouse.execute("select newest_record_on from quality.loads where source_id = 'src'").fetchall()
    assert found == [(date(2026, 3, 28),)]
