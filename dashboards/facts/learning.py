"""Do people set goals of their own, keep them up and reach them, and who learns from whom?"""

from dataclasses import dataclass

from dashboards.facts.measured import Measured, by_segment, to_date
from dashboards.facts.programmes import Published
from dashboards.facts.words import figure

CARDS = ("goal_update_rate", "goal_attainment_rate", "skill_confidence_change", "network_reach")
BOTH_SIDES = (
    "goal_attainment_tscore",
    "relationship_quality_mentee",
    "relationship_quality_mentor",
    "csat_mentee",
    "csat_mentor",
    "relationship_quality_dyad_agreement",
)
ARROW = " > "
MOST_DEPARTMENTS = 8


@dataclass(frozen=True)
class Flow:
    """Held hours from the mentors' department to the mentees'. cells: hours by (from, to); None where hidden."""

    departments: tuple[str, ...]
    cells: dict[tuple[str, str], float | None]
    hidden: int


def title(kept_up: Measured, reached: Measured) -> str:
    """Whether own goals are kept up and reached."""
    if kept_up.is_shown and reached.is_shown:
        return f"{figure(reached.value, 'share', 0)} of people's own goals were reached; {figure(kept_up.value, 'share', 0)} were kept up every month"
    if reached.is_shown:
        return f"{figure(reached.value, 'share', 0)} of people's own goals were reached; whether they were kept up isn't shown"
    if kept_up.is_unmeasured and reached.is_unmeasured:
        return "What people set out to learn isn't recorded in this programme"
    return "What people set out to learn is not shown"


def recorded_elsewhere(snapshot: Published, programme_id: str) -> list[tuple[str, str]]:
    """Ids and names of the other programmes whose own goals are shown."""
    query = """
        select distinct programmes.programme_id, programmes.name
        from metric_values inner join programmes on metric_values.programme_id = programmes.programme_id
        where metric_id = 'goal_attainment_rate' and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all' and value is not null
            and programmes.programme_id <> $1
        order by programmes.name
    """
    return [(str(one), str(name)) for one, name in snapshot.frame(query, [programme_id]).iter_rows()]


def own_goals(snapshot: Published, programme_id: str, kind: str) -> list[Measured]:
    """Goals due so far and reached, by `goal_kind` or by `goal_owner`, the most frequent first."""
    rows = by_segment(snapshot, "goal_attainment_by_kind", programme_id, kind)
    return sorted(rows, key=lambda row: (-(row.denominator or 0), row.segment))


def both_sides(snapshot: Published, programme_id: str) -> list[tuple[str, Measured]]:
    """What mentees and what mentors say, each with its label."""
    labels = dict(snapshot.frame("select metric_id, label from metric_definitions").iter_rows())
    return [(labels[metric], to_date(snapshot, metric, programme_id)) for metric in BOTH_SIDES]


def flow(snapshot: Published, programme_id: str) -> Flow | None:
    """Hours between departments, those with most hours; None where nothing is recorded or shown."""
    rows = by_segment(snapshot, "knowledge_flow_hours", programme_id, "department_flow")
    cells = {_ends(row): row.value for row in rows if ARROW in row.segment}
    hours: dict[str, float] = {}
    for ends, value in cells.items():
        for department in ends:
            hours[department] = hours.get(department, 0.0) + (value or 0.0)
    first = sorted((name for name, total in hours.items() if total), key=lambda name: (-hours[name], name))[
        :MOST_DEPARTMENTS
    ]
    shown = {ends: value for ends, value in cells.items() if set(ends) <= set(first)}
    return Flow(tuple(sorted(first)), shown, sum(value is None for value in shown.values())) if first else None


def _ends(row: Measured) -> tuple[str, str]:
    start, _, end = row.segment.partition(ARROW)
    return start, end
