"""Texts to begin with, one a kind of thing to do. Placeholders in braces are filled by whoever sends it; nothing is sent from here."""

from dataclasses import dataclass

from dashboards.facts.work_items import Kind


@dataclass(frozen=True)
class Draft:
    """To whom, and what to begin with."""

    to: str
    text: str


DRAFTS: dict[Kind, Draft] = {
    "decision": Draft(
        "People who could mentor and have not applied",
        "Hello {first name},\n\n{programme} starts on {date} and some of your colleagues still have no mentor. Would you take one person on, at one meeting every {interval}? "
        "A short answer this week helps most.\n\n{coordinator}",
    ),
    "pairs": Draft(
        "Mentee and mentor of each pair",
        "Hello {first name},\n\nyou and {partner} last met on {date}. Would a meeting in the next two weeks suit you both? If mentoring no longer fits, tell us: we end the pair without "
        "fuss, or find you another partner.\n\n{coordinator}",
    ),
    "milestones": Draft(
        "Mentee and mentor of each pair",
        "Hello {first name},\n\n{milestone} was planned for {date}. If it has been done, please tick it off; if it is in the way, tell us and we move or drop it.\n\n{coordinator}",
    ),
    "applicants": Draft(
        "Each applicant who waits",
        "Hello {first name},\n\nyou applied for {programme} on {date} and have not heard from us. {decision}. If you have questions, write to me.\n\n{coordinator}",
    ),
    "surveys": Draft(
        "Everybody who was invited, since answers are confidential",
        "Hello {first name},\n\nour short survey on {programme} is open until {date}. If you have answered, thank you and forget this message. Answers are only shown for groups, "
        "never for one person.\n\n{coordinator}",
    ),
}  # fmt: skip


def draft(kind: Kind) -> Draft | None:
    """The text to begin with; None where a page does the work."""
    return DRAFTS.get(kind)
