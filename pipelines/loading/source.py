"""A source as a load takes it: its landed bytes, what its connector is told, and the columns of lineage that its rows get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.contracts import POLARS_TYPES
from pipelines.loading.corrections import Correction
from pipelines.loading.landing import Landed
from pipelines.sources.connectors import CONNECTORS
from pipelines.zones import recorded_zone


@dataclass(frozen=True)
class SourceToLoad:
    """One source. options: for its connector, without the day. zone: of instants for which the source names none. corrections: oldest first. is_sample: only the first pages of a remote system, in which nothing can be missed."""

    source_id: str
    connector: str
    options: Mapping[str, Any]
    landed: Landed
    zone: str = "UTC"
    corrections: Sequence[Correction] = ()
    is_sample: bool = False

    @property
    def system(self) -> str:
        """What `source_system` says of its rows."""
        return CONNECTORS[self.connector].system

    @property
    def is_read_by_the_clock(self) -> bool:
        """Whether the same bytes give other rows on another day."""
        return CONNECTORS[self.connector].follows_the_day

    def stamped(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with the columns that say which load of which source brought them, and in which zone its instants are days."""
        return rows.with_columns(
            pl.lit(self.system).alias("source_system"),
            pl.lit(self.source_id).alias("source_instance"),
            pl.lit(self.landed.extracted).cast(POLARS_TYPES["instant"]).alias("extracted_at"),
            pl.lit(self.landed.load_id).alias("load_id"),
            pl.lit(value=False).alias("is_deleted"),
            recorded_zone(rows, self.zone),
        )
