"""Which open pairs have stopped meeting? From the managers' file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.facts.programmes import Published

DRIFT_FACTOR = 1.5
"""Times the agreed interval without a meeting after which a pair counts as one that has stopped meeting, as in metric drifting_pairs."""


@dataclass(frozen=True)
class Drifting:
    """An open pair that has stopped meeting. last_met: None where it never met. planned: meetings agreed in all."""

    pair_id: str
    programme_id: str
    programme: str
    last_met: date | None
    days: int
    cadence_days: float
    held: int
    planned: int | None

    @property
    def times(self) -> float:
        """How many agreed intervals have passed."""
        return self.days / self.cadence_days

    @property
    def has_held_all(self) -> bool:
        """Whether it held what it planned, so that it may simply be finished."""
        return self.planned is not None and self.held >= self.planned


def drifting(managers: Published, today: date, names: Mapping[str, str]) -> list[Drifting]:
    """Open pairs that have stopped meeting, the longest silent first. names: programme ids to names; pairs of other programmes are left out."""
    rows = managers.frame("from work_pairs where cadence_days > 0 order by pair_id").to_dicts()
    found = [_drifting(row, today, names[row["programme_id"]]) for row in rows if row["programme_id"] in names]
    return sorted((pair for pair in found if pair.times > DRIFT_FACTOR), key=lambda pair: -pair.times)


def _drifting(row: Mapping[str, Any], today: date, programme: str) -> Drifting:
    last = row["last_held_date"] or row["started_date"]
    return Drifting(
        row["pair_id"], row["programme_id"], programme, row["last_held_date"], (today - last).days, row["cadence_days"], row["sessions_held"], row["planned_sessions"]
    )  # fmt: skip
