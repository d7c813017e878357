"""A date stays a date, and an instant belongs to the day on which it happened where it happened: from Auckland to Honolulu, at the ends of months."""

from pathlib import Path
from typing import Any

import pytest

from tests.strangers.organisation import Organisation, Ran

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

ZONES = {
    "auckland": "Pacific/Auckland",
    "kolkata": "Asia/Kolkata",
    "new_york": "America/New_York",
    "honolulu": "Pacific/Honolulu",
}


def log(place: str, pattern: str, *, zone: str, planned: dict[str, Any]) -> dict[str, Any]:
    """The mapping of a log of meetings; where it holds days alone, nine o'clock stands for each."""
    hour = {} if "%H" in pattern else {"at": "09:00"}
    columns = {
        "session_id": {"from": "meeting"},
        "pair_id": {"from": "pair"},
        "scheduled_start_at": {"from": "at", "instant": pattern, **hour},
        "scheduled_tz": planned,
        "status": {"const": "held"},
        "status_basis": {"const": "self_report"},
    }
    form = {"kind": "csv", "zone": zone, "null": [""]}
    return {
        "format": form,
        "files": [{"match": "log.csv", "key": "meeting", "tables": [{"table": "sessions", "columns": columns}]}],
    }


def meeting(name: str, at: str, **more: str) -> dict[str, str]:
    return {"meeting": name, "pair": "p001", "at": at, **more}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    made = Organisation(as_of="2026-10-31", zone="Pacific/Auckland")
    made.employ(110)
    made.pair(1, "2026-01-01")
    made.applications = [
        {"application": "a1", "programme": "mentoring", "cohort": "mentoring-1", "person": "e001", "role": "mentee",
         "sent": "2026-05-01 00:30", "decision": "accepted", "decided": "2026-06-01 07:00"},
    ]  # fmt: skip
    for place, zone in ZONES.items():
        const = {"const": zone}
        made.logs[f"dates_{place}"] = (
            log(place, "%Y-%m-%d", zone=zone, planned=const),
            [meeting("d1", "2026-03-31"), meeting("d2", "2026-05-01")],
        )
        rows = [meeting("t1", "31/07/2026 23:30"), meeting("t2", "01/08/2026 00:15")]
        made.logs[f"times_{place}"] = (log(place, "%d/%m/%Y %H:%M", zone=zone, planned=const), rows)
    # a spreadsheet's dates come with midnight; the column of zones says where each pair plans
    excel = [
        meeting("x1", "2026-02-28 00:00:00", zone="Pacific/Honolulu"),
        meeting("x2", "2026-03-01 00:00:00", zone="America/New_York"),
    ]
    made.logs["excel"] = (log("excel", "%Y-%m-%d %H:%M:%S", zone="Pacific/Auckland", planned={"from": "zone"}), excel)
    # a system that writes UTC, of meetings planned in Honolulu on the evening of the 31st
    written = [meeting("u1", "2026-09-01T06:00:00Z", zone="Pacific/Honolulu")]
    made.logs["utc"] = (log("utc", "%Y-%m-%dT%H:%M:%SZ", zone="UTC", planned={"from": "zone"}), written)
    # dates in a file whose zone is UTC stay the dates that they are
    made.logs["dates_utc"] = (
        log("dates_utc", "%Y-%m-%d", zone="UTC", planned={"const": "Pacific/Honolulu"}),
        [meeting("v1", "2026-04-30")],
    )
    return made.run(tmp_path_factory.mktemp("days"))


def days(ran: Ran, source: str) -> dict[str, str]:
    found = ran.warehouse(
        f"select session_id, cast(session_date as varchar) from staging.stg_sessions where source_instance = '{source}' order by 1"
    )
    return dict(found.iter_rows())


@pytest.mark.parametrize("place", ZONES)
def test_a_log_of_dates_keeps_its_dates(ran: Ran, place: str) -> None:
    assert days(ran, f"dates_{place}") == {"d1": "2026-03-31", "d2": "2026-05-01"}


@pytest.mark.parametrize("place", ZONES)
def test_a_meeting_belongs_to_the_day_in_the_zone_in_which_it_was_planned(ran: Ran, place: str) -> None:
    assert days(ran, f"times_{place}") == {"t1": "2026-07-31", "t2": "2026-08-01"}


def test_midnight_in_a_spreadsheet_is_a_date_whatever_zone_stands_beside_it(ran: Ran) -> None:
    assert days(ran, "excel") == {"x1": "2026-02-28", "x2": "2026-03-01"}


def test_an_evening_written_in_utc_is_the_evening_of_those_who_met(ran: Ran) -> None:
    assert days(ran, "utc") == {"u1": "2026-08-31"}


def test_dates_in_a_file_of_utc_stay_dates(ran: Ran) -> None:
    assert days(ran, "dates_utc") == {"v1": "2026-04-30"}


def test_applications_decisions_and_enrolments_are_dated_where_they_were_made(ran: Ran) -> None:
    dates = ran.warehouse(
        "select cast(submitted_date as varchar), cast(decided_date as varchar) from marts.applications"
    ).row(0)
    assert dates == ("2026-05-01", "2026-06-01")
    enrolled = ran.warehouse(
        "select cast(min(enrolled_date) as varchar) from marts.enrolments where role = 'mentee'"
    ).item()
    assert enrolled == "2026-01-01"  # the pair began before the decision was written down


def test_months_hold_the_meetings_of_their_own_days(ran: Ran) -> None:
    held = ran.warehouse(
        "select month(session_date) as month, count(*) as held from marts.sessions where status = 'held' group by 1 order by 1"
    )
    # two from the spreadsheet; four places with a date each at the end of March and the beginning of May, and an evening each in July and August
    assert dict(held.iter_rows()) == {2: 1, 3: 5, 4: 1, 5: 4, 7: 4, 8: 5}


def test_no_model_takes_the_day_of_utc() -> None:
    project = Path(__file__).parents[2] / "dbt_project"
    found = [
        path.name
        for path in project.rglob("*.sql")
        if "target" not in path.parts and "time zone 'UTC'" in path.read_text()
    ]
    assert found == []


def test_every_zone_that_python_knows_is_one_to_the_warehouse() -> None:
    import duckdb

    from pipelines.zones import known_zones

    with duckdb.connect() as connection:
        known = {row[0] for row in connection.execute("select name from pg_timezone_names()").fetchall()}
    assert known_zones() - known == set()
