"""A programme in six questions, as the same file that engineers edit. What nobody stated isn't in it, and isn't measured."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pipelines.first_hour.ids import slug
from pipelines.first_hour.questions import Answers
from pipelines.sources.registry.programme_files import SMART

NOT_STATED = "Not stated."
OBJECTIVES: Mapping[str, str] = {
    "career_development": "People move on in their careers",
    "onboarding": "New people find their feet",
    "diversity_inclusion": "Groups that are few among leaders become more",
    "leadership_readiness": "People grow ready to lead",
    "retention_engagement": "People stay, and like being here",
    "knowledge_transfer": "Knowledge is passed on",
    "skill_building": "People learn a skill",
}
WHO: Mapping[str, str] = {
    "employee": "Employees",
    "student": "Students",
    "alumnus": "Alumni",
    "contractor": "Contractors",
    "external": "People outside the organisation",
}
CADENCES: Mapping[str, tuple[str, int | None]] = {
    "7": ("Every week", 7),
    "14": ("Every two weeks", 14),
    "30": ("Once a month", 30),
    "90": ("Once a quarter", 90),
    "none": ("Nothing was agreed", None),
}
GOAL_METRICS: Mapping[str, tuple[str, str]] = {
    "session_frequency": ("Meetings per pair and month", "sessions a month"),
    "active_pair_rate": ("Pairs that meet (%)", "percent"),
    "csat_mentee": ("Mentees who are satisfied (%)", "percent"),
    "completion_rate": ("Pairs completed (%)", "percent"),
    "retention_rate_12m": ("Mentees still here after 12 months (%)", "percent"),
    "promotion_rate_12m": ("Mentees promoted within 12 months (%)", "percent"),
    "participants": ("People taking part", "people"),
}
LETTERS: Mapping[str, str] = {
    "S": "Specific: what is to be reached, and who owns it",
    "M": "Measurable: figure, where it stands and since when, where it shall be",
    "A": "Achievable: why it can be reached",
    "R": "Relevant: what it serves",
    "T": "Time-bound: from when, by when",
}


def key_of(programme_id: str, what: str) -> str:
    """The key under which one of the six answers is kept."""
    return f"programme|{programme_id}|{what}"


GOALS_KEPT = "goals_kept"
"""Answer to nobody's question: the page Goals has changed this programme's goals, and they are its file's from then on."""


def goals_are_kept(programme_id: str, answers: Answers) -> bool:
    """Whether the goals of the programme's file stay as they are, whatever was answered about a first goal."""
    return bool(answers.get(key_of(programme_id, GOALS_KEPT)))


def missing_letters(goal: Mapping[str, Any]) -> list[str]:
    """The letters of SMART for which something is missing, in their order."""
    return [letter for letter, names in SMART.items() if any(goal.get(name) in (None, "") for name in names)]


def goal_of(programme_id: str, answers: Answers) -> dict[str, Any] | None:
    """The first goal as far as it was stated; None where none was begun."""
    said = {
        name: answers.get(key_of(programme_id, f"goal_{name}"), "")
        for name in ("statement", "metric", "baseline", "baseline_date", "target", "because", "due")
    }
    if not said["statement"].strip():
        return None
    metric = said["metric"] or None
    baseline, target = _number(said["baseline"]), _number(said["target"])
    since = _day(said["baseline_date"])
    return {
        "goal_id": f"{programme_id}-goal-1",
        "statement": said["statement"].strip(),
        "metric_id": metric,
        "baseline": baseline,
        "baseline_date": since,
        "target": target,
        "unit": GOAL_METRICS[metric][1] if metric and metric in GOAL_METRICS else None,
        "direction": None if baseline is None or target is None else "increase" if target >= baseline else "decrease",
        "achievable_because": said["because"].strip() or None,
        "relevant_to": answers.get(key_of(programme_id, "objective")) or None,
        "start_date": since,
        "due_date": _day(said["due"]),
        "owner": answers.get(key_of(programme_id, "owner"), "").strip() or None,
    }


def open_in_programme(programme_id: str, answers: Answers) -> list[str]:
    """What a programme can't do without and nobody has said yet, and the letters that a goal which was begun is missing."""
    needed = {
        "name": "its name",
        "objective": "what it is for",
        "who": "who may take part",
        "cadence": "how often pairs agreed to meet",
    }
    open_ = [words for what, words in needed.items() if not answers.get(key_of(programme_id, what), "").strip()]
    goal = goal_of(programme_id, answers)
    letters = missing_letters(goal) if goal else []
    return [*open_, *(f"goal: {LETTERS[letter].partition(':')[0].lower()} ({letter})" for letter in letters)]


def programme_file(
    programme_id: str, answers: Answers, *, first_day: date, cohorts: Mapping[str, str]
) -> dict[str, Any]:
    """The programme's file. first_day: of its first pair. cohorts: cohort id to name."""
    said = {
        what: answers.get(key_of(programme_id, what), "").strip()
        for what in ("name", "mission", "objective", "who", "words", "cadence", "months")
    }
    cadence = CADENCES.get(said["cadence"], ("", None))[1]
    months = _number(said["months"])
    goal = goal_of(programme_id, answers)
    kind = said["who"] or "employee"
    found: dict[str, Any] = {
        "programme_id": programme_id,
        "name": said["name"] or programme_id.replace("_", " ").capitalize(),
        "mission": said["mission"] or NOT_STATED,
        "kind": "1:1",
        "objective": said["objective"] or "career_development",
        "data_origin": "real",
        "population": {"person_kind": kind, "words": said["words"] or f"{WHO[kind]}; no further limits were stated."},
        "start_date": first_day,
    }
    if cadence:
        found["cadence_days"] = cadence
        if months:
            found["planned_sessions"] = max(1, round(months * 30.4 / cadence))
    found["cohorts"] = [
        {
            "cohort_id": cohort_id,
            "name": name,
            "roster_date": first_day - timedelta(days=1),
            "start_date": first_day,
            "assignment_rule": "admin",
            "status": "running",
        }
        for cohort_id, name in cohorts.items()
    ]
    if goal and not missing_letters(goal):
        found["goals"] = [goal]
    return found


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("%", "").strip())
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def id_of(name: str) -> str:
    """The id of a programme by its name."""
    return slug(name)
