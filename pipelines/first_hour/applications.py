"""Applications as forms and people keep them: what tells them from answers to a survey, as whom somebody applies, and what a matching reads of them."""

import re
from collections.abc import Mapping
from typing import Any

from pipelines.first_hour.columns import is_free_text
from pipelines.first_hour.sheets import Sheet
from pipelines.matching_inputs.headers import SIDES, asks_for
from pipelines.sources.mapped_files.header_words import ROLES, folded

BOTH_ROLES = frozenset(
    "both|as both|either|mentor and mentee|mentee and mentor|beides|beide|les deux|ambos|ambas|entrambi|allebei|molemmat|bada|begge|oba|her ikisi".split(
        "|"
    )
)
"""Who says both is of neither role alone."""
MOST_ROLES = 4
OF_A_MATCHING = frozenset(
    {
        "skills",
        "topics",
        "goals",
        "interests",
        "availability",
        "preferred",
        "excluded",
        "previous",
        "demand",
        "capacity",
        "languages",
    }
)
"""What a form asks so that mentors and mentees can be matched."""
_ASKS_FOR_PARTNERS = frozenset({"capacity", "demand", "preferred"})
_TOLD = re.compile(
    r"\b(did|have you (learned|learnt|gained)|was|were|has|had|so far|haben sie|hast du|avez vous|as tu|has aprendido)\b"
)
"""What asks about what has been, as a survey does."""
_OF_APPLICATIONS = re.compile(
    r"\b(applications?|applicants?|sign ?ups?|registrations?|enrol\w*|bewerb\w*|anmeld\w*|candidat\w*|inscri\w*|solicitud\w*|iscrizion\w*|aanmeld\w*|hakemu\w*|ansok\w*|soknad\w*|ansogning\w*|zgloszen\w*|basvuru\w*)\b|応募|申込|申请|报名|신청"
)


def role_column(sheet: Sheet) -> tuple[str | None, dict[str, list[str]]]:
    """The column whose few words all say mentor or mentee, and role to its words; None and nothing where there is none."""
    for name in sheet.header:
        words = [word for word in sheet.values(name).unique().to_list() if folded(word) not in BOTH_ROLES]
        by_word = {word: role for word in words for role in ROLES if set(folded(word).split()) & ROLES[role]}
        if words and len(words) <= MOST_ROLES and len(by_word) == len(words):
            return name, {
                role: sorted(w for w in by_word if by_word[w] == role) for role in ROLES if role in by_word.values()
            }
    return None, {}


def role_of_all(sheet: Sheet) -> str | None:
    """The role for which everybody in a table applies, by what it is called: `Mentor applications`; None where that says neither or both."""
    words = set(folded(f"{sheet.tab or ''} {sheet.file.name.rpartition('.')[0]}").split())
    named = [role for role in ROLES if words & ROLES[role]]
    return named[0] if len(named) == 1 else None


def asks_for_a_matching(sheet: Sheet) -> bool:
    """Whether a form asks what is wanted or offered and how many partners, in order to find some."""
    asked = {name: {asks_for(name, side) for side in SIDES} for name in sheet.header}
    if any(meanings & _ASKS_FOR_PARTNERS for meanings in asked.values()):
        return True
    wants = any("skills" in meanings and not _TOLD.search(folded(name)) for name, meanings in asked.items())
    role, words = role_column(sheet)
    called = _OF_APPLICATIONS.search(folded(f"{sheet.tab or ''} {sheet.file.name}"))
    return (wants and ((role is not None and len(words) > 1) or bool(called))) or (bool(called) and role is not None)


def with_open_decisions(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in which an application without a decision counts as open; a word that nobody knows yet does so too, told."""
    entries = []
    for entry in mapping["files"]:
        tables = [
            {**spec, "columns": {name: _or_open(name, column) for name, column in spec["columns"].items()}}
            for spec in entry["tables"]
        ]
        entries.append({**entry, "tables": tables})
    return {**mapping, "files": entries}


def _or_open(name: str, column: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**column, "default": "pending"} if name == "decision" and "from" in column else column


def matched_by(header: str) -> bool:
    """Whether a matching reads a column of applications."""
    return not is_free_text(header) and any(asks_for(header, side) in OF_A_MATCHING for side in SIDES)
