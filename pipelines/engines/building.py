"""The way of the tables around a build on another engine: there, and back."""

import shutil
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.builds.made_from import forget_all
from pipelines.engines.chosen import declared_types, environment_of, filled_columns, read_by, tables_of
from pipelines.engines.engine import Engine, EngineRefused
from pipelines.engines.lake import private
from pipelines.engines.tables import Table, columns_of, replace_with
from pipelines.warehouse import connect, transaction

NOT_FOR_DATA = "unit_test"
"""Judges the SQL; DuckDB's is the one that it is written in."""


class Step(NamedTuple):
    """One call of dbt. target: of its profile. nodes: how the nodes are chosen, as arguments."""

    target: str
    nodes: tuple[str, ...]


IN_DUCKDB = Step("warehouse", ("--exclude-resource-type", NOT_FOR_DATA))
"""Everything at once, in the warehouse itself."""


def steps_on(engine: Engine, place: Path, manifest: Mapping[str, Any]) -> Generator[Step]:
    """The calls of dbt that build the models on the engine, one after the other; when the last is done, the warehouse at `place` holds what they made.

    During each, the environment is that of the call. Raises EngineRefused; then, and where the caller gives up, the warehouse stays as it was.
    """
    folder = place.parent / f".{engine.name}"
    shutil.rmtree(folder, ignore_errors=True)
    engine = engine.beside(folder)
    try:
        engine.clear()
        yield from _steps(engine, place, folder / place.name, manifest)
    finally:
        engine.clear()
        shutil.rmtree(folder, ignore_errors=True)


def _steps(engine: Engine, place: Path, beside: Path, manifest: Mapping[str, Any]) -> Iterator[Step]:
    here = engine.left_to_duckdb
    if here:
        private(beside.parent)
        with connect(place, read_only=True) as warehouse, connect(beside) as other:
            _copy([*read_by(manifest, here, "source"), *tables_of(manifest, *here)], warehouse, other)
        with environment_of({"IMPACT_WAREHOUSE": str(beside), "IMPACT_TARGET": "duckdb"}):
            yield Step("warehouse", _each("--resource-type", here))
    with environment_of(engine.environment()):
        _send(engine, place, beside if here else place, manifest)
        yield Step(engine.name, _each("--exclude-resource-type", (NOT_FOR_DATA, *here)))
        with connect(place) as warehouse, transaction(warehouse):
            there = [kind for kind in ("model", "snapshot") if kind not in here]
            engine.bring_back(warehouse, tables_of(manifest, *there), declared_types(manifest))
            _check_filled(warehouse, filled_columns(manifest))
            forget_all(warehouse)
            if here:
                with connect(beside, read_only=True) as other:
                    _copy(tables_of(manifest, *here), other, warehouse)


def _each(option: str, kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for kind in kinds for word in (option, kind))


def _send(engine: Engine, place: Path, made_at: Path, manifest: Mapping[str, Any]) -> None:
    """What the models read: raw tables, and what DuckDB made for the engine or kept from the run before."""
    with connect(place, read_only=True) as warehouse:
        engine.send(warehouse, tables_of(manifest, "source"))
    with connect(made_at, read_only=True) as made:
        here = engine.left_to_duckdb
        tables = read_by(manifest, ("model", "test"), *here) if here else tables_of(manifest, "snapshot")
        engine.send(made, [table for table in tables if columns_of(made, table)])


def _check_filled(warehouse: duckdb.DuckDBPyConnection, filled: Mapping[Table, Sequence[str]]) -> None:
    """What a contract says is never null is asked again here, since not every engine holds tables to it."""
    for table, columns in filled.items():
        counted = ", ".join(f'count(*) - count("{column}")' for column in columns)
        missing = warehouse.execute(f'select {counted} from "{table.schema}"."{table.name}"').fetchone() or ()
        found = {column: rows for column, rows in zip(columns, missing, strict=True) if rows}
        if found:
            raise EngineRefused(f"{table.schema}.{table.name}: never null by its contract, and null in so many rows: {found}. The warehouse is as it was. Next step: build with --target duckdb and compare.")  # fmt: skip


def _copy(tables: Iterable[Table], source: duckdb.DuckDBPyConnection, target: duckdb.DuckDBPyConnection) -> None:
    """Replace those of the tables that the source has."""
    for table in tables:
        columns = columns_of(source, table)
        if columns:
            rows = source.sql(f'from "{table.schema}"."{table.name}"').to_arrow_reader()
            replace_with(target, table, rows, columns)
