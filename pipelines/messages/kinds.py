"""The catalogue: every message that a programme sends, to whom, and what a recipient may decline."""

from dataclasses import dataclass

NUDGES, SURVEYS, DIGESTS, REPORTS, ESSENTIAL = "nudges", "surveys", "digests", "reports", "essential"
CATEGORIES = {
    NUDGES: "reminders about meetings and milestones",
    SURVEYS: "invitations to surveys",
    DIGESTS: "the weekly digest",
    REPORTS: "the leadership report",
}
"""What a recipient may opt out of, in words."""


@dataclass(frozen=True)
class Kind:
    """One message. category: ESSENTIAL can't be declined; is_capped: counts towards the most messages a week; by_role: mentor and mentee get texts of their own."""

    name: str
    title: str
    category: str
    is_capped: bool = True
    by_role: bool = False

    def text(self, role: str) -> str:
        """Name of the template for a role."""
        return f"{self.name}.{role}" if self.by_role else self.name


KINDS = {
    kind.name: kind
    for kind in (
        Kind("introduction", "Introduction of a pair", ESSENTIAL, is_capped=False, by_role=True),
        Kind("first_meeting", "Book the first meeting", NUDGES),
        Kind("check_in", "Check-in at half time", NUDGES),
        Kind("drift_nudge", "Pair that stopped meeting", NUDGES),
        Kind("survey_invitation", "Invitation to a survey", SURVEYS),
        Kind("survey_reminder", "Reminder of a survey", SURVEYS),
        Kind("milestone_due", "Milestone due", NUDGES),
        Kind("closing", "Closing of a pair", ESSENTIAL, is_capped=False),
        Kind("coordinator_digest", "Coordinator's weekly digest", DIGESTS, is_capped=False),
        Kind("report_preview", "Preview of the report for its owner", ESSENTIAL, is_capped=False),
        Kind("report", "Leadership report", REPORTS, is_capped=False),
        Kind("report_delayed", "Leadership report is delayed", REPORTS, is_capped=False),
    )
}


def kind_named(name: str) -> Kind:
    """Raises KeyError with the names that there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise KeyError(f"no message {name!r}; there are {', '.join(KINDS)}") from None
