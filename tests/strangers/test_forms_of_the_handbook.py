"""Twelve pairs and the handbook's forms: what people answer there, in the forms that the question files make, becomes milestones, goals and satisfaction. Nobody writes a mapping."""

from datetime import date, datetime, timedelta

import pytest

from pipelines.first_hour.writing import new_workspace, write_workspace
from pipelines.handbook.facts import facts_of
from pipelines.handbook.forms import forms_of
from pipelines.handbook.guide import ROLES
from pipelines.sources.records import SourceFile
from tests.demo_run import impact
from tests.strangers.front_door import answered
from tests.strangers.organisation import KEY, Ran
from tests.unit.first_hour.made import ABOUT_PROGRAMME, csv_file
from tests.unit.handbook.exports import exported
from tests.unit.handbook.test_handbook import PROGRAMME

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

TODAY = date(2026, 10, 31)
FORMS = {(form.name, form.role): form for form in forms_of(facts_of(PROGRAMME), ROLES, 5, "email")}
SET = {
    "agreed": "Yes",
    "Goal 1: what": "The next role",
    "Goal 1: in how": 6,
    "Goal 2: what": "A skill",
    "Goal 2: in how": 9,
}
CLOSED = {"Goal 1: which": "As expected", "Goal 2: which": "Less than expected", "recommend": 9, "fully)": 5}


def answers(form: str, role: str, began: datetime, people: range, said: dict[str, object]) -> SourceFile:
    """An export of Google Forms, in which one person a day has answered."""
    made = FORMS[(form, role)]
    told = [
        (began + timedelta(days=place), f"{role}{number}@club.example", said) for place, number in enumerate(people)
    ]
    return SourceFile(f"{made.title}.csv", exported("google_forms", made, told))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    pairs = [["Mentee", "Mentor", "Start", "Planned end"]]
    pairs += [[f"mentee{n}@club.example", f"mentor{n}@club.example", "2025-11-03", "2026-09-30"] for n in range(12)]
    files = [
        csv_file("pairs.csv", pairs),
        answers("goal_setting", "mentee", datetime(2025, 11, 10, 9, 30), range(10), SET),
        answers("goal_update", "mentee", datetime(2026, 1, 12, 9, 30), range(8), {"Goal 1: how": 50}),
        answers("check_in", "mentee", datetime(2026, 4, 6, 9, 30), range(9), {"Goal 1: how": 75, "fully)": 4, "recommend": 8}),
        answers("check_in", "mentor", datetime(2026, 4, 6, 9, 30), range(8, 11), {"fully)": 4, "recommend": 8}),
        answers("closing", "mentee", datetime(2026, 10, 1, 9, 30), range(7), CLOSED),
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("forms")
    new_workspace(folder / "impact.yaml", "club")
    write_workspace(answered(files, ABOUT_PROGRAMME, TODAY), folder / "impact.yaml")
    with (folder / "impact.yaml").open("a") as file:
        file.write(f"as_of: {TODAY}\n")
    ended = impact(folder / "data", "run", IMPACT_WORKSPACE=str(folder / "impact.yaml"), IMPACT_HASH_KEY=KEY)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Ran(folder / "data", ended.stdout)


def figure(ran: Ran, metric: str) -> tuple[float, float, float]:
    """Numerator, denominator and value to date, as the warehouse has them: of twelve pairs little is shown."""
    query = f"select numerator, denominator, value from metrics.metric_values where metric_id = '{metric}' and programme_id = 'mentoring' and cohort_id = 'all' and segment_kind = 'all' and period_kind = 'to_date'"
    return ran.warehouse(query).row(0)


def test_each_form_reaches_its_milestone_for_the_pair_of_whoever_answered_and_those_who_didnt_are_counted(
    ran: Ran,
) -> None:
    rows = ran.warehouse("select milestone, count(*) as due, count(done_date) as done, min(due_date) as due_on from marts.milestones group by all order by all").rows()  # fmt: skip
    assert rows == [
        ("agreement_signed", 12, 10, date(2025, 12, 3)),
        ("closing_assessment", 12, 7, date(2026, 9, 30)),
        ("goals_set", 12, 10, date(2025, 12, 3)),
        ("mid_check_in", 12, 11, date(2026, 4, 17)),
    ]
    assert figure(ran, "milestone_rate")[:2] == (38, 48)


def test_goals_come_with_their_kind_their_day_and_what_became_of_them(ran: Ran) -> None:
    rows = ran.warehouse("select category, due_date - created_date > 200 as is_long, status, count(*) as goals, count(pair_id) as paired from marts.participant_goals group by all order by all").rows()  # fmt: skip
    assert rows == [("role", False, "achieved", 7, 7), ("role", False, "overdue", 3, 3), ("skill", True, "overdue", 10, 10)]  # fmt: skip
    assert figure(ran, "goal_attainment_rate")[:2] == (7, 20)


def test_a_goal_is_updated_where_its_owner_looked_at_it_again(ran: Ran) -> None:
    (updates,) = ran.warehouse("select count(*) from intermediate.int_goal_updates").row(0)
    assert updates == 8 + 9 + 2 * 7


def test_satisfaction_and_recommendation_come_from_the_same_answers(ran: Ran) -> None:
    assert figure(ran, "csat_mentee")[2] == 1.0
    assert figure(ran, "recommendation_score_mentee")[2] == 43.75, "seven of sixteen answers promote, none detracts"


def test_pages_and_report_tell_them_and_name_nobody(ran: Ran) -> None:
    learning = ran.page("learning", programme="mentoring")
    assert "35%" in learning or "35 %" in learning or "7 of 20" in learning
    assert "club.example" not in ran.report + str(ran.summary) + learning
