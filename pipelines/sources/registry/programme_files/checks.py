"""What a programme file may say: every refusal names the file, the line and the next step."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import yaml

from pipelines.contracts import BY_NAME
from pipelines.contracts.declared_outcomes import DeclarationError, read_declaration
from pipelines.contracts.files.programme_file import ProgrammeFile
from pipelines.contracts.files.words import Place, faults, line_at, lines_of, told
from pipelines.contracts.impact_declaration import CONTROL_PATH, adjusted_control
from pipelines.contracts.matching_policy import PolicyFault, check_policy
from pipelines.contracts.programme_messages import MessagesRefused, programme_messages
from pipelines.sources.records import SourceFile, SourceRefused


def parsed(file: SourceFile) -> tuple[dict[str, Any], dict[tuple[Any, ...], int]]:
    """The file's content, and the line of each key and list item by its path."""
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: describe the programme in it, see data/examples/.")
    try:
        text = file.data.decode("utf-8-sig")
        content = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        words = " ".join(str(getattr(problem, "problem", problem)).split())
        raise SourceRefused(f"{file.name}{where} is not valid YAML: {words}. Next step: correct the line.") from problem
    if not isinstance(content, dict):
        raise SourceRefused(f"{file.name} is not a programme file. Next step: begin it with `programme_id:`.")
    return content, lines_of(text)


def check_words(file: SourceFile, content: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
    """Words that nobody reads, and blocks of another shape, at any depth: a misspelt `negative_control` would be none."""
    wrong = faults(ProgrammeFile, content)
    if wrong:
        raise SourceRefused(
            f"{file.name}, {told(wrong, lines)}. Next step: correct it (docs/reference/programme-files.md)."
        )


def check_matching(file: SourceFile, content: Mapping[str, Any], lines: Mapping[tuple[Any, ...], int]) -> None:
    """The matching block by its own grammar, with the line of what isn't right."""
    if content.get("matching") is None:
        return
    try:
        check_policy(content["matching"])
    except PolicyFault as problem:
        path: tuple[Any, ...] = ("matching", *problem.path)
        while path and path not in lines:
            path = path[:-1]
        raise SourceRefused(
            f"{file.name}, line {lines.get(path, 1)}: in matching, {problem.words}. Next step: correct it."
        ) from problem


def check_impact(file: SourceFile, content: Mapping[str, Any], lines: Mapping[Place, int]) -> None:
    """What is declared of the evaluation, by the rules by which it will be estimated, with the line of what isn't right."""
    block = content.get("impact")
    if block is None:
        return
    fault = adjusted_control(block)
    if fault:
        raise SourceRefused(f"{file.name}, line {line_at(lines, ('impact', *CONTROL_PATH))}: in impact, {fault}.")
    try:
        read_declaration(str(content["programme_id"]), json.loads(json.dumps(block, default=str)))
    except DeclarationError as problem:
        line = line_at(lines, ("impact", *problem.place))
        raise SourceRefused(f"{file.name}, line {line}: {problem} Next step: correct it.") from problem


def check_messages(file: SourceFile, content: Mapping[str, Any], lines: Mapping[tuple[Any, ...], int]) -> None:
    """The messages block by its own grammar."""
    try:
        programme_messages(content.get("messages"))
    except MessagesRefused as fault:
        raise SourceRefused(
            f"{file.name}, line {lines.get(('messages',), 1)}: in messages, {fault}. Next step: correct it."
        ) from fault


def check_keys(
    file: SourceFile,
    entry: Any,
    known: frozenset[str],
    lines: Mapping[tuple[Any, ...], int],
    path: tuple[Any, ...],
    what: str,
) -> None:
    """An entry of a list that holds what the contract doesn't know."""
    if not isinstance(entry, Mapping):
        raise SourceRefused(
            f"{file.name}, line {lines.get(path, 1)}: {what} is not a list of `key: value`. Next step: correct it."
        )
    for key in entry:
        if key not in known:
            line = lines.get((*path, str(key)), lines.get(path, 1))
            raise SourceRefused(
                f"{file.name}, line {line}: {what} has no key {str(key)!r}. Next step: correct the spelling; known are {', '.join(sorted(known))}."
            )


def check_needed(file: SourceFile, entry: Mapping[str, Any], names: Sequence[str], line: int) -> None:
    """What no programme can be read without."""
    missing = [name for name in names if entry.get(name) in (None, "", {})]
    if missing:
        raise SourceRefused(f"{file.name}, line {line}: {', '.join(missing)} is missing. Next step: add it.")


def check_row(file: SourceFile, table: str, row: dict[str, Any]) -> None:
    """Types, required fields and allowed values by the contract, so that a slip is told with file and line, not after the run."""
    line = row.get("source_line") or 1
    for column in BY_NAME[table].columns:
        value = row.get(column.name)
        where = f"{file.name}, line {line}: {column.name} of {table}"
        if value is None or value == "":
            if column.required:
                raise SourceRefused(f"{where} is missing. Next step: add it.")
            row[column.name] = None
            continue
        if column.type == "date" and (isinstance(value, datetime) or not isinstance(value, date)):
            raise SourceRefused(f"{where} is {value!r}, not a date such as 2026-01-31. Next step: correct it.")
        if column.type in ("int", "float") and (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (column.type == "int" and value != int(value))
        ):
            raise SourceRefused(f"{where} is {value!r}, not a number. Next step: correct it.")
        if column.type == "text":
            row[column.name] = value = str(value)
        elif column.type in ("int", "float"):
            row[column.name] = int(value) if column.type == "int" else float(value)
        if column.values is not None and value not in column.values:
            raise SourceRefused(f"{where} is {value!r}. Next step: use one of {', '.join(column.values)}.")
