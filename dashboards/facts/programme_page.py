"""Everything that one programme's page says, read once."""

from dataclasses import dataclass, replace

from dashboards.facts.findings import Evidence, evidence
from dashboards.facts.goals import Goal, goals
from dashboards.facts.measured import Measured, to_date
from dashboards.facts.meetings import Meetings, meetings, reaches
from dashboards.facts.programmes import Programme, Published, every_programme
from dashboards.facts.standing import Standing, standings
from dashboards.facts.words import figure, plural, sentence
from pipelines.average_month import DAYS_PER_MONTH

CARDS = ("participation_rate", "session_frequency", "csat_mentee", "time_to_match_days")
"""Does it reach people, do they meet, are they satisfied, how long do they wait: all on one screen."""


@dataclass(frozen=True)
class About:
    """One programme with what is known of it. standing: None of a reference trial."""

    programme: Programme
    standing: Standing | None
    meetings: Meetings
    goals: tuple[Goal, ...]
    evidence: Evidence
    cost: Measured

    @property
    def title(self) -> str:
        """The verdict, as somebody would say it in a meeting."""
        if self.standing is None:
            return "A published trial, shown for comparison"
        return sentence(self.standing.reasons[0]).rstrip(".") if self.standing.reasons else "Nothing is known yet"

    @property
    def owner(self) -> str:
        owners = [goal.owner for goal in self.goals if goal.owner]
        return max(set(owners), key=owners.count) if owners else ""

    @property
    def agreed(self) -> str:
        """Objective, strategy, owner, population and cadence, in one line."""
        one = self.programme
        cadence = f"one every {figure(DAYS_PER_MONTH / one.agreed, '', 0)} days" if one.agreed else "no cadence agreed"
        held = (
            f"Agreed: {plural(one.planned_sessions, 'meeting')}, {cadence}"
            if one.planned_sessions
            else f"Agreed: {cadence}"
        )
        parts = (
            f"Serves: {one.strategy.rstrip('.')}" if one.strategy else "No link to a strategy declared",
            f"Owner: {self.owner}" if self.owner else "",
            held,
        )
        return " · ".join(part for part in parts if part)


def about(snapshot: Published, programme_id: str) -> About:
    """One programme, a reference trial too."""
    programme = next(one for one in every_programme(snapshot) if one.programme_id == programme_id)
    row = next((one for one in standings(snapshot) if one.programme.programme_id == programme_id), None)
    met = next((one for one in meetings(snapshot) if one.programme_id == programme_id), None) or _none(programme)
    return About(
        programme, row, met, tuple(goal for goal in goals(snapshot) if goal.programme_id == programme_id),
        evidence(snapshot).of(programme_id), to_date(snapshot, "cost_per_participant", programme_id),
    )  # fmt: skip


def window(met: Meetings, period: str) -> Meetings:
    """The same, of the last `period` months only; "all" leaves it as it is."""
    if not period.isdigit() or not met.months:
        return met
    months = met.months[-int(period) :]
    reached = sum(met.agreed is None or reaches(month.value, met.agreed) for month in months)
    return replace(met, months=months, months_reached=reached)


def _none(programme: Programme) -> Meetings:
    """What stands for the meetings of a programme that isn't judged."""
    return Meetings(
        programme_id=programme.programme_id, programme=programme.name, agreed=programme.agreed, value=None, low=None, high=None, n_people=None, start=None, end=None, is_to_date=False,
        months=(), months_reached=0, assurance="no_level", variation="early", limits=None, reason="a reference trial is shown under Impact",
    )  # fmt: skip
