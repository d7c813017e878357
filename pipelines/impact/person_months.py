"""Spans of employment become person-months, at last and only for people who could be in a trial; the others are counted.

A span is a run of months with the same level known: a person has a few, and some fifty months. Whoever could never have begun, didn't begin and didn't ask weighs nothing in an
estimate; what everybody on record is needed for is how many they are, how many had the event, and how long somebody was on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pipelines.average_month import DAYS_PER_MONTH


@dataclass(frozen=True)
class Others:
    """People of the record beside those of the panel. last_month: the last one on record, None where nobody is."""

    people: int = 0
    with_event: int = 0
    last_month: int | None = None


NOBODY = Others()


@dataclass(frozen=True)
class LeftOut:
    """counts: rows of marts.trial_people_left_out of a programme. segments: of trial_segments_left_out. until: the last month that counts, None for all."""

    counts: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={
                "event": pl.String(),
                "month": pl.Int32(),
                "people_came": pl.Int32(),
                "people_with_event": pl.Int32(),
                "people_last_seen": pl.Int32(),
            }
        )
    )
    segments: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"segment_kind": pl.String(), "segment_value": pl.String(), "first_month": pl.Int32()}
        )
    )
    until: int | None = None

    def known_by(self, month: int) -> "LeftOut":
        """As it stood at the end of `month`."""
        return replace(self, until=month)

    def others(self, event: str) -> Others:
        """The people left out of a comparison that waits for `event` (`Outcome.event`)."""
        own = self.counts.filter(pl.col("event") == event)
        by_then = own.filter(self._is_known("month"))
        people = int(by_then["people_came"].sum())
        if not people:
            return NOBODY
        ends = [int(month) for month in own.filter(pl.col("people_last_seen") > 0)["month"]]
        last = max(ends) if self.until is None else min(max(ends), self.until)
        return Others(people, int(by_then["people_with_event"].sum()), last)

    def values(self, kind: str) -> list[str]:
        """Values of the segment to which somebody left out belonged."""
        own = self.segments.filter((pl.col("segment_kind") == kind) & self._is_known("first_month"))
        return own["segment_value"].to_list()

    def _is_known(self, column: str) -> pl.Expr:
        return pl.lit(value=True) if self.until is None else pl.col(column) <= self.until


def person_months(spans: pl.DataFrame, intakes: Sequence[int], promotions: pl.DataFrame) -> pl.DataFrame:
    """One row per employment spell and month, as `employment_records` takes them.

    spans: rows of marts.trial_spans of one programme. intakes: months of its marts.trial_intakes. promotions: person_key, promoted_date.
    """
    month, leaves = pl.col("month"), pl.col("month") == pl.col("leaving_month")
    rows = spans.with_columns(month=pl.int_ranges("first_month", pl.col("last_month") + 1, dtype=pl.Int32)).explode(
        "month"
    )
    promoted = promotions.select("person_key", _month_of_change("promoted_date").alias("month"))
    promoted = promoted.unique().with_columns(is_promoted=pl.lit(value=True))
    rows = rows.join(promoted, on=["person_key", "month"], how="left", maintain_order="left")
    met = month.is_between("eligible_from", "eligible_until") & month.is_in(list(intakes))
    tenure = (_first_day(month) - pl.col("hired_date")).dt.total_days() / DAYS_PER_MONTH
    gone = leaves.fill_null(value=False)
    return rows.with_columns(
        is_eligible=met.fill_null(value=False),
        tenure_months=tenure,
        leaves=gone,
        end_kind=pl.when(gone).then("end_kind"),
        is_promoted=pl.col("is_promoted").fill_null(value=False) & ~gone,
    ).drop("hired_date", "first_month", "last_month", "eligible_from", "eligible_until", "leaving_month")


def known_measures(months: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    """One row per person, measure and month of `months` before which a value was known: value, known_month, value_year_before (the last value that spoke of a
    day a year or more before the month).

    months: person_key, month. readings: rows of marts.measure_readings.
    """
    asked = months.select("person_key", "month").unique().sort("month", "person_key")
    found = [_known_of(asked, own).with_columns(measure=pl.lit(name)) for (name,), own in _by_measure(readings)]
    columns = ("person_key", "measure", "month", "value", "known_month", "value_year_before")
    empty = _known_of(asked.clear(), readings.clear()).with_columns(measure=pl.lit(""))
    return pl.concat([empty, *found]).select(columns)


def _by_measure(readings: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return list(readings.group_by("measure", maintain_order=True))


def _known_of(asked: pl.DataFrame, readings: pl.DataFrame) -> pl.DataFrame:
    newest = readings.sort("known_on", "measured_on", maintain_order=True).select(
        "person_key", "value", "known_month", month=pl.col("known_month") + 1
    )
    known = asked.join_asof(newest, on="month", by="person_key", check_sortedness=False).drop_nulls("known_month")
    earlier = readings.sort("measured_on", "known_on", maintain_order=True).select(
        "person_key", value_year_before="value", month="year_past_month"
    )
    return known.join_asof(earlier, on="month", by="person_key", check_sortedness=False)


def _first_day(month: pl.Expr) -> pl.Expr:
    return pl.date(month // 12, month % 12 + 1, 1)


def _month_of_change(day: str) -> pl.Expr:
    """The month in whose course something happens that is true from `day` on: what is new on the first of a month happened in the month before."""
    before = pl.col(day).dt.offset_by("-1d")
    return 12 * before.dt.year() + before.dt.month().cast(pl.Int32) - 1
