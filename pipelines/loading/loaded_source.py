"""What one source brought, and the columns of lineage that every row of it gets."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.contracts import POLARS_TYPES
from pipelines.loading.gate import Verdict
from pipelines.loading.gate_in_parts import GateInParts
from pipelines.loading.landing import Landed
from pipelines.settings import SourceSettings
from pipelines.sources.connectors import SYSTEM_OF_CONNECTOR
from pipelines.zones import recorded_zone


@dataclass
class LoadedSource:
    """One load of one source: its rows until they are written, and what was decided about them. zone: of what the source names no zone for."""

    source: SourceSettings
    landed: Landed
    zone: str
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    verdicts: list[Verdict | GateInParts] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)

    def stamped(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with the columns that say which load of which source brought them, and in which zone its instants are days."""
        return rows.with_columns(
            pl.lit(SYSTEM_OF_CONNECTOR[self.source.connector]).alias("source_system"),
            pl.lit(self.source.source_id).alias("source_instance"),
            pl.lit(self.landed.extracted).cast(POLARS_TYPES["instant"]).alias("extracted_at"),
            pl.lit(self.landed.load_id).alias("load_id"),
            pl.lit(value=False).alias("is_deleted"),
            recorded_zone(rows, self.zone),
        )
