"""What a programme's file says that its handbook repeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

NOT_STATED = "to be agreed by the two of you"
EVERY = {7: "every week", 14: "every two weeks", 30: "every month", 31: "every month", 91: "every quarter"}


@dataclass(frozen=True)
class Facts:
    """One programme in words. `templates`: the programme's own texts by kind (agreement, goal_setting, check_in, closing)."""

    programme_id: str
    name: str
    mission: str
    strategy_link: str | None
    objective: str
    who: str
    rhythm: str
    meetings: str
    contact: str
    goals: tuple[str, ...]
    templates: Mapping[str, str]

    def own(self, kind: str) -> str:
        """The programme's own text of a kind; empty where it has none."""
        return self.templates.get(kind, "").strip()


def facts_of(content: Mapping[str, Any]) -> Facts:
    """`content`: a programme's file, as the registry accepts it. What nobody stated is said to be open."""
    goals = [goal for goal in content.get("goals") or [] if goal.get("statement")]
    population = content.get("population") or {}
    planned = content.get("planned_sessions")
    return Facts(
        programme_id=str(content["programme_id"]),
        name=str(content["name"]),
        mission=_sentence(str(content["mission"])),
        strategy_link=_sentence(str(content["strategy_link"])) if content.get("strategy_link") else None,
        objective=str(content["objective"]),
        who=str(population.get("words") or "whoever the programme invites"),
        rhythm=rhythm_words(content.get("cadence_days")),
        meetings=str(planned) if planned else NOT_STATED,
        contact=next(
            (str(goal["owner"]).lower() for goal in goals if "lead" in str(goal.get("owner", "")).lower()),
            "the programme team",
        ),
        goals=tuple(_goal(goal) for goal in goals),
        templates={str(kind): str(text) for kind, text in (content.get("templates") or {}).items()},
    )


def rhythm_words(days: Any) -> str:
    """How often pairs agreed to meet, in words."""
    if not days:
        return NOT_STATED
    return EVERY.get(int(days), f"every {int(days)} days")


def _goal(goal: Mapping[str, Any]) -> str:
    due = goal.get("due_date")
    by = f" (due {due.day} {due:%B %Y})" if isinstance(due, date) else ""
    return f"{str(goal['statement']).strip().rstrip('.')}{by}."


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
