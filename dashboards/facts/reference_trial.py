"""Does the product find what is in print? A published trial's figures beside those that this release computed from the same data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.facts.programmes import Published
from dashboards.facts.words import spelled

TRIAL = "kenya_mentoring_trial"
CITATION = (
    'Brooks, Wyatt, Kevin Donovan, and Terence R. Johnson. 2018. "Mentors or Teachers? Microenterprise Training in Kenya." '
    "American Economic Journal: Applied Economics 10 (4): 196-221, Table 3. doi:10.1257/app.20170042. Data: openICPSR 113714, CC BY 4.0."
)
ESTIMATES = """
    select arm, estimate, std_error, ci_low, ci_high, n_observations, n_treated, n_control from impact_estimates
    where programme_id = $1 and outcome = 'weekly_profit' and wave = 'pooled'
"""


@dataclass(frozen=True)
class InPrint:
    """A line of the published table: shillings a week more than in the control arm, and its standard error."""

    arm: str
    words: str
    estimate: float
    std_error: float
    observations: int


IN_PRINT = (
    InPrint("mentor", "Mentored by an experienced owner", 371.83, 133.02, 2578),
    InPrint("class", "Taught in a class", 124.51, 144.90, 2578),
)


@dataclass(frozen=True)
class Recomputed:
    """A published line and what this release computed; all figures of ours are None where it computed none."""

    published: InPrint
    estimate: float | None
    std_error: float | None
    low: float | None
    high: float | None
    observations: int | None

    @property
    def agrees(self) -> bool:
        """Whether estimate, standard error and number of observations are those in print, to its last digit."""
        ours = (self.estimate, self.std_error)
        printed = (self.published.estimate, self.published.std_error)
        return (
            all(own is not None and round(own, 2) == told for own, told in zip(ours, printed, strict=True))
            and self.observations == self.published.observations
        )


def is_loaded(snapshot: Published) -> bool:
    """Whether the release holds the trial."""
    return not snapshot.frame("select 1 from programmes where programme_id = $1", [TRIAL]).is_empty()


def recomputed(snapshot: Published) -> list[Recomputed]:
    """Every published line beside this release's own; none where the trial isn't loaded."""
    rows = {row["arm"]: row for row in snapshot.frame(ESTIMATES, [TRIAL]).to_dicts()}
    return [_beside(line, rows.get(line.arm, {})) for line in IN_PRINT] if is_loaded(snapshot) else []


def title(rows: Sequence[Recomputed]) -> str:
    """Whether the figures agree, counted."""
    if not rows:
        return "Check us: the published trial is not loaded here"
    agreeing = sum(row.agrees for row in rows)
    told = "both" if agreeing == len(rows) == 2 else f"{spelled(agreeing)} of {spelled(len(rows))}"
    return f"Check us: a published trial, recomputed; {told} {'figure agrees' if agreeing == 1 and len(rows) == 1 else 'figures agree'} with print"


def _beside(line: InPrint, row: Mapping[str, Any]) -> Recomputed:
    figures = (row.get(name) for name in ("estimate", "std_error", "ci_low", "ci_high", "n_observations"))
    return Recomputed(line, *figures)
