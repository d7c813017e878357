"""What does each metric mean, where is it used, and what is its value now?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboards.facts import funnel, groups, learning, programme_page
from dashboards.facts.goals import goals
from dashboards.facts.measured import Definition, Measured, definitions, measured
from dashboards.facts.programmes import ORGANISATION, Published, every_programme

USED_ON: Mapping[str, tuple[str, ...]] = {
    "programmes": ("session_frequency", "drifting_pairs", "cost_per_participant"),
    "programme": (*programme_page.CARDS, *(metric for _, metric, _ in funnel.STEPS), "waiting_applicants", "active_pairs", "survey_response_rate", "cost_per_participant"),
    "representation": (groups.LEADERS, *groups.OUTCOMES, *(metric for _, metric, _ in groups.STEPS)),
    "learning": (*learning.CARDS, *learning.BOTH_SIDES, "goal_attainment_by_kind", "knowledge_flow_hours"),
    "todo": ("drifting_pairs",),
    "promotion": ("promotion_rate_12m",),
}  # fmt: skip
"""Page to the metrics that it shows by name; goals bring whichever metric they speak of."""


@dataclass(frozen=True)
class Entry:
    """A metric with where it is used: addresses of pages, and the goals that speak of it."""

    definition: Definition
    pages: tuple[str, ...]
    goals: tuple[str, ...]


def entries(snapshot: Published) -> list[Entry]:
    """All metrics in the order of their labels."""
    aims: dict[str, list[str]] = {}
    for goal in goals(snapshot):
        aims.setdefault(goal.metric_id, []).append(goal.programme)
    return [
        Entry(one, tuple(page for page, used in USED_ON.items() if metric in used), tuple(dict.fromkeys(aims.get(metric, []))))
        for metric, one in definitions(snapshot).items()
    ]  # fmt: skip


def matching(found: Iterable[Entry], asked: str) -> list[Entry]:
    """Entries in whose name, id, definition or unit every word of `asked` occurs; all where nothing is asked."""
    words = asked.lower().split()
    return [one for one in found if all(word in _text(one.definition) for word in words)]


def values(snapshot: Published, metric_id: str) -> list[tuple[str, Measured]]:
    """The metric to date in every programme that has it, and in the whole organisation."""
    query = "from metric_values where metric_id = $1 and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'"
    rows = {row["programme_id"]: measured(row) for row in snapshot.frame(query, [metric_id]).to_dicts()}
    names = {one.programme_id: one.name for one in every_programme(snapshot)} | {ORGANISATION: "Whole organisation"}
    return [(name, rows[programme]) for programme, name in names.items() if programme in rows]


def _text(one: Definition) -> str:
    return f"{one.label} {one.metric_id} {one.definition} {one.unit}".lower()
