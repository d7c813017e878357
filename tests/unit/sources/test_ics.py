"""Calendars: planned, never held; expanded in their own zone; bounded."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.sources.records import Extract, SourceFile, SourceRefused
from pipelines.sources.sessions.ics import read

FIXTURES = Path(__file__).parents[2] / "fixtures/icalendar"


def event(
    *lines,
    uid="m1",
    start="DTSTART;TZID=Europe/Berlin:20260310T170000",
    more=("ATTENDEE;PARTSTAT=ACCEPTED:mailto:Mentee@example.org", "ORGANIZER:mailto:mentor@example.org"),
):
    return "\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            "DTSTAMP:20260101T000000Z",
            start,
            "SUMMARY:Mentoring 1:1",
            *lines,
            *more,
            "END:VEVENT",
            "",
        ]
    )


def calendar(*events, name="a.ics"):
    return SourceFile(name, f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(events)}END:VCALENDAR\n".encode())


def extract(*files, **options) -> Extract:
    return read(
        files,
        {
            "as_of": date(2026, 3, 28),
            "zone": "Europe/Berlin",
            "window": {"from": "2026-01-01", "to": "2026-12-31"},
            **options,
        },
    )


def test_a_past_entry_is_unknown_and_never_held_and_a_future_one_is_scheduled():
    rows = extract(calendar(event("RRULE:FREQ=WEEKLY;COUNT=4"))).batch("sessions").rows
    assert rows["status"].to_list() == ["unknown", "unknown", "unknown", "scheduled"]
    assert set(rows["status_basis"]) == {"calendar_only"}


def test_a_series_keeps_its_local_hour_when_the_clocks_change():
    rows = extract(calendar(event("RRULE:FREQ=WEEKLY;COUNT=4"))).batch("sessions").rows
    assert [at.astimezone(UTC).hour for at in rows["scheduled_start_at"]] == [16, 16, 16, 15]
    assert set(rows["scheduled_tz"]) == {"Europe/Berlin"}


def test_an_excluded_date_is_no_session():
    assert (
        extract(calendar(event("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20260317T170000")))
        .batch("sessions")
        .rows.height
        == 2
    )


def test_a_moved_occurrence_keeps_its_identity_and_a_cancelled_one_stays_cancelled():
    series = event("RRULE:FREQ=WEEKLY;COUNT=2")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260310T170000", start="DTSTART;TZID=Europe/Berlin:20260311T090000", more=()
    )
    cancelled = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260317T170000",
        "STATUS:CANCELLED",
        start="DTSTART;TZID=Europe/Berlin:20260317T170000",
        more=(),
    )
    result = extract(calendar(series, moved, cancelled))
    rows = result.batch("sessions").rows.sort("recurrence_id")
    assert rows.select("recurrence_id", "status").rows() == [
        ("20260310T160000Z", "unknown"),
        ("20260317T160000Z", "cancelled"),
    ]
    assert rows["scheduled_start_at"].to_list()[0] == datetime(2026, 3, 11, 8, tzinfo=UTC)
    assert (
        result.batch("session_participants").rows.height == 4
    )  # an override that names nobody keeps the invited of its series


def test_two_copies_of_a_meeting_are_the_same_rows_twice_with_the_newest_values():
    old = calendar(event("SEQUENCE:0"), name="mentor.ics")
    new = calendar(event("SEQUENCE:1", "STATUS:CANCELLED"), name="mentee.ics")
    rows = extract(old, new).batch("sessions").rows
    assert rows.drop("source_file").is_duplicated().all()
    assert rows["status"].to_list() == ["cancelled", "cancelled"]


def test_participants_are_known_by_email_in_lower_case():
    people = extract(calendar(event())).batch("session_participants").rows
    assert people.select("person_id", "role", "response").rows() == [
        ("email:mentee@example.org", None, "accepted"),
        ("email:mentor@example.org", "host", "none"),
    ]


def test_rooms_are_not_people():
    result = extract(calendar(event(more=("ATTENDEE;CUTYPE=ROOM:mailto:room1@example.org",))))
    assert result.batch("session_participants").rows.is_empty()


def test_only_mentoring_events_count_and_the_others_are_counted_as_left_out():
    other = event(uid="m2").replace("Mentoring 1:1", "Team lunch")
    batch = extract(calendar(event(), other), mentoring={"summary": "(?i)mentoring", "category": "MENTORING"}).batch(
        "sessions"
    )
    assert batch.rows.height == 1
    assert dict(batch.filtered.rows()) == {"not a mentoring event": 1}


def test_a_floating_time_is_taken_in_the_zone_of_the_source():
    rows = extract(calendar(event(start="DTSTART:20260310T170000"))).batch("sessions").rows
    assert rows["scheduled_start_at"].to_list() == [datetime(2026, 3, 10, 16, tzinfo=UTC)]


@pytest.mark.parametrize(
    "name", ["calendars_broken_dtstart.ics", "calendars_invalid_duration.ics", "events_event_with_rsvp.ics"]
)
def test_a_broken_event_of_a_genuine_file_is_refused_alone(name):
    wrapped = (FIXTURES / name).read_bytes().replace(b"\r\n", b"\n")
    result = extract(SourceFile("x.ics", wrapped), calendar(event()))
    assert result.batch("sessions").rejects.height == 1
    assert result.batch("sessions").rows.height == 1


def test_a_rule_without_end_is_expanded_inside_the_window_only():
    rows = extract(calendar(event("RRULE:FREQ=WEEKLY"))).batch("sessions").rows
    assert rows.height == 43
    assert max(rows["scheduled_start_at"]) < datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MINUTELY;COUNT=5",
        "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
    ],
)
def test_a_rule_that_floods_is_refused_before_it_is_expanded(rule):
    assert extract(calendar(event(rule))).batch("sessions").rejects["rule"].to_list() == ["unbounded_series"]


def test_more_occurrences_than_the_cap_refuse_the_source():
    with pytest.raises(SourceRefused, match=r"more than 10 occurrences.*Next step"):
        extract(calendar(event("RRULE:FREQ=DAILY;COUNT=11")), max_occurrences=10)


@pytest.mark.parametrize("data", [b"", b"hello"])
def test_what_is_no_calendar_is_refused_by_name(data):
    with pytest.raises(SourceRefused, match=r"x\.ics.*Next step"):
        extract(SourceFile("x.ics", data))
