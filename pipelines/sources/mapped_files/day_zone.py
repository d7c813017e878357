"""In which zone the days of a mapped table's instants are read."""

from collections.abc import Mapping
from datetime import time
from typing import Any

import polars as pl

from pipelines.contracts.files.counted_times import WITHOUT_PATTERN
from pipelines.sources.conversions import Reading
from pipelines.sources.times import time_pattern, zone_named


def has_clock(pattern: str) -> bool:
    """Whether a format of instants holds an hour; without one it is a date, which stays the day that it names."""
    return pattern in WITHOUT_PATTERN or time_pattern(pattern).holds_time


def recorded_zone(table: str, columns: Mapping[str, Any], reading: Reading) -> pl.Expr:
    """The zone that the mapping itself settles, null where the source's is meant.

    A meeting counts in the zone in which it was planned, unless its start was written as a date: without an hour, or with midnight, as spreadsheets do.
    """
    instants = {name: spec for name, spec in columns.items() if isinstance(spec.get("instant"), str)}
    if table == "sessions":
        instants = {name: spec for name, spec in instants.items() if name == "scheduled_start_at"}
    zones = {name: _named(spec.get("zone") or reading.zone) for name, spec in instants.items()}
    dates = [zones[name] for name, spec in instants.items() if not has_clock(spec["instant"])]
    nothing = pl.lit(None, dtype=pl.String)
    settled = next((zone for zone in [*dates, *zones.values()] if zone is not None and (dates or zone != "UTC")), None)
    if settled is None or dates or table != "sessions":
        return pl.lit(settled, dtype=pl.String)
    start = pl.col("scheduled_start_at").dt.convert_time_zone(str(settled)).dt.time()
    return pl.when(start == time(0)).then(pl.lit(settled)).otherwise(nothing)


def _named(zone: Any) -> str | None:
    return zone_named(str(zone)) if zone else None
