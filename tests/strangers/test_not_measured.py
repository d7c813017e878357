"""What was never recorded isn't 0 % and isn't 100 %: it is not measured, and the sentence says what is missing."""

from datetime import date, timedelta

import pytest

from pipelines.checkout import PROJECT
from pipelines.commands.metric_needs import MetricNeeds
from pipelines.warehouse import connect
from tests.strangers.organisation import Organisation, Ran, programme

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

PAIRS = 30


def bare() -> Organisation:
    """A list of today's staff without levels or leavers, pairs, and a log of the meetings that took place; the last was five months ago."""
    made = Organisation(as_of="2026-10-31")
    made.employ(140)
    made.jobs = [{"person": row["person"], "since": "2020-01-01", "department": "All"} for row in made.people]
    for number in range(1, PAIRS + 1):
        made.pair(number, "2025-01-15")
        for month in range(16):
            day = date(2025, 2, 3) + timedelta(days=30 * month + number % 7)
            made.meet(number, f"{day} 10:00")
    return made


def kept() -> Organisation:
    """The same size, with levels as they were, leavers, missed meetings, and everybody who applied."""
    made = bare()
    made.levels = ["L1", "L2"]
    made.jobs = [
        {"person": row["person"], "since": "2020-01-01", "until": "2025-06-01", "level": "L1", "department": "All"}
        for row in made.people
    ]
    made.jobs += [
        {
            "person": row["person"],
            "since": "2025-06-01",
            "level": "L2" if place % 10 == 0 else "L1",
            "department": "All",
        }
        for place, row in enumerate(made.people)
    ]
    for place, spell in enumerate(made.spells):
        if place >= 131:
            spell |= {"left": "2026-03-01", "reason": "voluntary"}
    for number in range(1, 11):
        made.meet(number, "2026-06-15 10:00", status="no_show")
    decisions = ["accepted"] * PAIRS + ["rejected"] * 20 + ["waitlisted"] * 10
    made.applications = [
        {"application": f"a{number}", "programme": "mentoring", "cohort": "mentoring-1", "person": f"e{number:03d}", "role": "mentee",
         "sent": "2024-12-01 10:00", "decision": decision, "decided": "2025-01-10 10:00"}
        for number, decision in enumerate(decisions, start=1)
    ]  # fmt: skip
    made.programmes = [programme(segments=[{"kind": "department", "reason": "Asked for."}])]
    return made


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return bare().run(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return kept().run(tmp_path_factory.mktemp("kept"))


@pytest.mark.parametrize(
    ("metric", "of", "missing"),
    [
        ("promotion_rate_12m", "mentoring", "no levels loaded"),
        ("promotion_rate_12m", "organisation", "no levels loaded"),
        ("promotion_events_per_headcount", "organisation", "no levels loaded"),
        ("internal_mobility_rate", "organisation", "no levels loaded"),
        ("retention_rate_12m", "mentoring", "nobody who left is recorded"),
        ("retention_rate_12m", "organisation", "nobody who left is recorded"),
        ("turnover_rate_all", "organisation", "nobody who left is recorded"),
        ("show_up_rate", "mentoring", "only held sessions are recorded"),
        ("match_rate_ever", "mentoring", "no applications are loaded"),
        ("early_closure_rate", "mentoring", "no end of a pair is recorded"),
    ],
)
def test_what_was_never_recorded_is_not_measured(nothing: Ran, metric: str, of: str, missing: str) -> None:
    row = nothing.metric(metric, of)
    assert row is not None
    assert (row["value"], row["ci_low"], row["numerator"]) == (None, None, None)
    assert row["suppression_reason"].startswith(f"not measured: {missing}")


def test_pages_report_and_summary_say_what_is_missing(nothing: Ran) -> None:
    assert "Not measured No levels loaded" in nothing.page("metrics", metric="promotion_rate_12m")
    assert "No levels loaded." in nothing.page("quality")
    assert "Not measured here.</strong> " in nothing.report
    assert "No applications are loaded" in nothing.report
    said = {(row["metric_id"], row["programme_id"]): row for row in nothing.summary["headline_metrics"]}
    assert said["retention_rate_12m", "mentoring"]["value"] is None
    assert said["retention_rate_12m", "mentoring"]["suppression_reason"] == "not measured: nobody who left is recorded"


def test_what_is_recorded_is_measured(recorded: Ran) -> None:
    """In the warehouse: what readers see of it is decided by the size of groups."""
    where = "cohort_id = 'all' and segment_kind = 'all' and period_kind = 'to_date'"
    rows = recorded.warehouse(f"select metric_id, programme_id, value from metrics.metric_values where {where}").rows()
    values = {(metric, programme): value for metric, programme, value in rows}
    assert values["promotion_rate_12m", "mentoring"] == pytest.approx(3 / PAIRS)
    assert values["retention_rate_12m", "organisation"] == pytest.approx(131 / 140)
    assert values["show_up_rate", "mentoring"] == pytest.approx(480 / 490)


def test_who_waits_or_was_turned_down_counts_as_not_matched(recorded: Ran) -> None:
    """In the warehouse: what readers see of it is decided by the size of groups."""
    where = "metric_id = 'match_rate_ever' and programme_id = 'mentoring' and cohort_id = 'all' and segment_kind = 'all' and period_kind = 'to_date'"
    rows = recorded.warehouse(f"select numerator, denominator from metrics.metric_values where {where}").rows()
    assert rows == [(PAIRS, 60)]


@pytest.mark.parametrize("organisation", ["nothing", "recorded"])
def test_what_check_says_will_not_be_measured_is_not_measured(
    organisation: str, request: pytest.FixtureRequest
) -> None:
    ran: Ran = request.getfixturevalue(organisation)
    needs = MetricNeeds(PROJECT / "dbt_project")
    with connect(ran.data / "warehouse/warehouse.duckdb", read_only=True) as warehouse:
        named = {metric for one in needs.not_measured(warehouse, date(2026, 10, 31)) for metric in one.metrics}
        measured = {
            row[0]
            for row in warehouse.execute(
                "select distinct metric_id from metrics.metric_values where value is not null"
            ).fetchall()
        }
    assert named & measured == set()
    assert ("promotion_rate_12m" in named) == (organisation == "nothing")
