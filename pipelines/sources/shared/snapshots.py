"""Lists of people from systems that keep no history: ours is the sequence of their snapshots, so it begins with the first one and says so."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.sources.json_pages import page_of, page_records
from pipelines.sources.records import Finding, SourceFile, reference
from pipelines.sources.remote.extraction import PageName, page_name


@dataclass(frozen=True)
class Listed:
    """One record of a list: its file, its number there from 1 on, and itself."""

    file: str
    number: int
    record: Mapping[str, Any]

    def lineage(self, record_id: str) -> dict[str, Any]:
        """What every row that is made of it says of its origin."""
        raw = json.dumps(self.record, ensure_ascii=False, separators=(",", ":"))
        return {
            "source_record_id": record_id,
            "source_file": self.file,
            "source_line": self.number,
            "raw_text": raw,
        }


@dataclass(frozen=True)
class Snapshot:
    """The list as it was on a day."""

    day: date
    listed: tuple[Listed, ...]


Key = Callable[[Mapping[str, Any]], str | None]
State = Callable[[Mapping[str, Any]], dict[str, Any]]
IsHere = Callable[[Mapping[str, Any]], bool]
Form = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def snapshots_of(
    files: Sequence[SourceFile], stream: str, records: str, key: Key, form: Form = dict
) -> tuple[list[Snapshot], list[dict[str, Any]]]:
    """Every snapshot, oldest first; who came on two pages counts once. Also rejects of the newest: what is no record there. form: what is done to each record first."""
    extractions: dict[int, tuple[date, list[tuple[PageName, SourceFile]]]] = {}
    for file in files:
        name = page_name(file.name)
        if name is not None and name.stream == stream:
            extractions.setdefault(name.extraction, (name.day, []))[1].append((name, file))
    found: list[Snapshot] = []
    rejects: list[dict[str, Any]] = []
    for _, (day, pages) in sorted(extractions.items()):
        listed: dict[Any, Listed] = {}
        rejects = []
        for _, file in sorted(pages, key=lambda page: page[0].page):
            numbered, broken = page_records(file, page_of(file), records)
            rejects += broken
            for number, record in ((number, form(record)) for number, record in numbered):
                listed[key(record) or (file.name, number)] = Listed(file.name, number, record)
        found.append(Snapshot(day, tuple(listed.values())))
    return found, rejects


def job_states_seen(
    source_id: str, snapshots: Sequence[Snapshot], key: Key, state: State, is_here: IsHere
) -> list[dict[str, Any]]:
    """A row where a person is seen first and wherever `state` differs from the snapshot before. What held before the first isn't known: it is `assumed`.

    A state ends with the first snapshot in which its person isn't listed any more, or has left (`is_here`); who was never here has none.
    """
    rows: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}  # each person's last row
    states: dict[str, dict[str, Any]] = {}  # what holds for those who are here
    for snapshot in snapshots:
        here = {person: one for one in snapshot.listed if (person := key(one.record)) and is_here(one.record)}
        for person in states.keys() - here.keys():
            del states[person]
            last[person]["valid_to"] = snapshot.day
        for person, one in here.items():
            now = state(one.record)
            if states.get(person) == now:
                continue
            before = last.get(person)
            states[person] = now
            last[person] = {
                **now,
                "person_id": reference(source_id, person),
                "assignment_id": "primary",
                "valid_from": snapshot.day,
                "seq": before["seq"] + 1 if before and before["valid_from"] == snapshot.day else 0,
                "change_action": None if before else "unknown",
                "change_action_basis": None if before else "assumed",
                **one.lineage(f"{person}|{snapshot.day}"),
            }
            rows.append(last[person])
    return rows


def history_assumed(source_id: str, first: Snapshot) -> Finding:
    """That there is no history before the first snapshot."""
    words = f"the directory keeps no history: it begins with the first snapshot, {first.day:%Y-%m-%d}"
    return Finding("history_assumed", "job_history", source_id, words)
