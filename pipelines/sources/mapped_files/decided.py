"""What the owner of a file has said about it, so that a proposal needn't ask again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAMES = "name"
"""The id type of people who are known by their names alone; a list of names says who is meant."""


@dataclass(frozen=True)
class Decided:
    """Answers to a proposal's questions.

    columns: `table.column` (or `table.role`) to the header that fills it, None for no header. formats: header to the format (or formats) of its days or times.
    values: header to the meaning of each of its values, None for none. constants: `table.column` to the one value of all rows.
    dropped: headers that are read into nothing. by_name: whether people may be known by their names.
    pairs_by_start: whether pairs are told apart by their first day too, since two come together again in another table.
    meets_again: whether lines that tell of the same two at the same time are meetings of their own; None where nobody has said.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    formats: Mapping[str, str | list[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    by_name: bool = False
    pairs_by_start: bool = False
    meets_again: bool | None = None

    def found(self, table: str, recognised: Mapping[str, str]) -> dict[str, str]:
        """The recognised columns of `table`, corrected by what was said; a header that fills one column by word of its owner fills no other."""
        said = {name.partition(".")[2]: header for name, header in self.columns.items() if name.startswith(f"{table}.")}
        taken = {header for header in said.values() if header}
        kept = {name: header for name, header in recognised.items() if header not in taken | self.dropped}
        return {name: header for name, header in {**kept, **said}.items() if header}

    def constant(self, table: str, column: str) -> Mapping[str, Any] | None:
        """The entry of `columns:` for a value that holds in all rows; None where none was named."""
        name = f"{table}.{column}"
        return {"const": self.constants[name]} if name in self.constants else None
