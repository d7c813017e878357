"""What the dashboard will show of the files, what it can't measure, and the three sentences at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.first_hour import kinds
from pipelines.first_hour.plan import Plan
from pipelines.first_hour.programme import key_of

NOUNS: Mapping[str, tuple[str, str]] = {
    kinds.PAIRS: ("pair", "pairs"),
    kinds.PEOPLE: ("person", "people"),
    kinds.MEETINGS: ("meeting", "meetings"),
    kinds.SURVEY: ("answer to a survey", "answers to surveys"),
    kinds.APPLICATIONS: ("application", "applications"),
}
MAIN = {
    "pairs": kinds.PAIRS,
    "persons": kinds.PEOPLE,
    "sessions": kinds.MEETINGS,
    "survey_responses": kinds.SURVEY,
    "applications": kinds.APPLICATIONS,
}


@dataclass(frozen=True)
class Outlook:
    """yes: what will be seen. no: what won't be measured, and what it would take."""

    yes: list[str]
    no: list[tuple[str, str]]


def outlook(plan: Plan) -> Outlook:
    """What these files are enough for."""
    there = {one.kind for one in plan.tables}
    columns = {use[1] for one in plan.tables for use in one.columns.values() if use[0] == "used"}
    cadence = any(plan.answers.get(key_of(one, "cadence"), "none") != "none" for one in plan.programmes) or bool(
        plan.given
    )
    yes, no = [], []

    def add(shown: bool, words: str, needed: str) -> None:
        if shown:
            yes.append(words)
        else:
            no.append((words, needed))

    add(kinds.PAIRS in there or bool(plan.given), "pairs and people taking part", "a list of who mentors whom")
    add(kinds.MEETINGS in there, "which pairs meet", "a log of meetings, or the calendars")
    if kinds.MEETINGS in there:
        add(cadence, "meetings against what was agreed", "how often pairs agreed to meet")
    add(kinds.SURVEY in there, "satisfaction", "the export of a form that people answered")
    add(
        kinds.PEOPLE in there and "last day here" in columns,
        "retention",
        "an HR list with first day, last day and people who left",
    )
    add(
        kinds.PEOPLE in there
        and "promotions, once levels are ranked" in columns
        and len(plan.answers.get("|levels", "").split("\n")) > 1,
        "promotion",
        "an HR list with levels over time, and their order",
    )
    add(kinds.APPLICATIONS in there, "who was matched and who waits", "the list of applications with their decisions")
    return Outlook(yes, no)


def counted(number: int, kind: str) -> str:
    """A number of rows of a kind in words: 1 pair, 40 pairs."""
    return f"{number:,} {NOUNS[kind][number != 1]}"


def loaded_sentence(result: Mapping[str, Any], *, done: bool) -> str:
    """What was, or would be, loaded."""
    numbers: dict[str, int] = {}
    for row in result["tables"]:
        kind = MAIN.get(row["table_name"])
        if kind and row["loaded"]:
            numbers[kind] = numbers.get(kind, 0) + int(row["loaded"])
    parts = [counted(numbers[kind], kind) for kind in NOUNS if kind in numbers]
    if not parts:
        return "Nothing was loaded." if done else "Nothing can be loaded."
    return f"{'Loaded' if done else 'Can be loaded'}: {_listed(parts)}."


def held_sentence(result: Mapping[str, Any], *, done: bool) -> str:
    """What was, or would be, left out, and how to mend it."""
    held = int(result.get("held_rows", len(result["held"])))
    if not held:
        return "Not loaded: nothing; every row can be read." if not done else "Not loaded: nothing; every row was read."
    rows = "row" if held == 1 else "rows"
    return f"Not loaded: {held:,} {rows} that can’t be read. Mend {'it' if held == 1 else 'them'} in the table below and load again."


def measured_sentence(result: Mapping[str, Any]) -> str:
    """What can't be measured, and what it would take."""
    missing = result["not_measured"]
    if not missing:
        return "Not measured: nothing; every metric has what it needs."
    named = [f"{_short(one['metrics'])} ({one['missing']})" for one in missing[:3]]
    more = len(missing) - len(named)
    return f"Not measured: {'; '.join(named)}{f'; and {more} more, listed below' if more > 0 else ''}."


def total_rows(result: Mapping[str, Any]) -> int:
    """The records that came in, each once."""
    return sum(int(row["rows_in"]) - int(row["filtered"]) for row in result["tables"] if row["table_name"] in MAIN)


def _short(metrics: Sequence[str]) -> str:
    # a name with a comma of its own, `Active pairs, share`, reads like two before `and 3 more`
    named = next((name for name in metrics if "," not in name), metrics[0]) if metrics else ""
    first = named[:1].lower() + named[1:]
    return first if len(metrics) == 1 else f"{first} and {len(metrics) - 1} more"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
