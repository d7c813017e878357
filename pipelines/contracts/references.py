"""Whom a table may name that no list of people knows, and how many of them before a load asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MayBeUnknown:
    """share: of the distinct people that the column names; None is told and never asked about. reason: a few words that a reader sees."""

    share: float | None
    reason: str


_TAKES_PART = MayBeUnknown(0.1, "who takes part is on a list of people, but for a few from outside")
_FACT = MayBeUnknown(0.1, "a fact about nobody is lost")
_GUESTS = MayBeUnknown(None, "guests and rooms are invited too")
_ABOVE = MayBeUnknown(None, "a manager may stand on another list")

MAY_BE_UNKNOWN: dict[tuple[str, str], MayBeUnknown] = {
    ("pair_members", "person_id"): _TAKES_PART,
    ("applications", "person_id"): _TAKES_PART,
    ("goals", "owner_person_id"): _TAKES_PART,
    ("survey_invitations", "person_id"): _TAKES_PART,
    ("survey_responses", "respondent_person_id"): _TAKES_PART,
    ("employment_spells", "person_id"): _FACT,
    ("job_history", "person_id"): _FACT,
    ("person_demographics", "person_id"): _FACT,
    ("person_measures", "person_id"): _FACT,
    ("productivity_readings", "person_id"): _FACT,
    ("session_participants", "person_id"): _GUESTS,
    ("job_history", "manager_person_id"): _ABOVE,
}
"""Every column that names a person outside the lists of people themselves."""
