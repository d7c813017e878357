"""The managers of everybody up to the top, from both sheets."""

from collections.abc import Mapping

from pipelines.matching_inputs.cells import says_nothing
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.people_named import named_in
from pipelines.matching_inputs.sheets import Sheet, cells_of, some


def reporting_lines(sheets: Mapping[str, Sheet], register: Register, said: list[str]) -> dict[str, list[str]]:
    """The managers of everybody, up to the top: over both sheets, and by whatever a cell names them."""
    above: dict[str, set[str]] = {}
    outside: dict[str, list[str]] = {}
    for sheet in sheets.values():
        columns = [sheet.columns.chosen.get("manager"), *sheet.columns.more.get("manager", ())]
        named = [
            (person, text)
            for one in columns
            for person, text in zip(sheet.people, cells_of(sheet.rows, one), strict=True)
        ]
        for person, text in named:
            if text is None or says_nothing(text):
                continue
            key = register.keys[person.side, person.row]
            found = register.found(text) - {key}
            near = None if found else register.resembles(text)
            if near and near != key:
                said.append(f"{sheet.file}: manager {text!r} is read as {near}.")
                found = {near}
            if not found:
                outside.setdefault(sheet.file, []).append(text)
            above.setdefault(key, set()).update(found or {text})
        for person, text in zip(sheet.people, cells_of(sheet.rows, sheet.columns.chosen.get("reports")), strict=True):
            for report in named_in(text, register, "mentees", one_each=False).keys:
                above.setdefault(report, set()).add(register.keys[person.side, person.row])
    for file, unknown in outside.items():
        said.append(f"{file}: manager names {some(unknown)}, in neither sheet; the reporting line ends there.")
    return {key: _line(key, above) for key in above}


def _line(person: str, above: Mapping[str, set[str]]) -> list[str]:
    """Managers up to the top; a loop in the sheet ends the line."""
    line: list[str] = []
    waiting = sorted(above.get(person, ()))
    while waiting:
        manager = waiting.pop(0)
        if manager != person and manager not in line:
            line.append(manager)
            waiting += sorted(above.get(manager, ()))
    return line
