"""A firm in two countries: each numbers its own people from 001, in its own way of writing dates; names are spelled in three ways, pairs end for reasons, and the log of meetings was begun eight months after the pairs."""

from datetime import date, timedelta

import pytest

from tests.strangers.front_door import Opened, run_from_files
from tests.strangers.said import falsehoods
from tests.unit.first_hour.made import ABOUT_PROGRAMME, csv_file, workbook

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

TODAY = date(2026, 10, 31)
ONE = "Anna Ben Cora Dirk Ella Falk Gabi Hans Ina Jens Kai Lena Max Nele Olaf Pia Rolf Sara Tom Udo".split()
OTHER = "Amy Bob Cindy Dan Eve Fred Gina Hank Ivy Jack Kate Liam Mary Nick Olive Paul Ruth Sam Tess Will".split()
PAIRS = 10


def family(place: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[place]


def person(country: str, place: int) -> tuple[str, str]:
    """Given and family name; nobody shares one with somebody of the other country."""
    return (ONE[place], f"Becker{family(place)}") if country == "de" else (OTHER[place], f"Knowles{family(place)}")


def whole(country: str, place: int) -> str:
    return " ".join(person(country, place))


def turned(country: str, place: int) -> str:
    first, last = person(country, place)
    return f"{last.upper()}, {first}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    german: list[list[object]] = [["Personalnummer", "Nachname", "Vorname", "Eintritt", "Austritt"]]
    for place in range(20):
        first, last = person("de", place)
        german.append([f"{place + 1:03}", last, first, "01.02.2022", "31.03.2026" if place == 19 else ""])
    german.insert(4, ["003", *reversed(person("de", 2)), "15.05.2015", "30.06.2019"])  # came back in 2022
    american: list[list[object]] = [["Employee ID", "First Name", "Last Name", "Hire Date", "Termination Date"]]
    for place in range(20):
        american.append([f"{place + 1:03}", *person("us", place), "02/13/2020", "03/31/2026" if place == 19 else ""])
    pairs: list[list[object]] = [["Start", "Mentee", "Mentor", "End", "End reason"]]
    for place in range(PAIRS):
        ended = {0: ["2026-10-10", "Programme completed"], 1: ["2026-09-20", "No chemistry"]}.get(place, ["", ""])
        name = turned if place % 3 == 1 else whole
        pairs.append(["2026-01-10", name("de", place), whole("us", place), *ended])
    pairs.insert(5, ["Total", "", "", "", PAIRS])
    pairs.append(["2026-01-10", turned("de", 4), turned("us", 4), "", ""])  # written down twice
    log: list[list[object]] = [["Date", "Mentor", "Mentee"]]
    for place in range(2, PAIRS):
        for day in (date(2026, 9, 2), date(2026, 9, 16), date(2026, 10, 7), date(2026, 10, 21)):
            log.append([f"{day + timedelta(days=place % 5)}", whole("us", place), turned("de", place)])
    form: list[list[object]] = [["Timestamp", "Name", "How useful was it to you?"]]
    form += [[f"2026-10-{10 + place} 09:00:00", turned("de", place).title(), 4 + place % 2] for place in range(8)]
    files = [
        csv_file("Mitarbeiter_DE.csv", german),
        csv_file("Employees_US.csv", american),
        workbook("Tandems.xlsx", {"2026": pairs, "Treffen": log}),
        csv_file("Feedback.csv", form),
    ]
    answers = {**ABOUT_PROGRAMME, "Tandems.xlsx|Treffen|held|": "held"}
    return run_from_files(tmp_path_factory.mktemp("two"), files, answers, TODAY)


def test_nothing_is_said_that_cant_be_true(ran: Opened) -> None:
    assert falsehoods(ran) == []


def test_one_number_in_two_lists_is_two_people_and_one_who_came_back_is_one(ran: Opened) -> None:
    assert ran.warehouse("select count(*) from marts.persons").item() == 40
    left = "select count(distinct person_key) from marts.employment_spells where end_date = date '2026-04-01'"
    assert ran.warehouse(left).item() == 2


def test_a_pair_whose_names_are_spelled_in_several_ways_is_one(ran: Opened) -> None:
    rows = ran.warehouse("select status, count(*) as pairs from marts.pairs group by 1 order by 1").rows()
    assert rows == [("active", PAIRS - 2), ("cancelled", 1), ("completed", 1)]
    assert ran.warehouse("select count(distinct person_key) from marts.pair_members").item() == 2 * PAIRS


def test_meetings_and_answers_are_of_the_people_of_the_pairs(ran: Opened) -> None:
    assert ran.warehouse("select count(*) from marts.sessions where pair_id is not null").item() == 4 * (PAIRS - 2)
    met = "select count(*) from marts.survey_scores where person_key in (select person_key from marts.pair_members)"
    assert ran.warehouse(met).item() == 8


def test_no_month_before_the_log_is_a_month_without_meetings(ran: Opened) -> None:
    months = ran.warehouse(
        "select period_start, value from metrics.metric_values where metric_id = 'session_frequency' and programme_id = 'mentoring' and period_kind = 'month' "
        "and cohort_id = 'all' and segment_kind = 'all' and value is not null order by 1"
    ).rows()
    assert [start for start, _ in months] == [date(2026, 9, 1), date(2026, 10, 1)]
    held, days = (
        32,
        8 * 61 + 39 + 19,
    )  # two pairs ended on 10 October and 20 September, September and October have 61 days
    row = ran.metric("session_frequency")
    assert row is not None
    assert row["value"] == pytest.approx(held / (days / 30.4375), rel=1e-6)
    assert "0.0 meetings" not in ran.report
