"""One funnel of one cohort: what is lost is the step before less this one, and a hidden step hides its losses."""

from datetime import date
from types import SimpleNamespace

import pytest

from dashboards.facts import funnel, groups
from dashboards.facts.programmes import Cohort
from dashboards.snapshot import Snapshot

pytestmark = pytest.mark.slow

COHORT = Cohort("c", "one", "2025", date(2025, 1, 1), date(2025, 10, 1), "closed", "self")


def made(*counts: int | None, is_over: bool = True, cohort: Cohort | None = COHORT) -> funnel.Funnel:
    names = [name for name, _, _ in funnel.STEPS]
    steps = [
        funnel.Step(name, count, lost, "hidden")
        for name, count, lost in zip(names, counts, funnel._losses(counts), strict=True)
    ]
    return funnel.Funnel(cohort, tuple(steps), 2, 4, is_over)


def test_the_heading_names_where_most_people_are_lost() -> None:
    assert made(114, 75, 67, 67, 57).title == "34% of those eligible never applied"
    assert made(100, 90, 40, 40, 40).title == "56% of the applicants were not accepted"
    assert made(10, 10, 10, 10, 10).title == "How far people get"


def test_who_still_meets_is_no_loss_while_the_cohort_runs() -> None:
    assert made(100, 100, 98, 98, 10, is_over=False).title == "2% of the applicants were not accepted"
    assert "have not completed" in made(100, 100, 98, 98, 10).title


def test_a_hidden_step_hides_the_losses_on_both_sides() -> None:
    found = made(114, None, 67, 67, 57)
    assert [step.lost for step in found.steps] == [None, None, None, 0, 10]
    assert [step.name for step in found.hidden] == ["Applied"]


def test_steps_that_are_no_part_of_the_one_before_have_no_loss() -> None:
    assert [step.lost for step in made(50, 80, 70, 70, 60).steps] == [None, None, 10, 0, 10]


def test_waiting_and_meeting_stand_beside_their_step_and_are_no_bars() -> None:
    found = made(114, 75, 67, 67, 57)
    assert found.beside(found.steps[2]) == "2 applicants still waiting"
    assert found.beside(found.steps[4]) == "4 pairs still meeting"
    assert found.beside(found.steps[1]) == "39 fewer"


def counted(**counts: int) -> list[tuple[str, int | None]]:
    """Steps and counts where these metrics' counts are known."""
    rows = {metric: SimpleNamespace(numerator=counts.get(f"{metric}_of"), denominator=counts.get(metric)) for metric in ("participation_rate", "applicants", "acceptance_rate", "match_rate_ever", "completion_rate")}  # fmt: skip
    return [(name, count) for name, _, count in funnel._counted(rows) if count is not None]


def test_where_nothing_is_known_of_applications_those_who_enrolled_stand_in_their_place() -> None:
    assert counted(participation_rate=156, participation_rate_of=36) == [("Eligible", 156), ("Enrolled", 36)]
    assert counted(participation_rate=156, participation_rate_of=36, applicants_of=60) == [("Eligible", 156), ("Applied", 60)]  # fmt: skip


def test_a_published_cohort_that_is_chosen_is_the_one_that_is_told(published) -> None:
    chosen = funnel.funnel(Snapshot(published), "mentoring_a", "A-2025")
    assert chosen.who == "Cohort 2025"
    assert chosen.known == ()
    assert funnel.funnel(Snapshot(published), "mentoring_a").who.startswith("All cohorts together")


def test_two_groups_differ_only_where_the_interval_of_their_difference_leaves_zero(published) -> None:
    rows = groups.compared(Snapshot(published), "mentoring_a", "representation_group", ["women", "men"])
    assert {row.label: row.said for row in rows}["Participation rate"] == "−20 points (−33 to −6): a difference"


def test_leaders_are_told_with_people_needed_and_gained_and_without_a_goal(published) -> None:
    top = groups.leaders(Snapshot(published), "representation_group", "women")
    assert top is not None
    assert groups.title(top, "") == "40% of leaders are in the group “women”; no goal is declared"
    assert groups.lead(top) == "40 of 100 leaders."
    assert groups.title(None, "no levels loaded") == "Who leads is not shown: no levels loaded"
