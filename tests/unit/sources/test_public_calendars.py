"""Our expansion beside recurring-ical-events' own, on the calendars that its package and icalendar's fixtures hold: most of them came with bug reports."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events

from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.sessions.ics import read
from pipelines.sources.sessions.ics.events import utc_instant

SHIPPED = Path(recurring_ical_events.__file__).parent / "test" / "calendars"
FIXTURES = Path(__file__).parents[2] / "fixtures/icalendar"
CALENDARS = sorted([*SHIPPED.rglob("*.ics"), *FIXTURES.rglob("*.ics")])
WINDOW = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))

# Where we differ on purpose, and why.
NO_UID = "an event without UID can't be told from its copies and is quarantined"
BACKWARDS = "an event that ends before it starts is quarantined, not turned round"
EXPLAINED = {
    "duration.ics": NO_UID,
    "issue_107_omitting_last_event.ics": NO_UID,
    "issue_113_period_rdate_duration.ics": NO_UID,
    "rdate.ics": NO_UID,
    "rdate2.ics": NO_UID,
    "calendars_issue_237_fail_to_parse_timezone_with_non_ascii_tzid.ics": NO_UID,
    "end_before_start_event.ics": BACKWARDS,
    "issue_132_swapped_start_and_end.ics": BACKWARDS,
    "issue_201_mixed_datetime_and_date.ics": "a day and a time in one event: its day is an all-day entry",
    "issue_86_x_wr_timezone_without_time_zone_in_dt.ics": "a floating time is taken in the zone that the workspace declares",
}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
Meetings = set[tuple[str, datetime]]


def ours(path: Path) -> tuple[Meetings, int]:
    window = {"from": WINDOW[0].date().isoformat(), "to": "2024-12-31"}
    options = {"as_of": date(2026, 12, 31), "zone": "UTC", "window": window}
    try:
        batch = read([SourceFile(path.name, path.read_bytes())], options).batch("sessions")
    except SourceRefused:
        return set(), 1
    return {(row["external_uid"], row["scheduled_start_at"]) for row in batch.rows.to_dicts()}, batch.rejects.height


def theirs(path: Path) -> Meetings | None:
    """None where the library can't read the file as one calendar."""
    try:
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
        found = list(recurring_ical_events.of(calendar, skip_bad_series=True).between(*WINDOW))
        starts = [(str(event.get("UID", "")).strip(), event["DTSTART"].dt) for event in found]
    except (ValueError, KeyError, TypeError):
        return None
    timed = {(uid, utc_instant(start, "UTC")) for uid, start in starts if isinstance(start, datetime)}
    return {(uid, start) for uid, start in timed if WINDOW[0] <= start < WINDOW[1]}


@pytest.mark.parametrize("path", CALENDARS, ids=lambda path: path.name)
def test_a_public_calendar_gives_the_same_meetings_or_a_difference_with_a_reason(path: Path) -> None:
    meetings, refused = ours(path)
    expected = theirs(path)
    if expected is None:
        assert refused, "what the library can't read is told, in part or as a whole"
    elif path.name in EXPLAINED:
        assert meetings != expected
    else:
        assert meetings == expected


def test_over_a_hundred_public_calendars_are_compared() -> None:
    assert len(CALENDARS) >= 100
    assert Counter(EXPLAINED.values()).most_common(1)[0][0] == NO_UID
