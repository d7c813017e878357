"""Sessions and who took part."""

from pipelines.contracts.model import Table, flag, instant, integer, key, number, person, text

SESSIONS: tuple[Table, ...] = (
    Table(
        "sessions",
        "raw_sessions",
        ("source_instance", "session_id"),
        "One row per session as one source knows it, held or not.",
        (
            key("session_id", "Key of the session within its source."),
            text("pair_id", "Pair, where the source names it.", pii="P1"),
            text("programme_id", "Programme, where the source names it."),
            text("external_uid", "iCalendar UID or the platform's id of the meeting, hashed.", pii="P1", opaque=True),
            text("series_id", "Series that it is part of, hashed.", pii="P1", opaque=True),
            text("recurrence_id", "Which occurrence of the series."),
            instant("scheduled_start_at", "Planned start, UTC.", required=True),
            instant("scheduled_end_at", "Planned end, UTC."),
            text("scheduled_tz", "IANA zone in which it was planned.", required=True),
            instant("actual_start_at", "Actual start, UTC."),
            instant("actual_end_at", "Actual end, UTC."),
            text(
                "status",
                "State.",
                required=True,
                values=("scheduled", "held", "cancelled", "no_show", "rescheduled", "unknown"),
            ),
            text(
                "status_basis",
                "Grade of evidence for the state.",
                required=True,
                values=("attendance_report", "both_sides", "self_report", "calendar_only", "assumed"),
            ),
            flag("cancelled_with_notice", "True when cancelled before the day."),
            text("topic", "Topic code."),
            text("channel", "in_person, video, phone, chat."),
        ),
    ),
    Table(
        "session_participants",
        "raw_sessions",
        ("source_instance", "session_id", "person_id", "join_seq"),
        "One row per person invited to or seen in a session.",
        (
            key("session_id", "Session."),
            person("person_id", "Participant.", required=True),
            integer("join_seq", "1 unless the joins are kept apart.", required=True, minimum=1),
            text("role", "Role.", values=("mentor", "mentee", "host", "guest")),
            text("response", "Answer to the invitation.", values=("accepted", "declined", "tentative", "none")),
            flag("attended", "Null = no evidence."),
            instant("joined_at", "Joined, UTC."),
            instant("left_at", "Left, UTC."),
            number("minutes", "Minutes present, joins merged.", minimum=0, maximum=1440),
            text("match_method", "How the person was recognised.", values=("id", "email", "name", "none")),
        ),
    ),
)
