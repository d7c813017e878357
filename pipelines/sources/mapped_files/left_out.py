"""What a proposed mapping leaves out, and what that costs: a column of dates is never put aside in silence."""

import re
from collections.abc import Sequence

from pipelines.sources.mapped_files.draft import Draft
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.mapped_files.written_times import DATE_FORMATS, patterns_of, time_formats

SECRET = re.compile(
    r"password|passwort|mot de passe|contrasena|\bssn\b|social security|sozialversicherung|securite sociale|seguridad social|\biban\b|\bbank|salary|gehalt|salaire|salario|"
    r"tax id|steuer|\bbirth|geburt|naissance|nacimiento"
)
MOSTLY = 0.9  # share of a column's values that are dates
EMPLOYMENT = {
    "latest_hire_date": "the day of hire: without it nobody has a length of service, and retention has no beginning",
    "termination_date": "the last day of work: without it nobody is known to have left, and retention can't be counted",
}


def ask_about_unused(draft: Draft, unused: Sequence[str]) -> None:
    """Name the columns that shouldn't be in the export, and those that hold dates nobody has placed."""
    for name in unused:
        if SECRET.search(folded(name)):
            draft.notes.ask(
                f"{name!r} looks like a secret, pay or a date of birth: leave it out of the export; it is never loaded"
            )
        elif _holds_dates(draft, name):
            draft.notes.ask(
                f"{name!r} holds dates and is read into nothing. Which column do they fill? Add it to `columns:`, or leave it under `ignore:`"
            )


def tell_of_employment(draft: Draft) -> None:
    """Name the days of hire and leaving that no header was known for, with what is lost."""
    if {"class_year", "degree"} & draft.found("persons").keys():
        return
    for column, cost in EMPLOYMENT.items():
        if column not in draft.found("persons"):
            draft.notes.tell(f"no header is known for {cost}. Name its column under `{column}:` if the file has one")


def _holds_dates(draft: Draft, name: str) -> bool:
    values = draft.values(name)
    if values.is_empty():
        return False
    return max(patterns_of(values, (*DATE_FORMATS, *time_formats())).values(), default=0) >= MOSTLY * values.len()
