"""When somebody may be written to."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.messages.etiquette import Etiquette, is_working_day

POLITE = Etiquette(zone="Europe/Berlin", country="DE")


def moment(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-06-17T09:30", "2026-06-17T09:30"),
        ("2026-06-17T07:59", "2026-06-17T08:00"),
        ("2026-06-17T18:00", "2026-06-18T08:00"),
        ("2026-06-19T18:30", "2026-06-22T08:00"),
        ("2026-12-24T19:00", "2026-12-28T08:00"),
        ("2026-10-24T12:00", "2026-10-26T08:00"),
    ],
    ids=["now", "early", "evening", "weekend", "Christmas", "the night in which the clock goes back"],
)
def test_a_message_waits_for_the_recipients_working_hours(now: str, then: str) -> None:
    assert POLITE.next_moment(moment(now), None, None) == moment(then)


def test_the_recipients_own_zone_and_calendar_come_first() -> None:
    assert POLITE.next_moment(moment("2026-06-17T09:30"), "America/New_York", "US") == moment(
        "2026-06-17T08:00", "America/New_York"
    )
    assert POLITE.next_moment(moment("2026-07-03T12:00", "America/New_York"), "America/New_York", "US") == moment(
        "2026-07-06T08:00", "America/New_York"
    )


def test_a_zone_or_country_that_nobody_knows_gives_way_to_the_workspaces() -> None:
    assert POLITE.next_moment(moment("2026-06-17T07:00"), "Mars/Base", "XX") == moment("2026-06-17T08:00")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca"]),
    st.sampled_from(["DE", "NP", "WS", "CA", "MA", None]),
)
def test_the_next_moment_is_allowed_not_past_and_found_again(naive: datetime, zone: str, country: str | None) -> None:
    now = naive.replace(tzinfo=UTC)
    then = Etiquette().next_moment(now, zone, country)
    local = then.astimezone(ZoneInfo(zone))
    assert then >= now
    assert 8 <= local.hour < 18
    assert is_working_day(local, country)
    assert Etiquette().next_moment(then, zone, country) == then
