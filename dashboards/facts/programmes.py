"""Which programmes there are, in their own words, and what their pairs agreed."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import polars as pl

from pipelines.average_month import DAYS_PER_MONTH

ORGANISATION = "organisation"


class Published(Protocol):
    """A published release, or a record of one."""

    def frame(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """The result of `query`."""


@dataclass(frozen=True)
class Release:
    """Which release of the data this is."""

    release_id: str
    content_hash: str
    as_of: date
    workspace: str
    is_demo: bool
    min_group_size: int


@dataclass(frozen=True)
class Programme:
    """A programme as its file declares it. `agreed`: meetings per pair and month; None where no cadence was agreed. `currency`: of its costs."""

    programme_id: str
    name: str
    mission: str
    strategy: str
    objective: str
    population: str
    planned_sessions: int | None
    agreed: float | None
    currency: str | None
    start: date | None
    end: date | None
    is_reference: bool


@dataclass(frozen=True)
class Cohort:
    """A round of a programme."""

    cohort_id: str
    programme_id: str
    name: str
    start: date | None
    end: date | None
    status: str
    assignment: str


def release(snapshot: Published) -> Release:
    """The release's one row."""
    row = snapshot.frame("from release").row(0, named=True)
    return Release(
        row["release_id"], row["content_hash"], row["as_of_date"], row["workspace"], bool(row["is_demo"]), row["min_group_size"]
    )  # fmt: skip


def programmes(snapshot: Published, *, with_reference: bool = False) -> list[Programme]:
    """The organisation's programmes by name. A published trial of others (`data_origin: reference`) is a comparison and told only on request."""
    rows = snapshot.frame("from programmes order by name, programme_id").to_dicts()
    found = [_programme(row) for row in rows]
    return found if with_reference else [programme for programme in found if not programme.is_reference]


def every_programme(snapshot: Published) -> list[Programme]:
    """The organisation's programmes by name, then the reference trials."""
    return sorted(programmes(snapshot, with_reference=True), key=lambda one: one.is_reference)


def cohorts(snapshot: Published) -> list[Cohort]:
    """All cohorts, each programme's newest first."""
    query = "from cohorts order by programme_id, start_date desc, cohort_id"
    return [
        Cohort(
            row["cohort_id"], row["programme_id"], row["name"], row["start_date"], row["end_date"], row["status"], row["assignment_rule"]
        )
        for row in snapshot.frame(query).to_dicts()
    ]  # fmt: skip


def _programme(row: dict[str, Any]) -> Programme:
    cadence = row["cadence_days"]
    return Programme(
        programme_id=row["programme_id"],
        name=row["name"],
        mission=row["mission"] or "",
        strategy=row.get("strategy_link") or "",
        objective=(row["objective"] or "").replace("_", " "),
        population=row["population_rule"] or "",
        planned_sessions=row["planned_sessions"],
        agreed=DAYS_PER_MONTH / cadence if cadence else None,
        currency=row.get("currency"),
        start=row["start_date"],
        end=row["end_date"],
        is_reference=row["data_origin"] == "reference",
    )
