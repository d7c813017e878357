"""What every engine of the models is: the environment that its programs read, the way of the tables there and back, and what it leaves to DuckDB."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import duckdb

from pipelines.engines.tables import Table
from pipelines.told import ToldInWords


class EngineRefused(ToldInWords, RuntimeError):
    """The engine can't be reached or isn't as it must be; the message says what to do."""


class Engine(Protocol):
    """An engine that dbt builds the models on."""

    @property
    def name(self) -> str:
        """Of the target in dbt's profile."""

    @property
    def left_to_duckdb(self) -> tuple[str, ...]:
        """Kinds of dbt's nodes that DuckDB builds all the same; the engine gets what they made."""

    def environment(self) -> Mapping[str, str]:
        """What the engine's programs and dbt's profile read, for the process that builds the models."""

    def beside(self, folder: Path) -> "Engine":
        """The engine, with what it needs a place on this machine for in a folder of the run's own."""

    def clear(self) -> None:
        """Remove what doesn't stay between runs."""

    def send(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> int:
        """Replace tables of the engine by those of the warehouse; returns the rows sent. Raises EngineRefused."""

    def bring_back(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table], declared: Mapping[Table, Mapping[str, str]]) -> int:  # fmt: skip
        """Replace tables of the warehouse by the engine's; returns the rows. declared: DuckDB's types of columns that have a contract. Raises EngineRefused."""
