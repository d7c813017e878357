"""A list of pairs and one form, nothing else: people in four scripts, everybody answers 5. It is a complete workspace, and says nothing that it can't know."""

from datetime import date, timedelta

import pytest

from tests.strangers.front_door import run_from_files
from tests.strangers.organisation import Ran
from tests.unit.first_hour.made import ABOUT_PROGRAMME, csv_file, workbook

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

TODAY = date(2026, 10, 31)
MENTEES = ["İpek Işık", "Şule Öztürk", "佐藤 花子", "鈴木 一郎", "ليلى حداد", "أحمد صالح", "Łukasz Żak", "Zoë Ångström"]
MENTORS = ["Çağla Gül", "高橋 健", "نور عيسى", "Søren Kjær"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    began = TODAY - timedelta(days=200)
    pairs = [["Mentee", "Mentor", "Start"]]
    pairs += [[name, MENTORS[place % 4].upper() if place > 3 else MENTORS[place % 4], f"{began + timedelta(days=place):%Y-%m-%d}"] for place, name in enumerate(MENTEES)]  # fmt: skip
    form: list[list[object]] = [["Timestamp", "Name", "How useful was it to you?", "Would you recommend it? (0-10)"]]
    form += [[f"2026-10-{10 + place} 09:00:00", name, 5, 10] for place, name in enumerate(MENTEES)]
    files = [workbook("ペア 2026.xlsx", {"Çiftler": pairs}), csv_file("Rückmeldung.csv", form)]
    return run_from_files(
        tmp_path_factory.mktemp("club"), files, {**ABOUT_PROGRAMME, "programme|mentoring|cadence": "none"}, TODAY
    )


def test_people_are_those_whom_the_pairs_name_whatever_they_are_written_in(ran: Ran) -> None:
    assert ran.warehouse("select count(*) as pairs from marts.pairs").item() == 8
    people = ran.warehouse("select count(distinct person_key) from marts.pair_members").item()
    assert people == len(MENTEES) + len(MENTORS)


def test_answers_belong_to_the_people_of_the_pairs(ran: Ran) -> None:
    met = "select count(*) from marts.survey_scores where person_key in (select person_key from marts.pair_members)"
    assert ran.warehouse(met).item() == 16


def test_when_everybody_answers_5_the_interval_says_how_little_eight_answers_are(ran: Ran) -> None:
    rows = ran.warehouse(
        "select value, ci_low from metrics.metric_values where metric_id = 'csat_mentee' and programme_id = 'mentoring' and cohort_id = 'all' and segment_kind = 'all' "
        "and period_kind = 'to_date'"
    ).rows()
    assert [value for value, _ in rows] == [1.0]
    assert rows[0][1] < 0.75


@pytest.mark.parametrize(
    "metric",
    ["participation_rate", "retention_rate_12m", "promotion_rate_12m", "session_frequency", "active_pair_rate", "match_rate_ever", "show_up_rate", "completion_rate"],
)  # fmt: skip
def test_what_two_files_cant_say_has_no_figure(ran: Ran, metric: str) -> None:
    row = ran.metric(metric)
    assert row is None or row["value"] is None


def test_report_and_summary_know_no_comfort_and_no_name(ran: Ran) -> None:
    assert "No decision is needed" not in ran.report
    assert "without a meeting for" not in ran.report
    for name in (*MENTEES, *MENTORS):
        assert name not in ran.report
        assert name not in str(ran.summary)
