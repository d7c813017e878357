"""A proposed mapping made whole: what is open is taken out, what was said is put in, totals and examples are left out and counted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contracts import BY_NAME, Column
from pipelines.counted import counted
from pipelines.first_hour.examples import MARK
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.columns_read import columns_read, in_the_file
from pipelines.sources.mapped_files.proposal import Proposal

STRUCK = "struck through"
"""The column that says so of a row, where such rows are left out."""
PLAIN = {"scheduled_start_at": "on which day they met"}
DERIVED = frozenset({"seq", "spell_no"})


@dataclass
class Finished:
    """mapping: a whole mapping file. missing: what its main table can't do without, in words; None where nothing is. left_out, notes: in words."""

    mapping: dict[str, Any]
    missing: str | None = None
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def finished(
    sheet: Sheet, proposal: Proposal, specs: Mapping[str, Mapping[str, Any]], excluded: Mapping[str, Sequence[str]]
) -> Finished:
    """The proposal as it will be written. specs: `table.column` to its entry. excluded: header to values whose rows aren't loaded."""
    entry = dict(proposal.mapping["files"][0])
    taken = [without_keywords(note) for note in proposal.notes.taken if "sheet" not in note]
    done = Finished({**proposal.mapping, "files": [entry]}, notes=[*proposal.notes.until_then, *taken])
    if sheet.tab is not None:
        struck = {"struck": STRUCK} if sheet.without_struck else {}
        done.mapping["format"] = {**proposal.mapping["format"], "sheet": sheet.tab, **struck}
    main = proposal.table
    tables = []
    for spec in entry["tables"]:
        whole, missing = _whole(spec, specs)
        if missing and spec["table"] == main:
            done.missing = f"{sheet.title}: no column says {_in_words(missing)}."
        if not missing:
            tables.append(whole)
    where, left_out = _excluded(sheet, excluded)
    done.left_out = [*sheet.around, *left_out]
    entry["tables"] = [{**spec, **({"where": where} if where else {})} for spec in tables]
    entry["required"] = [name for name in in_the_file(_required(entry), entry) if name in sheet.own_names]
    read = set(columns_read(entry))
    entry["ignore"] = [name for name in sheet.header if name not in read]
    return done


def _in_words(missing: Sequence[Column]) -> str:
    """What a table can't do without, in words; a key that is made of what is missing isn't asked for beside it."""
    told = [column for column in missing if column.name != "session_id"] or list(missing)
    return ", ".join(PLAIN.get(column.name) or column.description.rstrip(".").lower() for column in told)


def without_keywords(note: str) -> str:
    """A note of `impact map` for people who see no mapping: without the words of mapping files and what is to be written there."""
    first, *more = re.split(r"(?<=[;.]) ", re.sub(r" \(`[^`]*`\)", "", note))
    kept = [first, *(part for part in more if "`" not in part and not part.startswith("take "))]
    return " ".join(kept).rstrip(";.").replace("`", "")


def _whole(spec: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], list[Column]]:
    """The table's entry without columns that nothing fills yet, and the required ones among them."""
    contract = BY_NAME[spec["table"]]
    columns: dict[str, Any] = {}
    missing = []
    for name in dict.fromkeys(
        [*spec["columns"], *(n.partition(".")[2] for n in said if n.startswith(f"{contract.name}."))]
    ):
        column = dict(said.get(f"{contract.name}.{name}") or spec["columns"].get(name) or {})
        if _is_whole(contract.column(name), column):
            columns[name] = column
        elif contract.column(name).required and name not in DERIVED:
            missing.append(contract.column(name))
    return {**spec, "columns": columns}, missing


def _is_whole(column: Column, spec: Mapping[str, Any]) -> bool:
    if not spec or (spec.get("from") is None and "const" not in spec and "template" not in spec):
        return False
    needs_format = column.type in ("date", "instant") and "const" not in spec
    return not needs_format or column.type in spec


def _excluded(sheet: Sheet, excluded: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[str]]:
    """`where:` of all tables, and in words what it leaves out."""
    where: dict[str, Any] = {header: {"not": list(values)} for header, values in excluded.items()}
    words = [f"rows whose “{header}” is {' or '.join(values)}" for header, values in excluded.items()]
    for header, cells in sheet.totals.items():
        where.setdefault(header, {"not": []})["not"] += cells
        words.append("the total at the end" if len(cells) == 1 else "lines of totals")
    if sheet.without_struck:
        where[STRUCK] = {"not": ["yes"]}
        words.append(f"{counted(len(sheet.struck), 'row')} struck through")
    marked = marked_examples(sheet)
    if marked:
        header, cells = next(iter(marked.items()))
        where.setdefault(header, {"not": []})["not"] += cells
        words.append(f"{sheet.examples} example {'row' if sheet.examples == 1 else 'rows'} of the template")
    return where, words


def marked_examples(sheet: Sheet) -> dict[str, list[str]]:
    """Header to the cells in it that mark the rows of a template's examples."""
    found = {}
    for name in sheet.header:
        texts = sheet.layout.text.rows[name].str.strip_chars()
        marked = texts.filter(texts.str.starts_with(MARK)).unique().sort().to_list()
        if marked:
            found[name] = marked
    return found


def _required(entry: Mapping[str, Any]) -> list[str]:
    """The headers without which the next export of this kind isn't read: those that fill a required column."""
    found: list[str] = [str(name) for name in entry.get("key", [])]
    for spec in entry["tables"]:
        for name, column in spec["columns"].items():
            if BY_NAME[spec["table"]].column(name).required and isinstance(column.get("from"), str):
                found.append(column["from"])
    return list(dict.fromkeys(found))
