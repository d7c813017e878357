"""The handbook's own forms, known again by their questions or by the codes of these, so that nobody has to say what they measure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.first_hour.sheets import Sheet
from pipelines.handbook.forms import said_of
from pipelines.handbook.questions import GOAL_PARTS, WHO, Item, every_item, items_of, words
from pipelines.sources.mapped_files.header_words import folded

FEWEST = 2
"""Questions of the handbook from which on a table is one of its forms: one alone may be anybody's."""
SAID = {"choice": "what was chosen", "number": "how far a goal is", "csat": "satisfaction", "recommendation": "recommendation score"}  # fmt: skip


@dataclass(frozen=True)
class HandbookForm:
    """One of the handbook's forms. items: header to question. who: the header by which people are known, with its id type. name, role: None where the questions don't say."""

    items: Mapping[str, Item] = field(default_factory=dict)
    who: tuple[str, str] | None = None
    name: str | None = None
    role: str | None = None

    @property
    def questions(self) -> dict[str, dict[str, Any]]:
        """The entries of a catalogue of surveys."""
        return {header: item.measures for header, item in self.items.items()}

    def words_of(self, header: str) -> str:
        """What a question is used for."""
        item = self.items[header]
        about, _, part = item.stable_code.partition(".")
        if part == "agreement_signed":
            return "whether the pair has agreed, a milestone"
        if about.startswith("goal_") and part in GOAL_PARTS:
            return "a goal of the person's own"
        return SAID.get(item.kind, (item.construct or "").replace("_", " "))

    def survey(self, role: str, programme_id: str) -> dict[str, Any]:
        """What the form is in a catalogue; nothing where that isn't known. Each export is a survey of its own, so its id stays the file's."""
        told = said_of(self.name, role, programme_id) if self.name else {}
        return {word: value for word, value in told.items() if word != "survey_id"}


def handbook_form(sheet: Sheet, id_type: str) -> HandbookForm | None:
    """The form that a table holds the answers of; None where it is no form of the handbook. id_type: of staff numbers."""
    by_words = {folded(name): item for item in every_item() for name in (item.text, item.code)}
    items = {header: by_words[folded(header)] for header in sheet.header if folded(header) in by_words}
    if len(items) < FEWEST:
        return None
    name, role = _which({item.code for item in items.values()}, folded(sheet.title))
    return HandbookForm(items, _who(sheet, id_type), name, role)


def _who(sheet: Sheet, id_type: str) -> tuple[str, str] | None:
    """The question by which people are known; a code says nothing of the kind, but an address shows."""
    asked = {folded(text): kind for kind, text in words()["identify"].items()}
    for header in sheet.header:
        kind = asked.get(folded(header))
        if kind is None and folded(header) == folded(WHO):
            kind = "email" if sheet.values(header).str.contains("@").all() else "employee_number"
        if kind:
            return header, kind if kind == "email" else id_type
    return None


def _which(codes: set[str], title: str) -> tuple[str | None, str | None]:
    """Form and role: by what is asked; where two forms ask the same, by the title's words."""
    told = words()["forms"]
    alike = [
        (name, role)
        for name in told
        for role in told[name]["roles"]
        if {item.code for item in items_of(name, role)} == codes
    ]
    named = [one for one in alike if folded(one[0]) in title or folded(told[one[0]]["title"]) in title] or alike
    names, roles = {name for name, _ in named}, {role for _, role in named}
    said = [role for role in ("mentee", "mentor") if role in title and role in roles] or sorted(roles)
    return (names.pop() if len(names) == 1 else None), (said[0] if len(said) == 1 else None)
