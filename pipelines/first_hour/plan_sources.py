"""The sources of the workspace that comes of a plan: one a kind of table, one of surveys, and one of confirmed names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.first_hour import kinds
from pipelines.first_hour.people import names_source, one_case, same_people, with_one_spelling
from pipelines.first_hour.understanding import Understood
from pipelines.sources.mapped_files.file_days import days_in
from pipelines.sources.records import SourceFile

if TYPE_CHECKING:
    from pipelines.first_hour.plan import Plan

OF_LISTS = (kinds.PEOPLE, kinds.APPLICATIONS, kinds.PAIRS, kinds.MEETINGS)
"""Kinds of which several tables are exports of one list."""


@dataclass(frozen=True)
class Source:
    """One source of the workspace: its connector, its mapping file and its files."""

    connector: str
    mapping: Mapping[str, Any]
    files: tuple[SourceFile, ...]
    holds: tuple[str, ...] = ()


def sources_of(plan: "Plan") -> dict[str, Source]:
    """The sources of the workspace, one a kind of table, and one of confirmed names."""
    found: dict[str, Source] = {}
    for kind in OF_LISTS:
        tables = newest_first([one for one in plan.tables if one.kind == kind and one.mapping])
        if tables:
            found[kind] = _mapped(tables, plan)
    forms = [one for one in plan.tables if one.kind == kinds.SURVEY and one.mapping]
    if forms:
        found[kinds.SURVEY] = _surveys(
            forms, {**same_people(plan.persons), **one_case(plan.tables, plan.people), **plan.one_number}
        )
    names = names_source(plan.persons)
    if names:
        found["names"] = Source("mapped_files", names[1], (names[0],))
    return found


def newest_first(tables: Sequence[Understood]) -> list[Understood]:
    """Tables of one kind, the newest first: by the day in their files' names where each has one, else by the newest day in them."""
    named = days_in([one.sheet.file.name for one in tables])
    if None in named or len({one.sheet.file.name for one in tables}) < len(tables):
        return sorted(tables, key=lambda one: (one.newest or date.min, one.sheet.file.name), reverse=True)
    order = sorted(range(len(tables)), key=lambda at: (named[at] or "", tables[at].sheet.file.name), reverse=True)
    return [tables[at] for at in order]


def _mapped(tables: Sequence[Understood], plan: "Plan") -> Source:
    same, ids = same_people(plan.persons), {**one_case(plan.tables, plan.people), **plan.one_number}
    mappings = [
        with_one_spelling(dict(one.mapping or {}), {}, plan.one_number)
        if one.kind == kinds.PEOPLE
        else with_one_spelling(dict(one.mapping or {}), same, ids)
        for one in tables
    ]
    entries = [{**mapping["files"][0], "format": mapping["format"]} for mapping in mappings]
    if len(entries) > 1:  # exports of one list over time: what the newest says holds
        entries = [{"match": entry["match"], "list": tables[0].kind, **entry} for entry in entries]
    holds = tuple(dict.fromkeys(fact for one in tables for fact in one.holds))
    return Source("mapped_files", {"files": entries}, _files(tables), holds)


def _surveys(forms: Sequence[Understood], same: Mapping[str, str]) -> Source:
    """One catalogue; each survey keeps its own layout, zone and respondent."""
    surveys: list[dict[str, Any]] = []
    for place, one in enumerate(sorted(forms, key=lambda form: form.newest or date.min), start=1):
        catalogue = dict(one.mapping or {})
        for survey in catalogue["surveys"]:
            own = {name: catalogue[name] for name in ("zone", "respondent") if name in catalogue}
            if same and own.get("respondent"):
                own["respondent"] = {**own["respondent"], "same": dict(same)}
            layout = {**catalogue["layout"], **(survey.get("layout") or {})}
            surveys.append({**survey, **own, "layout": layout, "wave_no": place})
    return Source("survey_files", {"surveys": surveys}, _files(forms))


def _files(tables: Sequence[Understood]) -> tuple[SourceFile, ...]:
    return tuple({one.sheet.file.name: one.sheet.file for one in tables}.values())
