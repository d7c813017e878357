"""Who takes part: the steps of one round from who could to who finished, and whether they are satisfied. One round's figures never stand beside all rounds'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.facts.programmes import Cohort, Programme, Published, cohorts, programmes

ALL = "all"
METRICS = (
    "participation_rate", "applicants", "take_up_rate", "match_rate_ever", "completion_rate", "early_closure_rate", "active_pairs", "csat_mentee", "survey_response_rate",
)  # fmt: skip
TO_DATE = """
    select programme_id, cohort_id, metric_id, numerator, denominator, n_people, value, ci_low, ci_high, suppression_reason
    from metric_values
    where period_kind = 'to_date' and segment_kind = 'all' and list_contains($1, metric_id)
    order by programme_id, cohort_id, metric_id
"""
WAITING = "select programme_id, case when count(people) = count(*) then sum(people) end as people from match_unmatched_reasons where role = 'mentee' group by all order by 1"


@dataclass(frozen=True)
class Answer:
    """A share with its interval, of people who answered."""

    value: float
    low: float
    high: float
    n_people: int


@dataclass(frozen=True)
class Round:
    """The steps of one round, or of all rounds together (`cohort_id` "all"). A count is None where it isn't measured or hidden.

    lasted: pairs that weren't closed early; finished: pairs with the agreed sessions or the closing assessment, of `ended`.
    """

    programme_id: str
    programme: str
    cohort_id: str
    name: str
    eligible: int | None
    applied: int | None
    offered: int | None
    matched: int | None
    lasted: int | None
    begun: int | None
    finished: int | None
    ended: int | None
    active: int | None
    open: int | None
    satisfied: Answer | None
    answered: float | None
    waiting: int | None

    @property
    def has_steps(self) -> bool:
        """Whether any step can be told."""
        return any(step is not None for step in (self.eligible, self.applied, self.matched))

    @property
    def pairs_words(self) -> str:
        """ "61 of 84 finished as agreed", "43 of 47 active"; "" where neither is known."""
        if self.ended:
            return "" if self.finished is None else f"{self.finished:,} of {self.ended:,} finished as agreed"
        return f"{self.active:,} of {self.open:,} met in 30 days" if self.active is not None and self.open else ""


def rounds(snapshot: Published) -> dict[str, list[Round]]:
    """Programme id to its rounds that can be told, newest first, and last all rounds together."""
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in snapshot.frame(TO_DATE, [list(METRICS)]).to_dicts():
        found.setdefault((row["programme_id"], row["cohort_id"]), {})[row["metric_id"]] = row
    waiting = dict(snapshot.frame(WAITING).iter_rows())
    known = cohorts(snapshot)
    return {
        one.programme_id: _rounds(
            one, [cohort for cohort in known if cohort.programme_id == one.programme_id], found, waiting
        )
        for one in programmes(snapshot)
    }


def latest(told: Sequence[Round]) -> Round | None:
    """The newest round whose steps can be told, else all rounds together; None where nothing is."""
    return next((one for one in told if one.matched), next((one for one in told if one.has_steps), None))


def _rounds(
    programme: Programme,
    known: Sequence[Cohort],
    found: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]],
    waiting: Mapping[str, Any],
) -> list[Round]:
    names = {cohort.cohort_id: cohort.name for cohort in known} | {ALL: "all rounds"}
    told = [
        _round(programme, cohort_id, name, found.get((programme.programme_id, cohort_id), {}), waiting)
        for cohort_id, name in names.items()
    ]
    return [one for one in told if one.has_steps or one.satisfied]


def _round(
    programme: Programme, cohort_id: str, name: str, rows: Mapping[str, Mapping[str, Any]], waiting: Mapping[str, Any]
) -> Round:
    def count(metric: str, part: str) -> int | None:
        value = rows.get(metric, {}).get(part)
        return None if value is None else round(value)

    begun, early = count("early_closure_rate", "denominator"), count("early_closure_rate", "numerator")
    asked = rows.get("csat_mentee", {})
    people = waiting.get(programme.programme_id)
    return Round(
        programme_id=programme.programme_id,
        programme=programme.name,
        cohort_id=cohort_id,
        name=name,
        eligible=count("participation_rate", "denominator"),
        applied=count("applicants", "numerator"),
        offered=count("take_up_rate", "denominator"),
        matched=count("match_rate_ever", "numerator"),
        lasted=None if begun is None or early is None else begun - early,
        begun=begun,
        finished=count("completion_rate", "numerator"),
        ended=count("completion_rate", "denominator"),
        active=count("active_pairs", "numerator"),
        open=count("active_pairs", "denominator"),
        satisfied=None
        if asked.get("value") is None
        else Answer(asked["value"], asked["ci_low"], asked["ci_high"], asked["n_people"]),
        answered=rows.get("survey_response_rate", {}).get("value"),
        waiting=None if people is None else int(people),
    )
