"""Who is due what, and when they no longer are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.messages.facts import Invitation, Milestone, Person, Survey
from pipelines.messages.rules import due_messages, silent_beyond
from tests.unit.messages.made import TODAY, facts, pair


def due_of(kind: str, *pairs, **more) -> list[str]:
    return sorted(m.recipient.partition(":")[2] for m in due_messages(facts(*pairs, **more)) if m.kind == kind)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_both_of_a_new_pair_are_introduced_once_and_not_after_two_weeks_or_a_meeting() -> None:
    assert due_of("introduction", pair(started=ago(3))) == ["mentee1", "mentor1"]
    assert due_of("introduction", pair(started=ago(15), matched_on=ago(16))) == []
    assert due_of("introduction", pair(started=ago(3), held=1)) == []
    assert due_of("introduction", pair(started=None, matched_on=ago(1), pair_id=None)) == ["mentee1", "mentor1"]


def test_a_pair_that_its_platform_learns_of_later_is_the_same_pair() -> None:
    published = due_messages(facts(pair(started=None, matched_on=ago(1), pair_id=None)))
    begun = due_messages(facts(pair(started=ago(0), matched_on=ago(1))))
    assert {m.key for m in published if m.kind == "introduction"} == {m.key for m in begun if m.kind == "introduction"}


@pytest.mark.parametrize(
    ("days", "who"),
    [(2, []), (3, ["mentee1"]), (9, ["mentee1"]), (10, ["mentee1", "mentor1"]), (17, ["mentee1", "mentor1"]), (18, [])],
)
def test_the_first_meeting_is_asked_for_on_day_3_of_the_mentee_and_on_day_10_of_both(days: int, who: list[str]) -> None:
    assert due_of("first_meeting", pair(started=ago(days))) == who


def test_a_meeting_that_is_booked_or_held_ends_the_asking() -> None:
    assert due_of("first_meeting", pair(started=ago(4), next_planned=TODAY)) == []
    assert due_of("first_meeting", pair(started=ago(4), held=1, last_held=ago(1))) == []


@pytest.mark.parametrize(("silent", "messages"), [(45, 0), (46, 2), (59, 2), (60, 0), (76, 2), (90, 0)])
def test_a_silent_pair_is_written_to_twice_and_then_left_to_the_coordinator(silent: int, messages: int) -> None:
    quiet = pair(started=ago(200), held=3, last_held=ago(silent), planned_end=TODAY + timedelta(days=99))
    assert len(due_of("drift_nudge", quiet)) == messages
    assert silent_beyond(facts(quiet), "p") == (silent > 75)


def test_a_new_silence_after_a_meeting_is_told_again() -> None:
    first, later = (pair(started=ago(300), held=3, last_held=ago(days), planned_end=None) for days in (50, 46))
    keys = [{m.key for m in due_messages(facts(one)) if m.kind == "drift_nudge"} for one in (first, later)]
    assert keys[0]
    assert not keys[0] & keys[1]


def test_nobody_who_is_gone_or_on_leave_is_written_to_nor_is_their_partner_asked_to_write() -> None:
    away = [Person("mentor1", is_here=False)]
    assert due_of("first_meeting", pair(started=ago(10)), people=away) == []


def test_a_milestone_is_told_a_week_ahead_and_until_two_weeks_late() -> None:
    for days, told in ((8, 0), (7, 2), (-14, 2), (-15, 0)):
        one = pair(held=1, last_held=ago(1))
        late = Milestone(one, "goals_set", TODAY + timedelta(days=days))
        assert len(due_of("milestone_due", one, milestones=(late,))) == told


def test_closing_is_told_two_weeks_before_the_agreed_end() -> None:
    assert due_of("closing", pair(held=2, last_held=ago(2), planned_end=TODAY + timedelta(days=14))) == [
        "mentee1",
        "mentor1",
    ]
    assert due_of("closing", pair(held=2, last_held=ago(2), planned_end=TODAY + timedelta(days=15))) == []


def test_a_declared_survey_goes_to_the_roles_that_it_is_for() -> None:
    survey = Survey("mid", 3, "https://forms.example.org/mid", roles=("mentee",))
    one = pair(started=ago(93), held=3, last_held=ago(3), planned_end=None)
    assert due_of("survey_invitation", one, programme={"surveys": (survey,)}) == ["mentee1"]


def test_a_reminder_stops_with_the_answer_and_when_the_survey_closes() -> None:
    asked = Invitation("s", "p", "mentee1", ago(8), closes_on=TODAY + timedelta(days=9), is_answered=False)
    assert due_of("survey_reminder", invitations=(asked,)) == ["mentee1"]
    for done in ({"is_answered": True}, {"closes_on": TODAY}, {"sent_on": ago(6)}, {"sent_on": ago(22)}):
        assert due_of("survey_reminder", invitations=(Invitation(**{**asked.__dict__, **done}),)) == []


def test_where_answers_are_anonymous_everybody_is_reminded_and_told_so() -> None:
    asked = Invitation("s", "p", "mentee1", ago(8), is_answered=None)
    (reminder,) = [m for m in due_messages(facts(invitations=(asked,))) if m.kind == "survey_reminder"]
    assert reminder.fields["is_anonymous"] == 1


def test_a_digest_comes_once_a_week_and_not_where_nothing_waits() -> None:
    waits = {"work": {"applicants": 2, "late_milestones": 0}}
    (monday,) = [
        m for m in due_messages(facts(programme=waits, today=date(2026, 6, 15))) if m.kind == "coordinator_digest"
    ]
    (sunday,) = [
        m for m in due_messages(facts(programme=waits, today=date(2026, 6, 21))) if m.kind == "coordinator_digest"
    ]
    assert monday.key == sunday.key
    assert dict(monday.fields) == {"applicants": 2}
    assert not [m for m in due_messages(facts()) if m.kind == "coordinator_digest"]


def test_what_a_programme_does_not_send_is_not_due() -> None:
    assert due_messages(facts(pair(started=ago(3)), programme={"sent": frozenset()})) == []


@given(st.integers(-40, 400), st.integers(0, 400), st.integers(0, 5), st.integers(1, 60), st.integers(0, 60))
def test_on_no_day_is_a_message_out_of_date_or_due_under_two_keys_to_one_person(
    start: int, silent: int, held: int, cadence: int, later: int
) -> None:
    last = ago(silent) if held and silent <= start else None
    one = pair(started=ago(start), held=held if last else 0, last_held=last, cadence_days=float(cadence))
    messages = due_messages(facts(one))
    assert all(m.due_on <= TODAY <= m.expires_on for m in messages)
    assert len({(m.kind, m.recipient) for m in messages}) == len(messages)
    again = {m.key for m in due_messages(facts(one, today=TODAY + timedelta(days=later)))}
    assert len({m.key for m in messages} | again) <= len(messages) + len(again)


def test_nothing_in_a_message_names_a_person_but_by_pseudonym() -> None:
    for message in due_messages(facts(pair(started=ago(3)))):
        assert not any("@" in f"{value}" for value in (message.recipient, message.subject, *message.fields.values()))
