"""The one reader of written times: a declared pattern becomes expressions for days and instants, for every connector.

A pattern is never guessed and never read in part: what it doesn't hold is refused when it is declared, and text that doesn't fit it to the last character is no time.
"""

from pipelines.sources.times.expressions import (
    day_expr,
    instant_expr,
    instant_of,
    local_expr,
    without_midnight,
    without_zero_days,
)
from pipelines.sources.times.pattern import PatternFault, TimePattern, time_pattern
from pipelines.sources.times.zones import UnknownZone, zone_named

__all__ = [
    "PatternFault",
    "TimePattern",
    "UnknownZone",
    "day_expr",
    "instant_expr",
    "instant_of",
    "local_expr",
    "time_pattern",
    "without_midnight",
    "without_zero_days",
    "zone_named",
]
