"""Columns that name a zone (`scheduled_tz`, `home_tz`) by its IANA name, however a source writes it: a zone that nobody knows would leave the day of a meeting to another one in silence."""

import polars as pl

from pipelines.contracts import Table
from pipelines.sources.id_doubts import Tally, tell
from pipelines.sources.times.zones import iana_name
from pipelines.zones import known_zones

_ENDING = "_tz"
UNKNOWN = "values name no time zone that anybody knows: days are those of the source's zone; write IANA names such as Europe/Berlin"


def with_iana_zones(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """The rows with IANA's names of zones; what names none stays as it is, and is told."""
    for column in table.columns:
        if not column.name.endswith(_ENDING) or rows.schema.get(column.name) != pl.String:
            continue
        written = rows[column.name].drop_nulls().unique()
        others = [name for name in written if name not in known_zones()]
        named = {name: zone for name in others if (zone := iana_name(name)) is not None}
        unknown = [name for name in others if name not in named]
        if unknown:
            tell(tally, "unknown_zone", table, column, UNKNOWN, rows[column.name].is_in(unknown))
        if named:
            rows = rows.with_columns(pl.col(column.name).replace(named))
    return rows
