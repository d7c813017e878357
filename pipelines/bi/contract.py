"""The contract: which tables and columns tools may build on, and which version a change of it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

TYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class BiColumn:
    """One column. type: a key of TYPES. meaning: for who builds on it."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class BiTable:
    """One table. grain: what a row is. key: columns that tell rows apart."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[BiColumn, ...]

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}


@dataclass(frozen=True)
class BiContract:
    """version: major, minor, patch."""

    version: tuple[int, int, int]
    tables: tuple[BiTable, ...]

    @property
    def version_words(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def types(self) -> dict[str, dict[str, str]]:
        """Type of each column, by table."""
        return {table.name: table.types for table in self.tables}


def read_contract(text: str) -> BiContract:
    """The contract from its YAML. Raises KeyError, TypeError or ValueError where something is missing, unknown, or of an unknown type."""
    content = yaml.safe_load(text)
    major, minor, patch = (int(part) for part in content["version"].split("."))
    return BiContract((major, minor, patch), tuple(_table(name, entry) for name, entry in content["tables"].items()))


def _table(name: str, entry: Mapping[str, Any]) -> BiTable:
    columns = tuple(BiColumn(column, **told) for column, told in entry["columns"].items())
    unknown = [column.name for column in columns if column.type not in TYPES]
    unknown += [column for column in entry["key"] if column not in entry["columns"]]
    if unknown:
        raise ValueError(f"{name}: {', '.join(unknown)} isn't a column of a known type.")
    return BiTable(name, entry["grain"], tuple(entry["key"]), columns)


CONTRACT = read_contract(files(__package__).joinpath("contract.yaml").read_text(encoding="utf-8"))


def least_version(
    released: Mapping[str, Mapping[str, str]], version: tuple[int, int, int], new: BiContract
) -> tuple[int, int, int]:
    """The lowest version that `new` may have after a release with these types: major where something was taken away or changed, minor where something was added."""
    major, minor, _ = version
    for table, columns in released.items():
        for column, kind in columns.items():
            if new.types.get(table, {}).get(column) != kind:
                return (major + 1, 0, 0)
    if new.types != {table: dict(columns) for table, columns in released.items()}:
        return (major, minor + 1, 0)
    return version
