"""Rows of a database as a frame: a column of one type keeps it; one of several, as SQLite allows and MySQL's zero days make, is text, each value as it would be written alone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

_BYTES = (str, bytes)


def frame_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """The rows with typed columns."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    found = {name: _of_one_type(column) for name, column in zip(names, columns, strict=True)}
    return pl.DataFrame(found, strict=False, infer_schema_length=None)


def _of_one_type(values: Sequence[Any]) -> Sequence[Any]:
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) < 2:
        return values
    if kinds == set(_BYTES):  # whether bytes are text is judged where all columns of bytes are
        return [value.encode() if isinstance(value, str) else value for value in values]
    return [None if value is None else _written(value) for value in values]


def _written(value: Any) -> str:
    """A value as `text_column` writes a column of its type."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value.isoformat() if isinstance(value, date) else str(value)
