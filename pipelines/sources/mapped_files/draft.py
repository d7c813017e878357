"""A mapping while it is proposed: its tables, which headers they use, and what is asked and said on the way."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, Column
from pipelines.sources.cleaning import TOTAL
from pipelines.sources.mapped_files.column_proposals import Notes, proposed_spec
from pipelines.sources.mapped_files.decided import Decided
from pipelines.sources.mapped_files.file_layout import Layout
from pipelines.sources.mapped_files.header_words import ROLES, recognised


class Draft:
    """The tables of a mapping while they are written, with the headers that they use."""

    def __init__(self, layout: Layout, source_id: str, zone: str | None, decided: Decided | None = None) -> None:
        self.layout = layout
        self.source_id = source_id
        self.decided = decided or Decided()
        self.notes = Notes(zone, self.decided)
        self.used: set[str] = set()
        self.numbers: list[str] = []
        self.repeats: dict[str, list[str]] = {}
        self.tables: list[dict[str, Any]] = []

    def values(self, header: str) -> pl.Series:
        """The filled cells of a column, trimmed, without totals and notes."""
        values = self.layout.text.rows[header].str.strip_chars(" \t\u00a0\r").replace("", None).drop_nulls()
        return values.filter(~(values.str.contains(TOTAL) & values.str.contains(r"^\D")))

    def found(self, table: str) -> dict[str, str]:
        """Columns of `table` that the headers name."""
        return self.decided.found(table, recognised(table, self.layout.header))

    def sides(self) -> dict[str, str]:
        """Role to the header that names its people."""
        found = self.found("pair_members")
        return {role: found[role] for role in ROLES if role in found}

    def pair_parts(self) -> list[str]:
        """The headers that tell pairs apart where no column numbers them: who, and where the same two come twice, since when. Empty where somebody isn't named."""
        sides, start = list(self.sides().values()), self.found("pairs").get("actual_start_date")
        if len(sides) < len(ROLES):
            return []
        repeats = self.decided.pairs_by_start or bool(
            self.layout.text.rows.select(sides).drop_nulls().is_duplicated().any()
        )
        return [*sides, *([start] if start and repeats else [])]

    def each(self, parts: list[str]) -> list[str]:
        """`parts`, which tell meetings apart; where lines repeat them and are meetings of their own, with a column that counts them in place of the first."""
        again = int(self.layout.text.rows.select(parts).drop_nulls().is_duplicated().sum())
        if not again or self.decided.meets_again is False:
            return parts
        if self.decided.meets_again is None:
            self.notes.ask(
                f"{again:,} lines tell of the same {' and '.join(map(repr, parts))} as another: are they meetings of their own? Then write "
                f"`repeats: {{each: [{', '.join(parts)}]}}` on the file and `each` for {parts[0]!r} in `key:` and session_id; else they count once"
            )
            return parts
        name = f"{parts[0]} (each)"
        self.repeats[name] = parts
        return [name, *parts[1:]]

    def spec(self, column: Column, header: str) -> dict[str, Any] | None:
        """How `header` is read into `column`; None where it can't be."""
        spec = proposed_spec(column, header, self.values(header), self.notes, self.source_id)
        self.used.add(header)
        if spec is not None and spec.get("number"):
            self.numbers.append(header)
        return spec

    def add(self, table: str, given: Mapping[str, Mapping[str, Any]] | None = None, **words: Any) -> None:
        """Add `table`: what the headers name, what is `given`, and a question for every required column that is left."""
        contract, given = BY_NAME[table], dict(given or {})
        columns: dict[str, Any] = {}
        for column in contract.columns:
            header = self.found(table).get(column.name)
            constant = self.decided.constant(table, column.name)
            if constant is not None:
                columns[column.name] = dict(constant)
            elif column.name in given:
                columns[column.name] = given[column.name]
            elif header is not None and (spec := self.spec(column, header)) is not None:
                columns[column.name] = spec
        if "level" in columns and "from" in columns["level"]:
            columns["level_rank"] = {"from": columns["level"]["from"], "level_rank": True}
        derived = {"job_history": "seq", "employment_spells": "spell_no"}.get(table)
        if derived and derived not in columns:
            words["derive"] = [table]
        for column in contract.columns:
            if column.required and column.name not in columns and column.name != derived:
                columns[column.name] = self._required(column)
        self.tables.append({"table": table, **words, "columns": columns})

    def _tells_apart(self, name: str) -> bool:
        """Whether a column never repeats and isn't a count of the rows, which another export begins anew."""
        values = self.values(name)
        height = self.layout.text.rows.height
        return values.n_unique() == height and values.to_list() != [str(n) for n in range(1, height + 1)]

    def _required(self, column: Column) -> dict[str, Any]:
        if column.name == "person_kind":
            self.notes.tell(
                "everybody is an employee; correct `person_kind` if they are contractor, student, alumnus or external"
            )
            return {"const": "employee"}
        if column.name == "assignment_id":
            return {"const": "primary"}
        allowed = f" (one of {', '.join(column.values)})" if column.values else ""
        self.notes.ask(
            f"{column.name} is required and no header is known for it: {column.description}{allowed} Write `from:` or `const:`"
        )
        return {}

    def key(self, table: str) -> list[str]:
        """Headers that tell the rows apart: the contract's key where it is there, else the first column without repeats."""
        found = self.found(table)
        named = [found[name] for name in BY_NAME[table].key if name in found]
        if named and self.layout.text.rows.select(named).is_duplicated().mean() in (0.0, None):
            return named
        height = self.layout.text.rows.height
        alone = [name for name in self.layout.header if height and self._tells_apart(name)]
        sides = list(self.sides().values())
        when = [found[name] for name in ("scheduled_start_at", "start_time") if name in found]
        if table == "sessions" and when and not named:
            who = [found["pair_id"]] if "pair_id" in found else sides
            if "pair_id" in found or len(who) == len(ROLES):
                return self.each([*when, *who])
        if table == "pairs" and not named and self.pair_parts():
            return self.pair_parts()
        if alone and not named:
            self.notes.tell(f"{alone[0]!r} tells the rows apart (`key:`), since it never repeats here")
            self.used.add(alone[0])
            return alone[:1]
        if not named:
            self.notes.ask(
                f"which column tells the rows apart? Write it under `key:` ({', '.join(self.layout.header)})"
            )
        elif table == "persons" and "latest_hire_date" in found:
            return [*named, found["latest_hire_date"]]  # people who came back have a line an employment
        elif height:
            self.notes.tell(
                f"{' and '.join(map(repr, named))} repeats in this file; the rows that come later are quarantined or count as repeats. Add a column to `key:` if they differ"
            )
        return named
