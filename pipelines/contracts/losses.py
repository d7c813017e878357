"""How much of a table a source may deliver less than last time before a load asks. One row fewer is an edit, never a question."""

from dataclasses import dataclass

EDIT = 1
"""Rows that somebody may have taken out by hand."""


@dataclass(frozen=True)
class Loss:
    """share: of the last load's rows that may be missing. reason: why that much and no more, in a few words that a reader sees.

    by_key: whether its ids stay for good, so that rows are missed by their ids, however many others came in their place.
    """

    share: float
    reason: str
    by_key: bool = False


_HISTORY = "what happened stays in the source's history"
_CONFIGURED = "the programme files are kept by hand, one entry at a time"
_LOG = "a log grows; only what is older than its window leaves it"
_ANSWERS = "an answer that was given stays, but for the few that are withdrawn"

MAY_LOSE: dict[str, Loss] = {
    "persons": Loss(0.05, "people leave a list one by one"),
    "person_identifiers": Loss(0.1, "people leave a list one by one, and some lose an address"),
    "person_demographics": Loss(0.1, "people leave a list one by one, and some take an answer back"),
    "employment_spells": Loss(0.05, _HISTORY),
    "job_history": Loss(0.1, "states are merged when somebody corrects them, never by the hundred"),
    "levels": Loss(0.34, _CONFIGURED),
    "productivity_readings": Loss(0.1, _HISTORY),
    "person_measures": Loss(0.1, _HISTORY),
    "programmes": Loss(0.34, _CONFIGURED),
    "programme_goals": Loss(0.34, _CONFIGURED),
    "programme_segments": Loss(0.34, _CONFIGURED),
    "cohorts": Loss(0.34, _CONFIGURED),
    "applications": Loss(0.05, "an application that was made stays, whatever was decided", by_key=True),
    "application_preferences": Loss(0.1, "people change what they wish, one by one"),
    "pairs": Loss(0.05, "a pair that was made stays, also when it has ended", by_key=True),
    "pair_members": Loss(0.05, "a pair that was made stays, also when it has ended"),
    "match_decisions": Loss(0.0, "the log of decisions only grows"),
    "milestones": Loss(0.1, _HISTORY),
    "goals": Loss(0.1, "a goal that was set stays, also when it is dropped"),
    "goal_updates": Loss(0.1, _HISTORY),
    "costs": Loss(0.1, _HISTORY),
    "source_facts": Loss(0.34, _CONFIGURED),
    "workspace": Loss(0.0, "there is one row, always"),
    "sessions": Loss(0.25, _LOG),
    "session_participants": Loss(0.25, _LOG),
    "surveys": Loss(0.1, "a survey that was asked stays"),
    "survey_questions": Loss(0.2, "few questions are taken out between two waves"),
    "survey_responses": Loss(0.05, _ANSWERS),
    "survey_answers": Loss(0.1, _ANSWERS),
    "survey_invitations": Loss(0.05, "who was invited stays invited"),
}
NEARLY_EMPTY = 0.2
"""A column is nearly empty where it holds less than this part of the share that it held ..."""
FILLED_ENOUGH = 10
"""... if that were values of at least this many rows: with fewer, chance alone empties it."""
