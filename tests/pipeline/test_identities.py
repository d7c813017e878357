"""Who somebody is stays the same from load to load: an organisation delivers three times, and every case is read off the marts."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.loading.stop_rules import LoadAsks
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.pipeline.test_dbt_build import build

pytestmark = pytest.mark.xdist_group("dbt")

PROGRAMME = """
programme_id: p
name: P
mission: To show a rule.
kind: "1:1"
objective: career_development
population: {person_kind: employee, words: Employees.}
start_date: 2026-01-01
planned_sessions: 6
cadence_days: 30
cohorts:
  - {cohort_id: c, name: C, roster_date: 2025-12-31, start_date: 2026-01-01, end_date: 2026-12-31, assignment_rule: admin, status: running}
"""


def column(name: str, **more: Any) -> dict[str, Any]:
    return {"from": name, **more}


def days(name: str) -> dict[str, Any]:
    return column(name, date="%Y-%m-%d")


PERSON = column("no", reference="hr")
MAPPINGS: dict[str, dict[str, Any]] = {
    "people": {
        "persons": {
            "person_id": PERSON,
            "person_kind": {"const": "employee"},
            "given_name": column("given"),
            "family_name": column("family"),
            "email_work": column("mail", lower=True),
            "original_hire_date": days("hired"),
        },
        "person_identifiers": {
            "person_id": PERSON,
            "id_type": {"const": "email"},
            "id_value": column("mail", lower=True, reference="email"),
        },
        "employment_spells": {
            "person_id": PERSON,
            "spell_no": column("spell", number=True, default="1"),
            "hire_date": days("hired"),
            "end_date": days("left"),
        },
    },
    "pairs": {
        "pairs": {
            "pair_id": column("pair"),
            "programme_id": {"const": "p"},
            "cohort_id": {"const": "c"},
            "status": {"const": "active"},
            "actual_start_date": days("start"),
        },
        **{
            f"pair_members {role}": {
                "pair_id": column("pair"),
                "person_id": column(role, reference="hr"),
                "role": {"const": role},
                "joined_date": days("start"),
            }
            for role in ("mentor", "mentee")
        },
    },
}
KEYS = {"people": ["no"], "pairs": ["pair"]}

HEADS = {"people": "no,given,family,mail,hired,left,spell", "pairs": "pair,mentor,mentee,start"}


def workspace(folder: Path) -> None:
    """A list of people, a list of pairs and a calendar."""
    (folder / "programmes").mkdir()
    (folder / "programmes/p.yaml").write_text(PROGRAMME)
    sources = []
    for name, tables in MAPPINGS.items():
        specs = [{"table": table.split()[0], "columns": columns} for table, columns in tables.items()]
        file = {"match": f"{name}.csv", "key": KEYS[name], "tables": specs}
        (folder / f"{name}.yaml").write_text(
            yaml.safe_dump({"format": {"kind": "csv", "zone": "UTC"}, "files": [file]})
        )
        sources.append({"id": name, "connector": "mapped_files", "path": name, "mapping": f"{name}.yaml"})
    sources.append({"id": "calendar", "connector": "ics_files", "path": "calendar", "options": {"zone": "UTC"}})
    text = yaml.safe_dump({"workspace": "w", "as_of": "AS_OF", "sources": sources})
    (folder / "impact.yaml").write_text(text.replace("AS_OF", "2026-10-31"))


def deliver(folder: Path, day: str, **files: list[str]) -> None:
    """Put the lists into their folders as exports of `day`, and load; what is asked is accepted."""
    for name, lines in files.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{name}.csv").write_text("\n".join([HEADS[name], *lines]) + "\n")
        (folder / name / "_export.json").write_text(json.dumps({"exported_at": f"{day}T06:00:00+00:00"}))
    with connect(settings().warehouse) as warehouse:
        try:
            load_sources(warehouse, configured_sources(), lambda _: None)
        except LoadAsks as asked:
            keys = [question.key for question in asked.questions]
            load_sources(warehouse, configured_sources(), lambda _: None, accept=keys)


def invite(folder: Path, *meetings: tuple[str, str, str]) -> None:
    """A calendar of meetings: day, organiser, attendee."""
    events = [
        f"BEGIN:VEVENT\nUID:m{n}\nDTSTAMP:20260101T000000Z\nDTSTART:{day.replace('-', '')}T100000Z\nDTEND:{day.replace('-', '')}T110000Z\n"
        f"SUMMARY:Mentoring\nORGANIZER:mailto:{organiser}\nATTENDEE:mailto:{attendee}\nEND:VEVENT\n"
        for n, (day, organiser, attendee) in enumerate(meetings)
    ]
    (folder / "calendar").mkdir(exist_ok=True)
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + "".join(events) + "END:VCALENDAR\n"
    (folder / "calendar/a.ics").write_text(text)


PEOPLE = {
    "mentor": "1,Mo,Ray,mo@x.example,2024-01-01,,",
    "renamed": "2,Ed,Lee,ed@x.example,2025-12-01,,",
    "stays": "3,Al,Orr,al@x.example,2024-01-01,,",
    "leaves": "4,Lu,Tan,lu@x.example,2023-12-01,,",
    "merged": "5,Di,Fry,di@x.example,2023-11-01,,",
    "merged into": "6,Dy,Fry,dy@x.example,2023-11-01,,",
    "id reused": "7,Io,Ash,io@x.example,2022-01-01,,",
    "comes back": "8,Re,Oak,re@x.example,2021-01-01,,",
    "gets another id": "9,Ny,Elm,ny@x.example,2020-02-01,,",
}
LATER = {
    **PEOPLE,
    "renamed": PEOPLE["renamed"].replace("ed@", "eddy@"),
    "merged into": PEOPLE["merged into"].replace("dy@", "di@"),
    "id reused": "7,Ula,Fox,ula@x.example,2026-05-10,,",
    "gets another id": PEOPLE["gets another id"].replace("9,", "99,", 1),
}
PAIRS = [
    "renamed,1,2,2026-01-01",
    "stays,1,3,2026-01-01",
    "leaves,1,4,2026-01-01",
    "merged,1,5,2026-01-01",
    "id before,1,7,2026-01-01",
    "comes back,1,8,2026-01-01",
    "another id,1,9,2026-01-01",
]
MEETINGS = {
    "renamed": ("2026-03-02", "ed"),
    "stays": ("2026-03-03", "al"),
    "leaves": ("2026-03-04", "lu"),
    "merged": ("2026-03-05", "di"),
    "id before": ("2026-03-06", "io"),
    "comes back": ("2026-03-09", "re"),
    "another id": ("2026-03-10", "ny"),
    "address after": ("2026-06-02", "lu"),
    "id after": ("2026-06-03", "ula@y.example"),
}


KEPT = ("merged into", "gets another id")
"""Whoever keeps the address, by which alone two records can be told to be one person's."""


def moved_to_y(line: str) -> str:
    return line.replace("@x.", "@y.")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three deliveries. In the second the whole company has another domain, and everything has happened that can happen to an identifier; in the third somebody is back."""
    folder = tmp_path_factory.mktemp("identities")
    workspace(folder)
    before = {name: os.environ.get(name) for name in ("IMPACT_WORKSPACE", "IMPACT_DATA", "IMPACT_WAREHOUSE")}
    os.environ |= {"IMPACT_WORKSPACE": str(folder / "impact.yaml"), "IMPACT_DATA": str(folder / "data")}
    invite(
        folder,
        *((day, "mo@x.example", name if "@" in name else f"{name}@x.example") for day, name in MEETINGS.values()),
    )
    deliver(folder, "2026-04-01", people=list(PEOPLE.values()), pairs=PAIRS)
    left = ("leaves", "comes back", "merged")
    moved = [moved_to_y(line) if name not in KEPT else line for name, line in LATER.items() if name not in left]
    new = "10,Lucy,May,lu@x.example,2026-05-15,,"
    deliver(
        folder,
        "2026-05-20",
        people=[*moved, new],
        pairs=[*PAIRS, "address after,1,10,2026-05-15", "id after,1,7,2026-05-11"],
    )
    deliver(folder, "2026-07-01", people=[*moved, new, LATER["comes back"]])
    found = settings().warehouse
    build(found.parent, tested=False)
    yield found
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def ask(warehouse: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("pair", MEETINGS)
def test_a_meeting_stays_with_the_pair_whose_people_had_the_addresses_on_its_day(warehouse: Path, pair: str) -> None:
    day = MEETINGS[pair][0]
    assert ask(warehouse, f"select pair_id from marts.sessions where session_date = '{day}'") == [(pair,)]


def test_nobody_is_two_people_and_no_two_are_one(warehouse: Path) -> None:
    members = dict(ask(warehouse, "select pair_id, person_key from marts.pair_members where role = 'mentee'"))
    assert len(set(members.values())) == len(PAIRS) + 2
    here = {row[0] for row in ask(warehouse, "select person_key from marts.persons")}
    assert len(here) == 8
    gone = {pair for pair, person in members.items() if person not in here}
    assert gone == {"leaves", "id before"}


def test_an_id_that_somebody_else_has_now_is_told_and_takes_nothing_over(warehouse: Path) -> None:
    members = dict(ask(warehouse, "select pair_id, person_key from marts.pair_members where role = 'mentee'"))
    assert members["id before"] != members["id after"]
    found = dict(ask(warehouse, "select kind, detail from quality.findings where source_id = 'people'"))
    assert found["id_reused"].startswith("1 of its ids carry another name")
    assert found["records_merged"].startswith("2 of its people")


def test_what_is_known_of_identities_outlives_a_rebuild_of_the_raw_tables(warehouse: Path) -> None:
    before = ask(warehouse, "select * exclude (load_id) from identity.identifiers_in_force order by all")
    with connect(warehouse) as connection:
        connection.execute("alter table raw_people.persons drop column country")
        load_sources(connection, configured_sources(), lambda _: None)
    assert ask(warehouse, "select * exclude (load_id) from identity.identifiers_in_force order by all") == before
