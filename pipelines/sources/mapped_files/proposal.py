"""A first mapping for a file that nobody has described yet: what its headers suggest, and what only its owner can know, asked in words.

Nothing that changes results is decided here. A date whose format isn't certain gets none, and the mapping refuses to load until somebody writes it; levels get no rank; a value that
isn't a word of the contract gets no meaning.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, Column, Table
from pipelines.sources.delimited import LINE, RAW, DelimitedText, decode, normalised, read_delimited
from pipelines.sources.parquet import read_parquet
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.spreadsheets import read_spreadsheet

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 200  # lines that decide the delimiter
DATE_FORMATS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
)
TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
)
SECRET = re.compile(
    r"password|passwort|ssn|social.?security|iban|bank|salary|gehalt|tax.?id|birth|geburt", re.IGNORECASE
)

# What headers are called in the exports that were seen, folded. The first table whose required columns are met best is proposed.
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "persons": {
        "person_id": ("employee id", "employee number", "employee no", "staff no", "staff number", "person id", "personalnummer", "id", "worker id", "user id"),
        "given_name": ("first name", "given name", "vorname", "forename"),
        "family_name": ("last name", "family name", "surname", "nachname"),
        "email_work": ("email", "e-mail", "work email", "email address", "mail"),
        "status": ("status", "employment status", "active"),
        "original_hire_date": ("original hire date", "first hire date"),
        "latest_hire_date": ("hire date", "start date", "joined", "eintritt", "date of joining", "entry date"),
        "termination_date": ("termination date", "leaving date", "austritt", "end date", "exit date"),
        "country": ("country", "land"),
    },
    "job_history": {
        "person_id": ("employee id", "employee number", "employee no", "staff no", "personalnummer", "id"),
        "valid_from": ("effective date", "valid from", "from", "gueltig ab", "gültig ab", "von", "since"),
        "valid_to": ("valid to", "to", "until", "bis"),
        "job_title": ("job title", "title", "position", "stelle", "role"),
        "level": ("level", "grade", "job level", "band", "stufe", "pay grade"),
        "department": ("department", "abteilung", "team", "cost centre"),
        "business_unit": ("business unit", "division", "bereich"),
        "location": ("location", "site", "standort", "office"),
        "fte": ("fte", "bg", "full time equivalent"),
    },
    "pairs": {
        "pair_id": ("pair id", "match id", "connection id", "relationship id", "loop id"),
        "status": ("status", "state", "connection status", "match status"),
        "actual_start_date": ("start date", "started", "matched on", "match date"),
        "actual_end_date": ("end date", "closed on", "ended"),
    },
    "sessions": {
        "session_id": ("session id", "meeting id"),
        "pair_id": ("pair id", "match id", "connection id", "relationship id"),
        "scheduled_start_at": ("start", "meeting date", "session date", "date", "start time"),
        "status": ("status", "state"),
        "topic": ("topic", "theme"),
    },
    "applications": {
        "application_id": ("application id", "role id", "signup id", "request id"),
        "person_id": ("email", "e-mail", "employee id", "email address"),
        "role_sought": ("role", "role sought", "applied as"),
        "submitted_at": ("signup date", "applied on", "submitted", "application date", "request date"),
        "decision": ("decision", "approved", "application status", "status"),
    },
}  # fmt: skip


@dataclass
class Proposal:
    """A mapping as far as it goes, and the questions that are open. `fits`: how many columns of the table were recognised."""

    mapping: dict[str, Any]
    questions: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    table: str = ""
    fits: int = 0


def read_text(file: SourceFile) -> tuple[DelimitedText, dict[str, Any]]:
    """The file as text columns and the `format:` under which it was read. Raises `SourceRefused` where the delimiter isn't certain."""
    name = file.name.lower()
    if name.endswith(".parquet"):
        return read_parquet(file), {"kind": "parquet"}
    if name.endswith(".xlsx"):
        return read_spreadsheet(file), {"kind": "xlsx"}
    delimiter = certain_delimiter(file)
    return read_delimited(file, delimiter=delimiter), {"kind": "csv", "delimiter": delimiter}


def certain_delimiter(file: SourceFile) -> str:
    """The only separator that splits nearly all lines alike into several fields. Raises `SourceRefused` where there is none, or more than one."""
    lines = [line for line in decode(file).splitlines()[:LOOKED_AT] if line.strip() and '"' not in line] or decode(
        file
    ).splitlines()[:LOOKED_AT]
    fitting = []
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual > 0 and counts.count(usual) >= 0.9 * len(counts):
            fitting.append(delimiter)
    if len(fitting) != 1:
        found = "no separator splits" if not fitting else f"{' and '.join(map(repr, fitting))} both split"
        raise SourceRefused(
            f"{file.name}: {found} its lines alike. Next step: name it with --delimiter; nothing is guessed."
        )
    return fitting[0]


def propose(
    file: SourceFile,
    text: DelimitedText,
    form: Mapping[str, Any],
    *,
    table: str | None = None,
    source_id: str = "my_source",
) -> Proposal:
    """The mapping of `file` to `table`, or to the table that its headers fit best. Raises `SourceRefused` where they fit none."""
    header = [name for name in text.rows.columns if name not in (LINE, RAW)]
    tables = [table] if table else list(WORDS)
    if table and table not in BY_NAME:
        raise SourceRefused(f"There is no table {table!r}. Next step: use one of {', '.join(BY_NAME)}.")
    best = max((_recognised(BY_NAME[name], header) for name in tables), key=lambda found: _score(*found))
    chosen, columns = best
    if not columns:
        raise SourceRefused(
            f"{file.name}: no header is known ({', '.join(header)}). Next step: say with --table what a row is; the mapping is then yours to fill in."
        )
    found = Proposal({}, table=chosen.name, fits=len(columns))
    specs = {
        name: _spec(chosen.column(name), header_name, text, found, source_id) for name, header_name in columns.items()
    }
    derived = {"job_history": "seq", "employment_spells": "spell_no"}.get(chosen.name)
    if "level" in columns and "level_rank" not in specs:
        specs["level_rank"] = {"from": columns["level"], "level_rank": True}
    for column in chosen.columns:
        if column.required and column.name not in specs and column.name != derived:
            specs[column.name] = _required(column, found)
    key = [columns[name] for name in chosen.key if name in columns]
    if not key:
        found.questions.append(f"which column tells the rows apart? Write it under `key:` ({', '.join(header)})")
    found.unused = [name for name in header if name not in columns.values()]
    for name in found.unused:
        if SECRET.search(name):
            found.questions.append(
                f"{name!r} looks like a secret or a date of birth: leave it out of the export; it is never loaded"
            )
    entry = {
        "match": file.name,
        "key": key or "?",
        "ignore": found.unused,
        "tables": [{"table": chosen.name, "columns": specs}],
    }
    found.mapping = {"format": dict(form), "files": [entry]}
    return found


def _recognised(table: Table, header: Sequence[str]) -> tuple[Table, dict[str, str]]:
    """Canonical column to header, each header once."""
    folded = {normalised(name).replace("_", " "): name for name in reversed(header)}
    columns: dict[str, str] = {}
    for column in table.columns:
        for word in (*WORDS.get(table.name, {}).get(column.name, ()), column.name.replace("_", " ")):
            name = folded.get(word)
            if name is not None and name not in columns.values():
                columns[column.name] = name
                break
    return table, columns


def _score(table: Table, columns: Mapping[str, str]) -> tuple[int, int]:
    required = sum(column.required and column.name in columns for column in table.columns)
    return (required + len(columns), len(columns))


def _spec(column: Column, header: str, text: DelimitedText, found: Proposal, source_id: str) -> dict[str, Any]:
    values = text.rows[header].str.strip_chars().replace("", None).drop_nulls()
    spec: dict[str, Any] = {"from": header}
    if column.reference:
        is_mail = values.len() > 0 and bool(values.str.contains("@", literal=True).all())
        return {**spec, "reference": "email" if is_mail else source_id}
    if column.type in ("date", "instant"):
        return {**spec, **_time_format(column, header, values, found)}
    if column.name == "level":
        levels = values.unique().sort().to_list()
        found.questions.append(
            f"which rank has each level in {header!r}? Name them in levels.yaml: {', '.join(levels[:20])}"
        )
    if column.values:
        return {**spec, **_value_map(column, header, values, found)}
    if column.type in ("int", "float"):
        return {**spec, "number": True}
    return {**spec, **({"lower": True} if column.name.startswith("email") else {})}


def _time_format(column: Column, header: str, values: pl.Series, found: Proposal) -> dict[str, Any]:
    """The format, where exactly one fits every value; otherwise none, so that the mapping refuses to load until its owner has written it."""
    formats = DATE_FORMATS if column.type == "date" else (*TIME_FORMATS, *DATE_FORMATS)
    parse = values.str.to_date if column.type == "date" else values.str.to_datetime
    fitting = []
    for pattern in formats:
        if column.type == "instant" and "%H" not in pattern:
            fits = values.str.to_date(pattern, strict=False).null_count() == 0
        else:
            fits = parse(pattern, strict=False).null_count() == 0
        if fits and values.len():
            fitting.append(pattern)
    word = "date" if column.type == "date" else "instant"
    if column.type == "instant":
        found.questions.append(
            f"in which zone are the times of {header!r}? Write `zone:` beside it, for example Europe/Berlin"
        )
    if len(fitting) == 1:
        return {word: fitting[0]}
    if fitting:
        found.questions.append(
            f"how are the dates of {header!r} written? All of {', '.join(fitting)} fit; write the right one as `{word}:`"
        )
    else:
        found.questions.append(
            f"how are the dates of {header!r} written? No usual format fits all of them; write it as `{word}:`"
        )
    return {}


def _value_map(column: Column, header: str, values: pl.Series, found: Proposal) -> dict[str, Any]:
    allowed = {value.replace("_", " "): value for value in column.values or ()}
    told = values.unique().sort().to_list()
    known = {value: allowed[value.strip().casefold()] for value in told if value.strip().casefold() in allowed}
    unknown = [value for value in told if value not in known]
    if unknown:
        found.questions.append(
            f"what do {', '.join(repr(value) for value in unknown[:12])} in {header!r} mean? Add them to the `map:` of {column.name}, as one of {', '.join(column.values or ())}; "
            "rows with an unknown value are held back"
        )
    return {"map": known}


def _required(column: Column, found: Proposal) -> dict[str, Any]:
    if column.name == "person_kind":
        return {"const": "employee"}
    if column.name == "assignment_id":
        return {"const": "primary"}
    allowed = f" (one of {', '.join(column.values)})" if column.values else ""
    found.questions.append(
        f"{column.name} is required and no header is known for it: {column.description}{allowed} Write `from:` or `const:`"
    )
    return {}
