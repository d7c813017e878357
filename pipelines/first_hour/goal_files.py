"""Goals changed or declared in a programme's own file: every other line, comment and order stays, and what isn't SMART never gets in."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.registry.programme_files import read
from pipelines.whole_files import write_whole

UNITS = {
    "percent": "percent: the share aimed at",
    "points": "points: added to the baseline, or taken away where down is better",
    "relative_percent": "relative percent: a share of the baseline",
    "score": "score: the value aimed at, on the metric's scale",
    "days": "days: the value aimed at",
    "count": "count: the number aimed at",
}
"""What a target may be given in, and what that means."""


def programme_paths(workspace_file: Path) -> dict[str, Path]:
    """Programme id to its file, of one workspace."""
    folders = yaml.safe_load(workspace_file.read_text(encoding="utf-8")).get("programmes", "programmes")
    found = {}
    for folder in [folders] if isinstance(folders, str) else folders:
        for path in sorted((workspace_file.parent / folder).glob("*.y*ml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
            if isinstance(content, Mapping) and content.get("programme_id"):
                found[str(content["programme_id"])] = path
    return found


def name_in(path: Path) -> str:
    """The programme's name as its file has it."""
    content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    return str(content.get("name") or content["programme_id"])


def goals_in(path: Path) -> dict[str, dict[str, Any]]:
    """Goal id to the goal as the file declares it, under one name where the file may use either of two."""
    content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    return {str(goal["goal_id"]): _by_one_name(goal) for goal in content.get("goals") or []}


def _by_one_name(goal: Mapping[str, Any]) -> dict[str, Any]:
    names = {"metric": "metric_id", "target_value": "target"}
    found = {names.get(name, name): value for name, value in goal.items()}
    kind, value = (found.pop(f"segment_{part}", None) for part in ("kind", "value"))
    if kind is not None:
        found["segment"] = {"kind": kind, "value": value}
    return found


def write_goal(path: Path, goal: Mapping[str, Any]) -> None:
    """Put a goal in the place of the one of its id, or after the last one. Raises SourceRefused, with the file as it was, where the result isn't a programme with SMART goals."""
    before = path.read_text(encoding="utf-8-sig")
    after = with_goal(before, goal)
    read([SourceFile(path.name, after.encode())], {})
    write_whole(path, after)


def with_goal(text: str, goal: Mapping[str, Any]) -> str:
    """The file's text with the goal in it. Raises SourceRefused where anything else would change with it."""
    editor = _editor(text)
    content = editor.load(text)
    goals = content.setdefault("goals", []) if content.get("goals") is not None else []
    place = next((place for place, one in enumerate(goals) if str(one.get("goal_id")) == goal["goal_id"]), len(goals))
    if place == len(goals):
        goals.append({name: _plain(value) for name, value in goal.items()})
    else:
        _update(goals[place], goal)
    content["goals"] = goals
    written = StringIO()
    editor.dump(content, written)
    if yaml.safe_load(written.getvalue()) != _expected(text, goal, place):
        raise SourceRefused(
            "This file is written in a way that can't be changed here without changing more. Next step: edit it by hand."
        )
    return written.getvalue()


def _expected(text: str, goal: Mapping[str, Any], place: int) -> dict[str, Any]:
    content = yaml.safe_load(text)
    goals = list(content.get("goals") or [])
    goals[place : place + 1] = [dict(goal)]
    return {**content, "goals": goals}


def _editor(text: str) -> YAML:
    """Keeps quotes, comments and the file's own indentation, and breaks no line."""
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 100_000
    indented = re.search(r"^[A-Za-z_]+:[^\n]*\n(?: *#[^\n]*\n| *\n)*( *)- ", text, flags=re.MULTILINE)
    offset = len(indented[1]) if indented else 2
    editor.indent(mapping=2, sequence=2 + offset, offset=offset)
    return editor


def _update(there: Any, goal: Mapping[str, Any]) -> None:
    """Only what changed is written anew."""
    for name in [name for name in there if name not in goal]:
        del there[name]
    for name, value in goal.items():
        if name not in there or there[name] != value:
            there[name] = _plain(value)


def _plain(value: Any) -> Any:
    """The value so that it is read as what it is: text that looks like something else (yes, 12, 2026-01-01) in quotes."""
    needs_none = isinstance(value, str) and yaml.safe_dump(value, width=100_000, allow_unicode=True).startswith(
        f"{value}\n"
    )
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not needs_none else value


def new_id(programme_id: str, statement: str, taken: Iterable[str]) -> str:
    """An id for a goal, of its programme and the first words of what it says."""
    words = re.findall(r"[a-z0-9]+", statement.lower())
    stem = "-".join([programme_id.replace("_", "-"), *[word for word in words if len(word) > 3][:3]])
    there = set(taken)
    return next(name for name in [stem, *(f"{stem}-{number}" for number in range(2, 10_000))] if name not in there)


def goal_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """A goal as a file holds it: empty answers left out, whole numbers without a fraction."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in answers.items()
        if value not in (None, "") or isinstance(value, date)
    }
