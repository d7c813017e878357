"""Each refusal rule, alone, on evidence that would otherwise be supported."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.impact.judgement import judge_comparison, policy_table
from pipelines.impact.rules import RULES, Evidence
from pipelines.impact.verdicts import DESIGN_WORDS, POLICY

GUIDE = Path(__file__).parents[3] / "docs/guides/verdicts.md"

TRIAL = Evidence(
    design="target_trial",
    outcome="Staying 12 months",
    unit="points",
    estimate=5.1,
    ci_low=1.1,
    ci_high=9.2,
    mentees=483,
    events=300,
    fewest_events=120,
    effective_people=589,
    effective_share=0.37,
    largest_smd=("engagement", 0.004),
    outside_support=0.0,
    largest_person_share=0.006,
    followed=1.0,
    excluded_starts=0.0,
    negative_control_p=0.6,
    negative_exposure_p=0.6,
    placebo_p=0.6,
    cox_agrees=True,
    method_gap=0.2,
    e_value_limit=1.3,
    adjusted_p=0.02,
)
SURVEY = Evidence(
    design="difference_in_differences",
    outcome="Engagement",
    unit="points on the scale",
    estimate=0.2,
    ci_low=0.05,
    ci_high=0.35,
    mentees=150,
    waves_before=4,
    fewest_pairs=20,
    pre_trend_p=0.4,
    response_gap=0.02,
)


@pytest.mark.parametrize("evidence", [TRIAL, SURVEY], ids=["trial", "survey"])
def test_evidence_that_breaks_no_rule_is_supported(evidence: Evidence) -> None:
    assert judge_comparison(evidence).verdict == "supported"


BREAKS = [
    ("no comparison", TRIAL, {"design": "one_group"}, "refused", "no comparison"),
    ("no comparison", TRIAL, {"design": "ever_never"}, "refused", "no comparison"),
    ("too early", TRIAL, {"is_window_over": False}, "refused", "window isn't over"),
    ("before the first look", TRIAL, {"first_look": date(2027, 6, 30)}, "refused", "judged first on 30 June 2027"),
    ("short follow-up", TRIAL, {"followed": 0.49}, "refused", "49% of the mentees could be followed"),
    ("few", TRIAL, {"mentees": 29}, "not_supported", "29 mentees"),
    ("few", TRIAL, {"events": 9}, "not_supported", "only 9 events"),
    ("few", TRIAL, {"fewest_events": 4}, "not_supported", "only 4 events in one arm"),
    ("thin comparison", TRIAL, {"effective_people": 49.4}, "not_supported", "as few as 49 people"),
    ("thin comparison", TRIAL, {"effective_share": 0.049}, "not_supported", "only 4.9% of the comparison"),
    ("unbalanced", TRIAL, {"largest_smd": ("age", -0.26)}, "not_supported", "differ in age by 0.26"),
    ("no overlap", TRIAL, {"outside_support": 0.11}, "not_supported", "11% of the mentees have nobody"),
    ("no overlap", TRIAL, {"largest_person_share": 0.06}, "not_supported", "one person carries 6%"),
    ("bad starts", TRIAL, {"excluded_starts": 0.11}, "not_supported", "no usable start date"),
    ("already different", TRIAL, {"placebo_p": 0.049}, "suggestive", "already differed before the start"),
    ("already different", SURVEY, {"placebo_p": 0.049}, "suggestive", "already differed before the start"),
    ("trend before", SURVEY, {"pre_trend_p": 0.049}, "not_supported", "already moving differently"),
    ("trend before", SURVEY, {"pre_trend_p": None}, "not_supported", "already moving differently"),
    ("trend before", SURVEY, {"waves_before": 2}, "not_supported", "2 survey waves before"),
    ("trend before", SURVEY, {"fewest_pairs": 4}, "not_supported", "a cohort has 4 people"),
    ("slightly unbalanced", TRIAL, {"largest_smd": ("age", 0.11)}, "suggestive", "differ in age by 0.11"),
    ("unequal answers", SURVEY, {"response_gap": 0.16}, "suggestive", "16% more of one group"),
    (
        "already different",
        TRIAL,
        {"negative_control_p": 0.04, "negative_control": "site closures"},
        "suggestive",
        "differ in site closures",
    ),
    ("already different", TRIAL, {"negative_exposure_p": 0.19}, "suggestive", "asked for a place and got none differ"),
    ("methods disagree", TRIAL, {"method_gap": 1.01}, "suggestive", "one of the two models is wrong"),
    ("already different", TRIAL, {"cox_agrees": False}, "suggestive", "points the other way"),
    ("fragile", TRIAL, {"e_value_limit": 1.0}, "suggestive", "nothing unmeasured is needed"),
    ("fragile", TRIAL, {"e_value_limit": 1.24}, "suggestive", "factor of only 1.24"),
    ("one of many", TRIAL, {"adjusted_p": 0.11}, "suggestive", "one of several outcomes"),
]


@pytest.mark.parametrize(("rule", "evidence", "change", "verdict", "reason"), BREAKS)
def test_each_rule_alone_gives_its_answer_and_its_reason(
    rule: str, evidence: Evidence, change: dict, verdict: str, reason: str
) -> None:
    found = judge_comparison(replace(evidence, **change))
    assert found.verdict == verdict
    assert len(found.reasons) == 1
    assert reason in found.reasons[0]
    assert found.shows_figure == (verdict == "suggestive")


def test_every_rule_is_broken_by_some_test() -> None:
    assert {rule.name for rule in RULES} == {case[0] for case in BREAKS}


def test_just_inside_every_limit_is_still_supported() -> None:
    edge = replace(
        TRIAL,
        mentees=30,
        events=10,
        fewest_events=5,
        effective_people=50,
        effective_share=0.05,
        largest_smd=("age", 0.10),
        outside_support=0.10,
        largest_person_share=0.05,
        followed=0.5,
        excluded_starts=0.10,
        negative_control_p=0.05,
        negative_exposure_p=0.20,
        placebo_p=0.05,
        method_gap=1.0,
        e_value_limit=1.25,
        adjusted_p=0.10,
    )
    assert judge_comparison(edge).verdict == "supported"
    assert (
        judge_comparison(replace(SURVEY, waves_before=3, fewest_pairs=5, pre_trend_p=0.05, response_gap=0.15)).verdict
        == "supported"
    )


def test_a_difference_of_just_a_quarter_is_not_beyond_repair() -> None:
    assert judge_comparison(replace(TRIAL, largest_smd=("age", 0.25))).verdict == "suggestive"


SENTENCES = [
    (TRIAL, {"design": "one_group"}, "there is no comparison that could carry an effect"),
    (TRIAL, {"is_window_over": False}, "the outcome's window isn't over yet"),
    (TRIAL, {"negative_control_p": 0.04}, "the groups also differ in an outcome that the programme can't have moved: an association, not an effect"),
    (TRIAL, {"negative_exposure_p": 0.19}, "people who asked for a place and got none differ from others too: who asks differs in what wasn't measured"),
    (TRIAL, {"placebo_p": 0.049}, "the groups already differed before the start as if the programme had begun by then"),
    (TRIAL, {"cox_agrees": False}, "a second method points the other way: an association, not an effect"),
    (TRIAL, {"e_value_limit": 1.0}, "taken as a ratio of risks the interval includes no effect, so nothing unmeasured is needed to explain it"),
    (TRIAL, {"adjusted_p": 0.11}, "one of several outcomes looked at; corrected for that, it isn't clear"),
    (SURVEY, {"pre_trend_p": 0.049}, "those who joined were already moving differently before they joined"),
    (SURVEY, {"pre_trend_p": None}, "whether those who joined were already moving differently can't be tested: their answers don't vary, or too few answered before"),
    (SURVEY, {"waves_before": None}, "0 survey waves before the start; at least 3 are needed to see a trend"),
    (SURVEY, {"fewest_pairs": None}, "a cohort has 0 people with answers before and after; at least 5 are needed"),
]  # fmt: skip


@pytest.mark.parametrize(("evidence", "change", "sentence"), SENTENCES)
def test_a_reason_is_one_whole_sentence_for_readers(evidence: Evidence, change: dict, sentence: str) -> None:
    assert judge_comparison(replace(evidence, **change)).reasons == (sentence,)


def test_an_interval_over_zero_names_the_effect_that_cannot_be_excluded() -> None:
    found = judge_comparison(replace(TRIAL, ci_low=-2.0, ci_high=6.5, estimate=2.2))
    assert found.verdict == "not_detected"
    assert "effects up to 6.5 points can't be excluded" in found.words
    assert "no effect" not in found.words.lower()


def test_the_hardest_answer_counts_with_all_of_its_reasons() -> None:
    found = judge_comparison(replace(TRIAL, mentees=12, effective_people=14, ci_low=-1, cox_agrees=False))
    assert found.verdict == "not_supported"
    assert len(found.reasons) == 2


def test_nothing_passes_by_not_being_looked_at() -> None:
    with pytest.raises(ValueError, match="needs effective_share, largest_smd"):
        judge_comparison(replace(TRIAL, effective_share=None, largest_smd=None))


def test_what_could_not_be_tested_is_said() -> None:
    found = judge_comparison(replace(TRIAL, negative_control_p=None, cox_agrees=None))
    assert found.verdict == "supported"
    assert len(found.untested) == 2
    assert judge_comparison(TRIAL).untested == ()


def test_every_design_has_words() -> None:
    assert {"lottery", "target_trial", "difference_in_differences", "weighted", "one_group", "ever_never"} <= set(
        DESIGN_WORDS
    )


def test_the_guide_shows_the_policy_in_force() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    table = text.split("don't edit by hand -->\n")[1].split("\n<!-- end")[0]
    assert table == policy_table()
    assert f"policy {POLICY.version}" in text


OUTSIDE, ASKED, EARLIER, HAZARD, MODEL, UNMEASURED, ANSWERED = (
    "no outcome that the programme can't have moved was available",
    "fewer than 30 people asked for a place in vain, so whether who asks differs anyway isn't known",
    "a start dated earlier could not be tried (for leaving it never can: whoever joins hadn't left)",
    "the hazard model was not run",
    "the estimate that also models the outcome could not be made",
    "how strong something unmeasured would have to be",
    "how many answered in each group",
)
UNCHECKED = dict.fromkeys(
    ("negative_control_p", "negative_exposure_p", "placebo_p", "cox_agrees", "method_gap", "e_value_limit")
)


@pytest.mark.parametrize(
    ("evidence", "untested"),
    [
        (TRIAL, (OUTSIDE, ASKED, EARLIER, HAZARD, MODEL, UNMEASURED)),
        (replace(TRIAL, unit="days"), (OUTSIDE, ASKED, EARLIER, HAZARD, UNMEASURED)),
        (SURVEY, (OUTSIDE, EARLIER)),
        (replace(TRIAL, design="weighted", unit="points"), (OUTSIDE, EARLIER, ANSWERED)),
        (replace(TRIAL, design="one_group"), ()),
    ],
    ids=["trial in points", "trial in days", "survey", "weighted", "no comparison"],
)
def test_only_checks_that_a_design_could_have_had_are_told_as_untested(
    evidence: Evidence, untested: tuple[str, ...]
) -> None:
    assert judge_comparison(replace(evidence, **UNCHECKED)).untested == untested


BETTER = "Staying 12 months is higher with mentoring"
UNTESTED = {"cox_agrees": None}
WHOLE = [
    ({"is_window_over": False}, "refused", "No effect is estimated here.", None),
    ({"mentees": 29}, "not_supported", "These data can't tell.", None),
    ({"ci_low": -1.0}, "not_detected", "No clear difference: from -1 to 9.2 points is compatible with the data; effects up to 9.2 points can't be excluded.", ("the interval includes zero",)),
    ({"adjusted_p": 0.11}, "suggestive", f"{BETTER}, but something other than mentoring may explain it.", None),
    ({}, "supported", f"{BETTER} than among comparable people.", ("the interval excludes zero", "no rule speaks against it")),
    ({"estimate": 0.4, "ci_low": 0.1, "ci_high": 0.7}, "supported", f"{BETTER} than among comparable people.", None),
    ({"estimate": -5.1, "ci_low": -9.2, "ci_high": -1.1}, "supported", "Staying 12 months is lower with mentoring than among comparable people.", None),
]  # fmt: skip


@pytest.mark.parametrize(("change", "verdict", "words", "reasons"), WHOLE)
def test_a_verdict_is_a_sentence_with_its_reasons_and_what_was_not_tested(
    change: dict, verdict: str, words: str, reasons: tuple[str, ...] | None
) -> None:
    found = judge_comparison(replace(TRIAL, **{**UNTESTED, **change}))
    assert (found.verdict, found.words) == (verdict, words)
    assert reasons in (None, found.reasons)
    assert found.untested == (HAZARD,)


@pytest.mark.parametrize("limit", ["ci_low", "ci_high"])
def test_an_interval_that_ends_at_zero_includes_it(limit: str) -> None:
    ends = {"ci_low": -9.2, "ci_high": -1.1, "estimate": -5.1} if limit == "ci_high" else {}
    assert judge_comparison(replace(TRIAL, **{**ends, limit: 0.0})).verdict == "not_detected"


@pytest.mark.parametrize("change", [{"ci_low": float("nan")}, {"largest_smd": ("age", float("nan"))}])
def test_a_figure_that_is_no_number_is_refused_unless_there_is_no_comparison_anyway(change: dict) -> None:
    with pytest.raises(ValueError, match="aren't numbers"):
        judge_comparison(replace(TRIAL, **change))
    assert judge_comparison(replace(TRIAL, design="one_group", **change)).verdict == "refused"
