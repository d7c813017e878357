"""Who belongs to which group, from a file of its own: for a declared quota and the audit, never for a score."""

from pathlib import Path

import polars as pl

from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.sheet_files import read_table
from pipelines.matching_inputs.sheet_terms import SheetRefused

GROUP_COLUMNS = {
    "person": ("person", "id", "person_id", "person_key", "application_id", "employee_id", "mentee", "mentor", "email", "e_mail", "full_name", "name"),
    "attribute": ("attribute", "kind"),
    "value": ("value", "group"),
}  # fmt: skip


def read_groups(path: Path, people: set[str]) -> pl.DataFrame:
    """person_key, attribute, value: for a quota and the audit only. people: ids of both sheets; others are left out. Raises `SheetRefused`."""
    words = {word for names in GROUP_COLUMNS.values() for word in names}
    frame = read_table(path, lambda cells: len({plain(cell) for cell in cells} & words))
    by_plain = {plain(column): column for column in reversed(frame.columns)}
    chosen = {
        name: next((by_plain[word] for word in words if word in by_plain), None)
        for name, words in GROUP_COLUMNS.items()
    }
    missing = [name for name, column in chosen.items() if column is None]
    if missing:
        raise SheetRefused(
            f"{path.name} has no column {' or '.join(missing)}. Next step: write the columns person, attribute, value, such as ann, site, Berlin."
        )
    groups = frame.select(
        pl.col(str(column)).str.strip_chars().replace("", None).alias(name) for name, column in chosen.items()
    ).drop_nulls()
    twice = groups.filter(pl.struct("person", "attribute").is_duplicated())
    contradicted = twice.unique().filter(pl.struct("person", "attribute").is_duplicated())
    if contradicted.height:
        person, attribute, _ = contradicted.sort("person", "attribute").row(0)
        raise SheetRefused(f"{path.name}: {person} has two values of {attribute}. Next step: keep one.")
    known = groups.filter(pl.col("person").is_in(sorted(people))).unique(maintain_order=True)
    if known.is_empty():
        raise SheetRefused(
            f"{path.name} names nobody of the two sheets. Next step: use the same ids as there in its column {chosen['person']!r}."
        )
    return known.rename({"person": "person_key"})
