"""A workspace with one person planted in every place that it has, by names that nothing else holds."""

import gzip
import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.decisions import Decision, DecisionStore
from pipelines.loading import corrections
from pipelines.loading.vault import reading_vault
from pipelines.serving.snapshot import publish
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame
from pipelines.workspace_loads import load_sources
from tests.demo_run import PROJECT

CANARY = "quetzala.zyxwvut@canary.example"
FORMS = ("quetzala", "zyxwvut", "E-90210X")
"""What must be nowhere afterwards, in any case and encoding."""
PEOPLE = [
    ("E-90210X", "Quetzala", "Zyxwvut", CANARY, "E-1"),
    ("E-1", "Ada", "Stone", "ada@canary.example", ""),
    ("E-2", "Bo", "Lee", "bo@canary.example", "E-90210X"),
    ("7", "Cy", "Moor", "cy@canary.example", "E-1"),
    *((f"E-{n}", f"Given{n}", f"Family{n}", f"p{n}@canary.example", "E-1") for n in range(10, 40)),
]
HEADER = ("id", "given", "surname", "email", "boss")
PERSONS = {
    "person_id": {"from": "id", "reference": "hris"},
    "person_kind": {"const": "employee"},
    "given_name": {"from": "given"},
    "family_name": {"from": "surname"},
    "email_work": {"from": "email", "lower": True},
}
IDENTIFIERS = {
    "person_id": {"from": "id", "reference": "hris"},
    "id_type": {"const": "email"},
    "id_value": {"from": "email", "reference": "email"},
}
JOBS = {
    "person_id": {"from": "id", "reference": "hris"},
    "valid_from": {"const": "2024-01-01", "date": "%Y-%m-%d"},
    "assignment_id": {"const": "1"},
    "seq": {"const": 0},
    "manager_person_id": {"from": "boss", "reference": "hris"},
}
MEASURES = {
    "person_id": {"from": "who", "reference": "hris"},
    "measure": {"const": "score"},
    "measured_on": {"const": "2025-01-01", "date": "%Y-%m-%d"},
    "known_on": {"const": "2025-01-01", "date": "%Y-%m-%d"},
    "value": {"from": "score", "number": True},
}


def table(name: str, columns: dict) -> dict:
    return {"table": name, "columns": columns}


def mapped(kind: str, match: str, key: str, *tables: dict) -> dict:
    return {"format": {"kind": kind}, "files": [{"match": match, "key": key, "tables": list(tables)}]}


def calendar() -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN"]
    for number, others in enumerate((["bo"], ["bo", "cy"])):
        attendees = [f"ATTENDEE;CN={who}:mailto:{who}@canary.example" for who in others]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}-{CANARY}",
            "DTSTAMP:20250101T080000Z",
            f"DTSTART:2025010{number + 1}T090000Z",
            f"DTEND:2025010{number + 1}T100000Z",
            "SUMMARY:Mentoring with Quetzala Zyxwvut",
            "ORGANIZER;CN=Quetzala Zyxwvut:mailto:quetzala.zyx",
            " wvut@canary.example",
            f'ATTENDEE;CN="Zyxwvut, Quetzala":mailto:{CANARY.upper()}',
            *attendees,
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everybody in CSV, XLSX, Parquet, JSON and a calendar, all within the data folder; loaded once."""
    data = tmp_path / "data"
    exports = data / "exports"
    for name in ("people", "scores", "sheet", "columns", "calendar"):
        (exports / name).mkdir(parents=True)
    deliver(data)
    (exports / "scores/scores.csv").write_text(
        "who,score\n" + "".join(f"{p[0]},7\n" for p in PEOPLE) + "E-2,E-90210X\n", encoding="utf-16"
    )
    with xlsxwriter.Workbook(exports / "sheet/people.xlsx") as book:
        sheet = book.add_worksheet("Zyxwvut Quetzala")
        for row, cells in enumerate([HEADER, *PEOPLE]):
            sheet.write_row(row, 0, cells)
    pl.DataFrame(PEOPLE, schema=list(HEADER), orient="row").write_parquet(exports / "columns/people.parquet")
    (exports / "calendar/bo.ics").write_text(calendar())
    people = [table("persons", PERSONS), table("person_identifiers", IDENTIFIERS), table("job_history", JOBS)]
    sources = []
    for name, kind in (("people", "csv"), ("sheet", "xlsx"), ("columns", "parquet")):
        mapping = mapped(kind, "people.*", "id", *people)
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(mapping))
        sources.append(
            {"id": name, "connector": "mapped_files", "path": f"data/exports/{name}", "mapping": f"{name}.yaml"}
        )
    scores = mapped("csv", "scores.csv", "who", table("person_measures", MEASURES))
    scores["format"]["encoding"] = "utf-16"
    (tmp_path / "scores.yaml").write_text(yaml.safe_dump(scores))
    sources.append(
        {"id": "scores", "connector": "mapped_files", "path": "data/exports/scores", "mapping": "scores.yaml"}
    )
    sources.append({"id": "cal", "connector": "ics_files", "path": "data/exports/calendar"})
    programmes = str(PROJECT / "data/examples/demo_company/programmes")
    (tmp_path / "impact.yaml").write_text(
        yaml.safe_dump(
            {"workspace": "w", "programmes": programmes, "as_of": datetime(2025, 6, 1).date(), "sources": sources}
        )
    )
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(data))
    load()
    return data


def deliver(data: Path, *more: str) -> None:
    lines = [",".join(person) for person in PEOPLE]
    text = "\n".join([",".join(HEADER), *lines, *more]) + "\n"
    (data / "exports/people/people.csv").write_text(text)


def load() -> None:
    with connect(settings().warehouse) as warehouse:
        load_sources(warehouse, configured_sources(), lambda words: None)


def plant(data: Path) -> None:
    """The person in everything that isn't a source."""
    words = f"Quetzala Zyxwvut <{CANARY}> E-90210X"
    (data / "dagster/storage/run/compute_logs").mkdir(parents=True)
    (data / "dagster/storage/run/compute_logs/raw.err").write_text(f"Traceback: {words}\n")
    with sqlite3.connect(data / "dagster/index.db") as runs:
        runs.execute("create table events (id integer, body text, pickled blob)")
        runs.execute("insert into events values (1, ?, ?)", (json.dumps({"m": words}), words.encode()))
    (data / "fetched/hr").mkdir(parents=True)
    page = {"users": [{"mail": CANARY, "id": "E-90210X"}, {"mail": "bo@canary.example", "team": [CANARY, "cy"]}]}
    (data / "fetched/hr/1-page.json").write_text(json.dumps(page))
    (data / "exports/pairs.csv").write_text(
        f"mentee,mentor\nBo Lee,Ada Stone\nCy Moor,Quetzala Zyxwvut\n{CANARY},Bo Lee\n"
    )
    (data / "exports/quetzala.zyxwvut.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    (data / "exports/object.pickle").write_bytes(b"\x00\x01" + CANARY.encode("utf-16-le") + b"\x00")
    (data / "exports/log.gz").write_bytes(gzip.compress(words.encode()))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.json", json.dumps({"people": [{"name": "Zyxwvut, Quetzala"}, {"name": "Bo Lee"}]}))
    (data / "exports/old.zip").write_bytes(stream.getvalue())
    corrections.record_corrections(
        data / "corrections",
        [
            corrections.Correction(
                "people", "people.csv", 2, f"E-90210X,Q,Z,{CANARY},", f"E-90210X,Quetzala,Z,{CANARY},E-1"
            )
        ],
    )
    store = DecisionStore(settings().decisions)
    made = {"actor": "ada", "made_at": datetime(2025, 1, 1, tzinfo=UTC)}
    store.record(Decision("C", 1, "lock", pairs=(("a-1", "a-2"),), reason="Quetzala Zyxwvut asked for it", **made))
    with connect(settings().warehouse) as warehouse:
        warehouse.execute(
            "create table quality.check_results as select 'persons' as table_name, ? as observed", [f"value {CANARY}"]
        )
        warehouse.execute("create schema snapshots")
        warehouse.execute("create table snapshots.snap_persons as select person_id from raw_people.persons")
    for text in ("first", "second"):
        publish(
            settings().serving,
            lambda path, text=text: frames(path, text),
            lambda path: frames(path, f"pair of {CANARY}"),
        )


def frames(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as file:
        file.execute("create table t as select ? as text", [text])


def hits(folder: Path) -> list[str]:
    """Files whose bytes, or whose members' bytes, hold a form of the person."""
    found = []
    for path in sorted(folder.rglob("*")):
        if any(form.casefold() in path.name.casefold() for form in FORMS):
            found.append(f"name of {path}")
        if path.is_file():
            found += [f"{path.relative_to(folder)}: {form}" for form in FORMS if holds(path.read_bytes(), form)]
    return found


def holds(data: bytes, form: str) -> bool:
    folded, form = data.lower(), form.lower()
    if any(form.encode(encoding) in folded for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
        return True
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(holds(archive.read(name), form) for name in archive.namelist())
    if data[:2] == b"\x1f\x8b":
        return holds(gzip.decompress(data), form)
    if data[:4] == b"PAR1":
        return form in str(pl.read_parquet(io.BytesIO(data)).rows()).lower()
    return False


def impact(*arguments: str):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def everybody_else() -> list[tuple]:
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        query = "select source_instance, given_name, family_name, email_work from vault.persons where family_name <> 'Zyxwvut' order by all"
        return read_frame(warehouse, query).rows()


def sums_add_up() -> None:
    with connect(settings().warehouse, read_only=True) as warehouse:
        counts = (
            "select * from quality.reconciliation inner join quality.loads using (load_id, source_id) where is_current"
        )
        for row in read_frame(warehouse, counts).iter_rows(named=True):
            assert row["rows_in"] == row["loaded"] + row["quarantined"] + row["duplicates"] + row["filtered"], row
