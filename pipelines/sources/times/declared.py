"""Times that a source's options declare (a survey's layout, a report's format): the same patterns and zones, refused in words before a row is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from pipelines.sources.records import SourceRefused
from pipelines.sources.times.expressions import instant_expr
from pipelines.sources.times.other_order import only_in_other_order
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


def refuse_other_order(texts: Iterable[str | None], declared: Sequence[str], where: str) -> None:
    """Raise `SourceRefused` where times can't be read as declared, and could with day and month the other way round, and none shows the declared order."""
    written = pl.Series("written", sorted({text.strip() for text in texts if text and text.strip()}), dtype=pl.String)
    with told_of(where):
        example = only_in_other_order(written, declared)
    if example is not None:
        raise SourceRefused(
            f"{where} are written in another order of day and month than `times` says ({' or '.join(declared)}): {example} can't be read so, and no time shows that order. "
            "Read so, the others would be wrong. Next step: write `times` as they are written; reports of two accounts that differ need a source each."
        )


@dataclass(frozen=True)
class ReadTimes:
    """The times of one report, read together: one by one, those of a report of thousands would take as many times as long."""

    pattern: str
    read: Mapping[str, datetime]

    def of(self, written: str | None) -> datetime | None:
        """The instant in UTC; None where nothing is written, or no time by the pattern."""
        return self.read.get((written or "").strip())


def read_times(texts: Iterable[str | None], declared: str, zone: str, where: str) -> ReadTimes:
    """All of `texts` that are times by a pattern. Raises `SourceRefused` where pattern or zone is none."""
    written = pl.Series("written", sorted({text.strip() for text in texts if text and text.strip()}), dtype=pl.String)
    with told_of(where):
        found = (
            written.to_frame().with_columns(instant_expr(pl.col("written"), declared, zone).alias("at")).drop_nulls()
        )
    return ReadTimes(declared, {text: at.astimezone(UTC) for text, at in found.iter_rows()})
