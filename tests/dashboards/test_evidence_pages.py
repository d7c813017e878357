"""Pages of evidence: what may be said, what it rests on, and what may not be said."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.facts.findings import finding_of
from dashboards.facts.followed import Followed, surest
from tests.dashboards.reading import PATHS, OpenPage, texts
from tests.published import estimates


def test_an_outcome_without_an_estimate_is_listed_with_its_reason(pages: dict[str, AppTest]) -> None:
    said = texts(pages["impact"])
    assert any(
        "Promoted within 24 months Only those who took part were asked, so there is nobody to compare them with."
        in text
        for text in said
    )


def test_the_raw_gap_stands_only_as_what_not_to_believe(open_page: OpenPage, pages: dict[str, AppTest]) -> None:
    shown = [texts(pages["retention"]), texts(open_page("impact", programme="mentoring_a", outcome="retained_12m"))]
    for said in shown:
        (gap,) = [text for text in said if "33.0 points" in text]
        assert "Not credible: ever-mentored versus never-mentored, +33.0 points" in gap
    others = [text for name in PATHS if name not in ("retention", "impact") for text in texts(pages[name])]
    assert not any("33.0 points" in text for text in others)


def test_the_evidence_page_shows_balance_overlap_sensitivity_and_what_was_not_testable(open_page: OpenPage) -> None:
    said = texts(open_page("impact", programme="mentoring_a", outcome="retained_12m"))
    for words in (
        "What could overturn it.",
        "Least alike after weighting engagement index, 0.00 standard deviations at most 0.10",
        "Effective sample size of the comparison 589, 37% of those compared with at least 50 and 5%",
        "After weighting the groups are alike",
        "Every mentee has a comparable colleague",
        "By department: no sign",
    ):
        assert any(words in text for text in said), words
    waves = texts(open_page("impact", programme="mentoring_a", outcome="engagement_index"))
    assert any("Not testable here." in text for text in waves)
    assert any("Moving differently before they joined" in text for text in waves)


def test_a_declaration_changed_after_results_is_shown_as_a_change(pages: dict[str, AppTest]) -> None:
    assert any("Changed after results existed" in warning.value for warning in pages["impact"].warning)


def test_curves_have_a_table_of_people_at_risk_without_small_counts(pages: dict[str, AppTest]) -> None:
    said = "\n".join(texts(pages["retention"]))
    for group in ("mentees", "comparable colleagues"):
        for count in ("at risk", "events so far", "left observation so far"):
            assert f"{group}, {count}" in said
    assert "mentees, at risk 400 385 370 355 –" in said
    assert "mentees, left observation so far 0 few 12 18 24" in said


def test_a_page_of_comparisons_opens_with_what_was_found_in_levels_and_difference(pages: dict[str, AppTest]) -> None:
    app = pages["retention"]
    assert app.title[0].value == "Still here after 12 months: no clear difference"  # randomised, 5 of 5
    assert next(header.value for header in app.header) == "Month by month, without randomisation"
    assert any(
        "Still employed after 12 months: more with a mentor. "
        "89% of mentees, 84% of comparable colleagues. The difference is +5 percentage points (95% CI 1 to 9; 483 and 1,600 people)."
        in text
        for text in texts(app)
    )


def test_a_title_says_the_best_supported_difference_and_the_question_that_stays_open(pages: dict[str, AppTest]) -> None:
    assert pages["impact"].title[0].value == (
        "The offer of a place raised leadership confidence; no clear difference in “still here after 12 months”"
    )


def test_a_refused_comparison_shows_the_reason_and_no_curve(open_page: OpenPage) -> None:
    app = open_page("retention", programme="mentoring_b")
    assert not app.get("vega_lite_chart")
    assert any("12 mentees with a start date; at least 30 are needed" in info.value for info in app.info)


def test_the_planner_gives_each_arm_its_own_variance_and_counts_missing_answers(open_page: OpenPage) -> None:
    """From 85 % with 100 mentees: 12.1 points if both arms varied as 85 % do, 9.2 since a share near 100 % varies less."""
    app = open_page("planner")
    assert "9.2 percentage points or more" in app.markdown[0].value
    slide(app, "Mentees", 400)
    assert "5.3 percentage points or more" in app.markdown[0].value
    survey = open_page("planner", outcome_planned="survey")
    assert "0.31 standard deviations or more" in survey.markdown[0].value
    slide(survey, "People whose outcome won't be known, in %", 0)
    assert "0.26 standard deviations or more" in survey.markdown[0].value


def test_the_planner_says_how_many_sites_and_how_long_it_takes(open_page: OpenPage) -> None:
    app = open_page("planner", outcome_planned="promotion")
    assert any("they have started after" in text.value for text in app.markdown)
    next(toggle for toggle in app.toggle if toggle.label.startswith("Whole sites")).set_value(True).run()
    assert not app.exception
    assert any("drawn units, both arms together" in text.value for text in app.markdown)


def test_a_plan_in_which_no_rise_could_be_seen_says_so_instead_of_a_figure(open_page: OpenPage) -> None:
    app = open_page("planner")
    slide(app, "Mentees", 20)
    slide(app, "Share without mentoring, in %", 98)
    assert "no rise of this share is large enough" in app.markdown[0].value
    assert not app.exception


def slide(app: AppTest, label: str, value: float) -> None:
    next(slider for slider in app.slider if slider.label == label).set_value(value).run()


def test_the_surer_of_two_comparisons_of_one_outcome_is_told_first_whatever_it_found() -> None:
    """A page once opened with the weaker one, since that has a curve, and said otherwise than the report."""
    rows = [row for row in estimates().to_dicts() if row["estimate"] is not None]
    row = {**rows[0], "cohort_name": None, "has_arms": False}
    weak, sure = (Followed(row, replace(finding_of(row), rating=rating)) for rating in (1, 5))
    other = Followed({**row, "outcome": "something_else"}, sure.finding)
    assert surest([weak, sure, other]) is sure and surest([weak, other]) is weak
    nothing = Followed(row, None)
    assert surest([nothing, weak]) is weak and surest([nothing]) is nothing


def test_subgroups_of_a_round_stand_under_its_name(open_page: OpenPage) -> None:
    said = " ".join(texts(open_page("impact", programme="mentoring_a", outcome="retained_12m")))
    assert "By department (2025)" in said and "By department:" in said
    assert "A-2025" not in said


@pytest.mark.parametrize("path", PATHS)
def test_a_round_stands_under_its_name_and_not_its_id(pages: dict[str, AppTest], path: str) -> None:
    assert "A-2025" not in " ".join(texts(pages[path]))
