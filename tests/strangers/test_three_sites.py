"""A company of 60 on three sites, one of which was drawn by lot: three clusters can't show an effect, whatever the gap."""

from datetime import date, timedelta

import pytest

from tests.strangers.organisation import Organisation, Ran, programme
from tests.strangers.said import falsehoods

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

AS_OF = date(2026, 10, 31)
PER_SITE = 20


def sites() -> Organisation:
    """Site 1 was offered mentoring, and a quarter of its people left; on the two others half of them did."""
    made = Organisation(as_of=str(AS_OF))
    made.employ(60)
    made.jobs = [
        {"person": row["person"], "since": "2020-01-01", "department": f"Site {1 + place // PER_SITE}"}
        for place, row in enumerate(made.people)
    ]
    for place, spell in enumerate(made.spells):
        if place % (2 if place >= PER_SITE else 4) == 1:
            spell |= {"left": "2025-06-01", "reason": "voluntary"}
    cohort = {"assignment_rule": "lottery", "roster_date": "2024-12-01", "start_date": "2025-01-15"}
    outcome = {
        "outcome": "retained_12m",
        "label": "Still employed after 12 months",
        "unit": "share",
        "kind": "share",
        "is_primary": True,
        "horizon_months": 12,
    }
    made.programmes = [
        programme(cohort=cohort, impact={"declared_on": "2024-12-01", "outcomes": [outcome]}, start_date="2025-01-01")
    ]
    made.applications = [
        {
            "application": f"a{place}",
            "programme": "mentoring",
            "cohort": "mentoring-1",
            "person": row["person"],
            "role": "mentee",
            "sent": "2024-12-02 10:00",
            "decision": "accepted" if place < PER_SITE else "rejected",
            "decided": "2024-12-20 10:00",
            "arm": "treatment" if place < PER_SITE else "control",
            "unit": f"site{1 + place // PER_SITE}",
        }
        for place, row in enumerate(made.people)
    ]
    for number in range(1, 11):
        made.pair(number, "2025-01-20", mentor=f"e{10 + number:03d}")
        for month in range(20):
            made.meet(number, f"{date(2025, 2, 3) + timedelta(days=30 * month)} 10:00")
    return made


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return sites().run(tmp_path_factory.mktemp("sites"))


def test_nothing_is_said_that_cant_be_true(ran: Ran) -> None:
    assert falsehoods(ran) == []


def test_three_drawn_sites_never_show_a_cause(ran: Ran) -> None:
    rows = ran.ask("from impact_estimates").to_dicts()
    assert rows
    assert {row["verdict"] for row in rows} & {"caused", "supported"} == set()
    for place in ("impact", "retention"):
        page = ran.page(place, programme="mentoring")
        assert "Caused by the offer" not in page.replace("Caused by the offer:", "")
    assert "kept people" not in ran.standing["headline"]


def test_every_estimate_says_how_many_sites_it_rests_on(ran: Ran) -> None:
    for row in ran.ask("from impact_estimates where estimate is not null").to_dicts():
        assert row["clusters"] in (3, None), row["estimator"]
        assert row["p_value"] is None or row["p_value"] >= 0.3, (row["estimator"], row["p_value"])
