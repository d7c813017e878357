"""What a canonical table is made of: columns with type, privacy class and allowed values."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

ColumnType = Literal["text", "date", "instant", "int", "float", "bool"]

POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "bool": pl.Boolean(),
}
DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "date": "date",
    "instant": "timestamptz",
    "int": "bigint",
    "float": "double",
    "bool": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    minimum, maximum: inclusive bounds for numbers and ISO dates. opaque: only equality matters (a calendar's UID may hold an
    address), so the loader replaces the value by its keyed hash.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    pii: Literal["P0", "P1", "P2", "P3", "F"] = "P0"
    values: tuple[str, ...] | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    reference: bool = False
    opaque: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table: its schema in the warehouse, its key and its columns (lineage columns are added to each)."""

    name: str
    schema: str
    key: tuple[str, ...]
    grain: str
    columns: tuple[Column, ...]

    @property
    def address(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def business_schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, without the lineage columns."""
        return {c.name: POLARS_TYPES[c.type] for c in self.columns}

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return (*self.columns, *LINEAGE)

    def column(self, name: str) -> Column:
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.address} has no column {name!r}; see pipelines/contracts/")


def text(name: str, description: str, **more: Any) -> Column:
    """A text column."""
    return Column(name, "text", description, **more)


def key(name: str, description: str) -> Column:
    """A required key of a record; pseudonymous."""
    return Column(name, "text", description, required=True, pii="P1")


def person(name: str, description: str, *, required: bool = False) -> Column:
    """A person, delivered as a typed reference and hashed at load."""
    return Column(name, "text", description, required=required, pii="P1", reference=True)


EARLIEST, LATEST = "1930-01-01", "2100-01-01"
"""Times outside are slips: a cell that holds an hour alone lies in 1899, milliseconds read as seconds in the year 58000."""


def day(name: str, description: str, **more: Any) -> Column:
    """A date, taken as written; outside 1930 to 2100 it is a slip."""
    return Column(name, "date", description, minimum=EARLIEST, maximum=LATEST, **more)


def instant(name: str, description: str, **more: Any) -> Column:
    """An instant, UTC; outside 1930 to 2100 it is a slip."""
    return Column(name, "instant", description, minimum=EARLIEST, maximum=LATEST, **more)


def integer(name: str, description: str, **more: Any) -> Column:
    """A whole number."""
    return Column(name, "int", description, **more)


def number(name: str, description: str, **more: Any) -> Column:
    """A number."""
    return Column(name, "float", description, **more)


def flag(name: str, description: str, **more: Any) -> Column:
    """Yes or no."""
    return Column(name, "bool", description, **more)


LINEAGE: tuple[Column, ...] = (
    text("source_system", "Kind of system the row came from, for example bamboohr or csv.", required=True),
    text("source_instance", "The configured source (tenant); identity is unique within it.", required=True),
    text("source_record_id", "The source's own id of the record, hashed where it identifies a person."),
    instant("extracted_at", "When the bytes were taken from the source, UTC.", required=True),
    instant("source_updated_at", "When the source last changed the record, where it says so."),
    text(
        "recorded_tz",
        "IANA zone in which the record's instants are days: the event's own, else the source's, else the workspace's.",
        required=True,
    ),
    text("load_id", "The load that wrote the row: hash of the source's files and its mapping.", required=True),
    text("row_hash", "SHA-256 over the business columns, first 32 hex digits.", required=True),
    flag("is_deleted", "True when the source no longer delivers the record.", required=True),
    text("source_file", "File in the landing zone that held the row.", required=True),
    integer("source_line", "Line (1-based) or record number in that file."),
)

OBJECTIVES = (
    "career_development",
    "onboarding",
    "diversity_inclusion",
    "leadership_readiness",
    "retention_engagement",
    "knowledge_transfer",
    "skill_building",
)
SOURCE_FACTS = (
    "leavers",
    "past_levels",
    "past_jobs",
    "missed_sessions",
    "pair_endings",
    "done_milestones",
    "goal_results",
    "applications",
)
PERSON_KINDS = ("employee", "contractor", "student", "alumnus", "external")
ROLES = ("mentor", "mentee")
MILESTONES = ("agreement_signed", "goals_set", "mid_check_in", "closing_assessment")
"""What a pair reaches on its way."""
DECISION_KINDS = ("lock", "unlock", "forbid", "allow", "swap", "capacity", "approve", "withdraw", "publish", "undo")
