"""Who the people are whom pairs, meetings and surveys name: the columns that hold names, the list of people, and what joins them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.first_hour import kinds
from pipelines.first_hour.names import CONFIRMED, EXACT, OPEN, SPELLED, Listed, Named, Spellings, resolve, spellings
from pipelines.first_hour.questions import Answers
from pipelines.first_hour.understanding import Understood
from pipelines.sources.cleaning import says_nobody
from pipelines.sources.conversions import as_list
from pipelines.sources.mapped_files.decided import NAMES
from pipelines.sources.mapped_files.groups import HASHED
from pipelines.sources.mapped_files.several_people import people_in
from pipelines.sources.records import SourceFile

FOUND = (EXACT, SPELLED, CONFIRMED)
FILE, WRITTEN, PERSON = "names.csv", "written", "person"


@dataclass(frozen=True)
class Persons:
    """named: with a list of people, every name and who is meant. spellings: without one, how names are made one. reference: how the list knows its people."""

    named: tuple[Named, ...] = ()
    spellings: Spellings | None = None
    reference: Mapping[str, Any] | None = None

    @property
    def open(self) -> list[Named]:
        """Names that resemble somebody and wait for a yes or no."""
        return [one for one in self.named if one.how == OPEN]

    @property
    def nobody(self) -> list[Named]:
        """Names that are on no list of people."""
        return [one for one in self.named if one.how not in (*FOUND, OPEN)]


def persons_of(understood: Sequence[Understood], answers: Answers) -> Persons:
    """Who is meant by the names of all sheets."""
    written = list(dict.fromkeys(name for one in understood for name in _names(one)))
    lists = [one for one in understood if one.kind == kinds.PEOPLE and one.mapping]
    if not lists:
        return Persons(spellings=spellings(written, answers)) if written else Persons()
    reference = _person_spec(lists[0])
    if not written or reference.get("reference") == NAMES:
        return Persons(reference=reference)
    people = [listed for one in lists for listed in listed_in(one)]
    return Persons(tuple(resolve(written, people, answers)), None, reference)


def same_people(persons: Persons) -> dict[str, str]:
    """Every further spelling of somebody's name, to the one that is kept."""
    if persons.spellings is not None:
        return dict(persons.spellings.same)
    kept: dict[str, str] = {}
    for one in persons.named:
        if one.how in FOUND and one.person:
            kept.setdefault(one.person, one.written)
    return {
        one.written: kept[one.person]
        for one in persons.named
        if one.how in FOUND and one.person and kept[one.person] != one.written
    }


def one_case(tables: Sequence[Understood], people: str) -> dict[str, str]:
    """Staff numbers that a table writes in another case than the list of people, to the list's spelling; none of those that the list itself tells apart by case."""
    listed, used = set[str](), set[str]()
    for one in tables:
        for entry in (one.mapping or {}).get("files", []):
            headers = {
                column["from"]
                for spec in entry.get("tables", [])
                for column in spec["columns"].values()
                if people in as_list(column.get("reference")) and isinstance(column.get("from"), str)
            }
            own = listed if one.kind == kinds.PEOPLE else used
            own.update(value for header in headers for value in one.sheet.values(header))
    by_case: dict[str, set[str]] = {}
    for number in listed:
        by_case.setdefault(number.casefold(), set()).add(number)
    return {
        number: next(iter(by_case[number.casefold()]))
        for number in used - listed
        if len(by_case.get(number.casefold(), ())) == 1
    }


def with_one_spelling(mapping: dict[str, Any], same: Mapping[str, str], ids: Mapping[str, str]) -> dict[str, Any]:
    """A mapping in which every column of names, and what is made of them, is read in the kept spelling. ids: the same for staff numbers."""
    if not same and not ids:
        return mapping
    every = {**same, **ids}
    entries = []
    for entry in mapping["files"]:
        tables = [
            {
                **spec,
                "columns": {n: {**c, "same": every} if _of_people(c) else c for n, c in spec["columns"].items()},
            }
            for spec in entry.get("tables", [])
        ]
        entries.append({**entry, "tables": tables})
    return {**mapping, "files": entries}


def names_source(persons: Persons) -> tuple[SourceFile, dict[str, Any]] | None:
    """The confirmed names as a file and its mapping: they are identifiers of people on the list. None where there are none."""
    found = [one for one in persons.named if one.how in FOUND]
    if not found or persons.reference is None:
        return None
    lines = [f"{WRITTEN},{PERSON}", *(f"{_quoted(one.written)},{_quoted(one.person or '')}" for one in found)]
    person = {**{n: w for n, w in persons.reference.items() if n not in ("from", "template")}, "from": PERSON}
    columns = {"person_id": person, "id_type": {"const": NAMES}, "id_value": {"from": WRITTEN, "reference": NAMES}}
    entry = {
        "match": FILE,
        "key": [WRITTEN],
        "required": [WRITTEN, PERSON],
        "tables": [{"table": "person_identifiers", "columns": columns}],
    }
    return SourceFile(FILE, ("\n".join(lines) + "\n").encode()), {
        "format": {"kind": "csv", "delimiter": ","},
        "files": [entry],
    }


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _names(one: Understood) -> Iterator[str]:
    """The names of people in a sheet's columns that are known by name."""
    if one.mapping is None or one.kind == kinds.PEOPLE:
        return
    split = {name: marks for entry in one.mapping.get("files", []) for name, marks in entry.get("split", {}).items()}
    for header in _name_headers(one.mapping):
        values = one.sheet.values(header)
        named = people_in(values, split[header]) if header in split else values
        named = named.filter(
            ~named.str.contains("@", literal=True) & ~pl.select(says_nobody(pl.lit(named))).to_series()
        )
        yield from named.unique(maintain_order=True)


def _of_people(column: Mapping[str, Any]) -> bool:
    """Whether a column refers to somebody, or is an id that is made of who it is about."""
    return bool(column.get("reference")) or str(column.get("template", "")).startswith(HASHED)


def _by_name(column: Mapping[str, Any]) -> bool:
    return NAMES in as_list(column.get("reference"))


def _name_headers(mapping: Mapping[str, Any]) -> Iterable[str]:
    respondent = mapping.get("respondent") or {}
    if respondent.get("id_type") == NAMES:
        yield respondent["column"]
    specs = [spec for entry in mapping.get("files", []) for spec in entry["tables"]]
    yield from dict.fromkeys(
        column["from"] for spec in specs for column in spec["columns"].values() if _by_name(column)
    )


def _person_spec(one: Understood) -> dict[str, Any]:
    tables = one.mapping["files"][0]["tables"] if one.mapping else []
    return next((dict(spec["columns"]["person_id"]) for spec in tables if spec["table"] == "persons"), {})


def listed_in(one: Understood) -> list[Listed]:
    """Everybody on the list with a name, known as the list knows them."""
    spec, parts = _person_spec(one), kinds.name_columns(one.sheet.header)
    template = str(spec.get("template") or f"{{{spec.get('from') or ''}}}")
    mark, _, header = template.removesuffix("}").partition("{")
    if not header or not parts:
        return []
    rows = one.sheet.rows.select(header, *(part for part in parts if part != header)).rows(named=True)
    return [
        Listed(mark + str(row[header]).strip(), " ".join(str(row[part] or "").strip() for part in parts).strip())
        for row in rows
        if row[header] and any(row[part] for part in parts)
    ]
