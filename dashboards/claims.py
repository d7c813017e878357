"""What may be said of goals, of whether pairs meet, and of what there is to decide. Pages, report and summary say it from here, so that they say the same.

Nothing comforts without facts: "No decision is needed" stands only where goals exist, all of them are judged and well, pairs are known to meet, and sources are fresh.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.snapshot import Snapshot

Goal = Mapping[str, Any]
WELL = ("achieved", "achieved_within_margin", "on_track")
TROUBLED = ("missed", "off_track", "at_risk")
ORDER = ("missed", "off_track", "at_risk", "on_track", "achieved_within_margin", "achieved", "cannot_tell")
MEETING = """
    select programmes.name, rates.value, rates.numerator, rates.denominator, rates.suppression_reason
    from metric_values as rates
    inner join programmes on rates.programme_id = programmes.programme_id
    where rates.metric_id = 'active_pair_rate' and rates.period_kind = 'to_date' and rates.cohort_id = 'all' and rates.segment_kind = 'all'
    order by programmes.name
"""
STALE = "select source_id from sources where is_stale order by source_id"


@dataclass(frozen=True)
class Meeting:
    """Whether pairs meet: what alarms, and the programmes of which it isn't known."""

    alarms: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 programme", "2 programmes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def goals_sentence(goals: Sequence[Goal]) -> str:
    """How many goals are well, of those that can be judged; what can't be judged is told apart and is no failure."""
    if not goals:
        return "No goal is declared yet."
    judged = [goal for goal in goals if goal["status"] != "cannot_tell"]
    if not judged:
        return (
            "The one goal can't be judged yet." if len(goals) == 1 else f"None of {len(goals)} goals can be judged yet."
        )
    well = sum(goal["status"] in WELL for goal in judged)
    noun = "goal that can be judged" if len(judged) == 1 else "goals that can be judged"
    open_ = len(goals) - len(judged)
    rest = f"; {open_} can't be judged yet" if open_ else ""
    return f"{well} of {len(judged)} {noun} {'is' if well == 1 else 'are'} achieved or on track{rest}."


def distance(goal: Goal) -> float:
    """How far a goal is behind where it should be by now, as a share of the whole way from baseline to target; negative: ahead."""
    if goal["current_value"] is None or goal["target_value"] is None:
        return 0.0
    way = goal["target_value"] - goal["baseline"]
    return (goal["expected_now"] - goal["current_value"]) / way if way else 0.0


def furthest_behind(goals: Sequence[Goal]) -> Goal | None:
    """The goal in trouble that is furthest from where it should be; None where none is in trouble."""
    troubled = [goal for goal in goals if goal["status"] in TROUBLED]
    return max(troubled, key=lambda goal: (distance(goal), str(goal["goal_id"]))) if troubled else None


def meeting(rows: Iterable[Mapping[str, Any]]) -> Meeting:
    """Programmes with open pairs of which none, or fewer than half, met in the last 30 days; and those of which it isn't known. rows: of `MEETING`."""
    alarms, unknown = [], []
    for row in rows:
        if row["value"] is None:
            unknown.append(row["name"])
        elif row["value"] < 0.5:
            pairs = plural(int(row["denominator"]), "open pair")
            met = "none" if not row["numerator"] else f"only {row['numerator']:.0f}"
            alarms.append(f"{row['name']}: {met} of {pairs} met in the last 30 days")
    return Meeting(tuple(alarms), tuple(unknown))


def decision(goals: Sequence[Goal], pairs: Meeting, stale: Sequence[str]) -> str:
    """The decision that leadership is asked for, or what is missing before one can say that none is needed."""
    if pairs.alarms:
        return f"Decide what happens next where pairs don't meet. {'. '.join(pairs.alarms)}."
    worst = furthest_behind(goals)
    if worst is not None:
        owner = f"{worst['owner'][0].lower()}{worst['owner'][1:]}"
        return f"Decide what the {owner} may change for the goal \u201c{worst['statement'].rstrip('.')}\u201d, or revise the goal."
    missing = _missing(goals, pairs, stale)
    if missing:
        return f"Whether a decision is needed can't be told: {'; '.join(missing)}."
    return (
        "No decision is needed: every goal is where it should be, pairs meet, and every source is as fresh as agreed."
    )


def _missing(goals: Sequence[Goal], pairs: Meeting, stale: Sequence[str]) -> list[str]:
    open_ = sum(goal["status"] == "cannot_tell" for goal in goals)
    found = []
    if not goals:
        found.append("no goal is declared")
    elif open_:
        found.append(f"{open_} of {plural(len(goals), 'goal')} can't be judged yet")
    if pairs.unknown:
        found.append(f"it isn't known whether pairs meet in {', '.join(pairs.unknown)}")
    if stale:
        found.append(f"older than agreed: {', '.join(stale)}")
    return found


def standing(snapshot: Snapshot) -> dict[str, Any]:
    """Goals, alarms and the decision, as the summary holds them."""
    goals = snapshot.frame("from goals order by programme_id, goal_id").to_dicts()
    pairs, stale = meeting(snapshot.frame(MEETING).to_dicts()), snapshot.frame(STALE)["source_id"].to_list()
    return {
        "goals": [{name: goal[name] for name in ("goal_id", "status", "status_reason")} for goal in goals],
        "goals_sentence": goals_sentence(goals),
        "alarms": list(pairs.alarms),
        "decision": decision(goals, pairs, stale),
    }
