"""The way of the tables around a build on another engine: there, and back."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.engines.chosen import declared_types, environment_of, tables_of
from pipelines.engines.postgres import Postgres
from pipelines.engines.tables import columns_of
from pipelines.warehouse import connect, transaction


@contextlib.contextmanager
def models_on(engine: Postgres, place: Path, manifest: Mapping[str, Any]) -> Iterator[None]:
    """In the block, dbt finds on the engine what the models read; after it, the warehouse at `place` holds what they made.

    The history of the snapshots is kept in the warehouse, whatever engine adds to it. Raises EngineRefused; then, and where the block raises, the warehouse stays as it was.
    """
    with environment_of(engine):
        with connect(place, read_only=True) as warehouse:
            kept = [table for table in tables_of(manifest, "snapshot") if columns_of(warehouse, table)]
            engine.send(warehouse, [*tables_of(manifest, "source"), *kept])
        yield
        with connect(place) as warehouse, transaction(warehouse):
            engine.bring_back(warehouse, tables_of(manifest, "model", "snapshot"), declared_types(manifest))
