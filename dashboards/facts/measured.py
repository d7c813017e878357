"""One metric's published rows as typed values, and why there is none where there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.facts.programmes import Published

ALL = "all"
NOT_MEASURED = "not measured: "
HIDDEN = "fewer than"
"""How the reason begins where a figure would say something of single people."""


class UnknownMetric(KeyError):
    """No metric of this id is defined in the release; the message names it."""


@dataclass(frozen=True)
class Definition:
    """A metric's entry in the dictionary."""

    metric_id: str
    label: str
    definition: str
    formula: str
    numerator: str
    denominator: str
    population: str
    index_date: str
    window: str
    exclusions: str
    direction: str
    unit: str
    interval_method: str
    owner: str
    version: str
    needs: str
    headline: bool
    belongs_on: str = ""


@dataclass(frozen=True)
class Measured:
    """A metric over one programme, cohort, segment and period. Numbers are None where `reason` says why; low and high also where nothing was sampled."""

    metric_id: str
    programme_id: str
    cohort_id: str
    segment_kind: str
    segment: str
    start: date | None
    end: date | None
    unit: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    n_people: int | None
    reason: str
    held_since: date | None = None
    """The day of a figure that wasn't renewed with the release, because too few people changed behind it."""

    @property
    def is_shown(self) -> bool:
        return self.value is not None

    @property
    def is_suppressed(self) -> bool:
        """Whether it exists and is suppressed to protect people, rather than never measured or not reached yet."""
        return self.value is None and self.reason.startswith(HIDDEN)

    @property
    def is_unmeasured(self) -> bool:
        """Whether nothing is loaded from which it could be counted."""
        return self.value is None and self.reason.startswith(NOT_MEASURED)

    @property
    def missing_word(self) -> str:
        """Why there is no value, in a word or two: hidden to protect people, or not measured."""
        return "not shown" if self.is_suppressed else "not measured"

    @property
    def is_open(self) -> bool:
        """Whether it can be measured and there is nothing to count yet."""
        return self.value is None and bool(self.reason) and not self.reason.startswith((HIDDEN, NOT_MEASURED))


def definitions(snapshot: Published) -> dict[str, Definition]:
    """The dictionary by metric id, in the order of labels."""
    names = list(Definition.__dataclass_fields__)
    rows = snapshot.frame("from metric_definitions order by label").to_dicts()
    return {row["metric_id"]: Definition(**{name: row[name] for name in names if name in row}) for row in rows}


def definition(snapshot: Published, metric_id: str) -> Definition:
    """One entry of the dictionary. Raises UnknownMetric."""
    found = definitions(snapshot)
    if metric_id not in found:
        raise UnknownMetric(f"no metric {metric_id} is defined in this release")
    return found[metric_id]


def to_date(snapshot: Published, metric_id: str, programme_id: str, cohort_id: str = ALL) -> Measured:
    """A metric's value to date, of everybody. Where the release has no row of it, the reason says so. Raises UnknownMetric."""
    entry = definition(snapshot, metric_id)
    query = """
        from metric_values
        where metric_id = $1 and programme_id = $2 and cohort_id = $3 and segment_kind = 'all' and period_kind = 'to_date'
    """
    rows = snapshot.frame(query, [metric_id, programme_id, cohort_id]).to_dicts()
    return measured(rows[0]) if rows else absent(entry, programme_id, cohort_id)


def by_segment(snapshot: Published, metric_id: str, programme_id: str, segment_kind: str) -> list[Measured]:
    """A metric's values to date, one a group of `segment_kind`. Raises UnknownMetric."""
    definition(snapshot, metric_id)
    query = """
        from metric_values
        where metric_id = $1 and programme_id = $2 and segment_kind = $3 and cohort_id = 'all' and period_kind = 'to_date'
        order by segment_value
    """
    return [measured(row) for row in snapshot.frame(query, [metric_id, programme_id, segment_kind]).to_dicts()]


def by_month(
    snapshot: Published,
    metric_id: str,
    programme_id: str,
    cohort_id: str = ALL,
    *,
    segment: tuple[str, str] = (ALL, ALL),
) -> list[Measured]:
    """A metric's monthly values that are shown, oldest first. segment: kind and group. Raises UnknownMetric."""
    definition(snapshot, metric_id)
    query = """
        from metric_values
        where metric_id = $1 and programme_id = $2 and cohort_id = $3 and segment_kind = $4 and segment_value = $5
            and period_kind = 'month' and value is not null and not is_suppressed
        order by period_start
    """
    return [measured(row) for row in snapshot.frame(query, [metric_id, programme_id, cohort_id, *segment]).to_dicts()]


def absent(entry: Definition, programme_id: str, cohort_id: str = ALL) -> Measured:
    """What stands for a metric of which the release holds nothing here; what it would need stands in the reason."""
    reason = f"{NOT_MEASURED}nothing is loaded from which it could be counted"
    return Measured(
        entry.metric_id,
        programme_id,
        cohort_id,
        ALL,
        ALL,
        None,
        None,
        entry.unit,
        None,
        None,
        None,
        None,
        None,
        None,
        reason,
    )


def measured(row: Mapping[str, Any]) -> Measured:
    """A row of metric_values."""
    counted = row["interval_method"] == "census" or row["ci_low"] == row["ci_high"]
    low, high = (None, None) if counted else (row["ci_low"], row["ci_high"])
    return Measured(
        row["metric_id"], row["programme_id"], row["cohort_id"], row["segment_kind"], row["segment_value"], row["period_start"], row["period_end"],
        row["unit"] or "", row["value"], low, high, row["numerator"], row["denominator"], row["n_people"], row["suppression_reason"] or "", row.get("held_since"),
    )  # fmt: skip
