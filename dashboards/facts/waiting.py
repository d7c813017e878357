"""Which milestones are late and who waits for an answer? From the managers' file, by the numbers that the platform gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.facts.programmes import Published

MILESTONES = {
    "agreement_signed": ("agreement",), "goals_set": ("goal-setting",), "mid_check_in": ("check-in",), "closing_assessment": ("closing assessment",),
}  # fmt: skip


@dataclass(frozen=True)
class Overdue:
    """One milestone of a pair, or one application, that waits. number: of the pair or the application."""

    number: str
    programme: str
    what: str
    since: date
    days: int


def milestones(managers: Published, today: date, names: Mapping[str, str]) -> list[Overdue]:
    """Milestones of open pairs that were due and aren't done, the oldest first. names: programme ids to names."""
    rows = managers.frame(
        "select pair_id, programme_id, milestone, due_date from work_milestones order by due_date, pair_id, milestone"
    )
    return [
        Overdue(pair, names[programme], MILESTONES.get(what, (what.replace("_", " "),))[0], due, (today - due).days)
        for pair, programme, what, due in rows.iter_rows()
        if programme in names
    ]


def applicants(managers: Published, today: date, names: Mapping[str, str]) -> list[Overdue]:
    """Applicants for a mentee's place without an answer, the longest waiting first; those of a matching that is being formed belong to it. names: programme ids to names."""
    query = """
        select application_id, programme_id, decision, submitted_date from work_applicants
        where coalesce(cohort_status, '') <> 'forming' order by submitted_date, application_id
    """
    return [
        Overdue(
            number,
            names[programme],
            "on the waiting list" if decision == "waitlisted" else "no answer yet",
            since,
            (today - since).days,
        )
        for number, programme, decision, since in managers.frame(query).iter_rows()
        if programme in names
    ]
