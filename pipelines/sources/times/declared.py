"""Times that a source's options declare (a survey's layout, a report's format): the same patterns and zones, refused in words before a row is read."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from pipelines.sources.records import SourceRefused
from pipelines.sources.times.expressions import instant_expr
from pipelines.sources.times.pattern import PatternFault, time_pattern
from pipelines.sources.times.zones import UnknownZone


@contextmanager
def told_of(where: str) -> Iterator[None]:
    """Turn a fault of a pattern or a zone into `SourceRefused`; where: what declares it."""
    try:
        yield
    except UnknownZone as fault:
        raise SourceRefused(f"{where}: {fault}.") from None
    except PatternFault as fault:
        raise SourceRefused(
            f"{where}: its time format {fault}. Next step: write the format of the whole time."
        ) from None


def declared_instant(text: pl.Expr, declared: str, zone: str, where: str) -> pl.Expr:
    """`instant_expr` of a pattern that must hold a time of day. Raises `SourceRefused`."""
    with told_of(where):
        if not time_pattern(declared).holds_time:
            raise PatternFault(f"{declared!r} holds no time of day")
        return instant_expr(text, declared, zone)
