"""Times of a week as people write them; the letters are the first of day and part, `Mm` for Monday morning."""

import pytest

from pipelines.matching_inputs.free_times import DAYS, free_times, on_another_clock

PARTS = {"morning": range(6, 12), "midday": range(12, 14), "afternoon": range(14, 17), "evening": range(17, 22)}


def part(time: str) -> str:
    return next(name for name, hours in PARTS.items() if int(time.split()[1][:2]) in hours)


def short(text: str) -> dict[str, str] | None:
    """Part of the day to the days, by their first two letters."""
    times = free_times(text)
    if times is None:
        return None
    found: dict[str, str] = {}
    for day in DAYS:
        for time in times:
            if time.startswith(day):
                days = found.get(part(time), "")
                found[part(time)] = days if days.endswith(day[:2]) else days + day[:2]
    return found


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Tues. & Thurs. PM", "TuTh"),
        ("Tue 1-3", "Tu"),
        ("Wed after 3", "We"),
        ("every other Friday, 4pm", "Fr"),
        ("Monday, Wednesday and Friday afternoons", "MoWeFr"),
        ("T/Th 14:00", "TuTh"),
        ("L-V tardes", "MoTuWeThFr"),
        ("Lun-Ven 14h-16h", "MoTuWeThFr"),
        ("afternoons, not on Fridays", "MoTuWeThSaSu"),
    ],
)
def test_an_hour_and_half_a_day_are_a_part_of_it(text: str, days: str) -> None:
    found = short(text)
    assert found is not None
    assert found["afternoon"] == days
    assert "morning" not in found


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("nicht montags", "Monday"),
        ("Mon-Thu except Tue", "Tuesday"),
        ("any day but Friday", "Friday"),
        ("never on weekends", "Saturday"),
        ("I'm not free on Fridays", "Friday"),
        ("immer außer freitags", "Friday"),
        ("Mondays not possible", "Monday"),
        ("mittwochs nie", "Wednesday"),
        ("flexible, not Mondays", "Monday"),
        ("toujours sauf le lundi", "Monday"),
    ],
)
def test_when_somebody_is_not_free_is_no_time(text: str, never: str) -> None:
    times = free_times(text)
    assert times
    assert not [time for time in times if time.startswith(never)]
    assert any(time.startswith("Thursday") for time in times)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("not before 12", {"midday", "afternoon", "evening"}),
        ("can't do mornings", {"midday", "afternoon", "evening"}),
        ("I can only do evenings", {"evening"}),
        ("evenings after 8", {"evening"}),
        ("M/W/F 8-10", {"morning"}),
        ("Mon 6am", {"morning"}),
        ("during working hours", {"morning", "midday", "afternoon"}),
    ],
)
def test_parts_of_a_day_are_those_that_are_meant(text: str, parts: set[str]) -> None:
    assert set(short(text) or ()) == parts


def test_options_of_a_form_are_read_one_by_one() -> None:
    assert short("Monday;Friday morning") == {"morning": "MoFr", "midday": "Mo", "afternoon": "Mo", "evening": "Mo"}


@pytest.mark.parametrize("text", ["twice a month", "I have no fixed days", "not available"])
def test_what_names_no_time_is_not_understood(text: str) -> None:
    assert free_times(text) is None


def test_a_holiday_takes_no_day_away() -> None:
    assert short("Mondays except bank holidays") == dict.fromkeys(("morning", "midday", "afternoon", "evening"), "Mo")


def test_hours_are_told_on_another_clock() -> None:
    assert on_another_clock(["Monday 23:00"], 2) == ["Tuesday 01:00"]
    assert on_another_clock(["Monday 00:00"], -5.5) == ["Sunday 18:00", "Sunday 19:00"]
    assert on_another_clock(["by appointment", "Monday 09:00"], 0) == ["by appointment", "Monday 09:00"]


def test_half_an_hour_is_no_half_a_day() -> None:
    assert free_times("Mon 9:00-9:30") == ["Monday 09:00"]
