"""What is said of programmes without effect that aren't randomised: an unmeasured reason to join, few leavers, many looks, many subgroups, lucky results."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from pipelines.contracts.declared_outcomes import Declaration, read_declaration
from pipelines.impact.difference_in_differences import aggregate, group_time_effects, pre_trend
from pipelines.impact.judgement import judge_comparison
from pipelines.impact.looks import Look, nominal_level
from pipelines.impact.pooling import pool
from pipelines.impact.programme_effects import Lottery, ProgrammeData, programme_effects
from pipelines.impact.regression import NotEstimable
from pipelines.impact.rules import Evidence
from pipelines.impact.subgroups import subgroup_effects
from tests.reference.claim import Claim, Drawn, Values, each
from tests.reference.firms import FIRST, INDEPENDENT, MONTHS, Firm, make_firm
from tests.reference.simulate import one_company
from tests.reference.surveys import SURVEYS, WAVES, make_survey, unequal_answers

BLOCK = {
    "comparison": {"covariates": ["quality", "tenure_months"], "negative_control": INDEPENDENT},
    "outcomes": [
        {"outcome": "retained_12m", "label": "Still employed", "unit": "share", "kind": "share", "is_primary": True}
    ],
}
DECLARED = read_declaration("p", BLOCK)
NO_WAVES = pl.DataFrame(schema={"person_key": pl.String, "measure": pl.String, "asked_on": pl.Date, "began_date": pl.Date, "start_wave": pl.Int64})  # fmt: skip

HIDDEN = Firm()
"""An unmeasured reason to ask and to stay, and no effect."""
FAIR = Firm(exit_ratio=0.6, trait=0.0)
"""An effect, and nothing unmeasured behind it."""
RARE = Firm(trait=0.0, leaving=-8.0)
"""Next to nobody leaves."""


@cache
def firm_row(firm: Firm, seed: int) -> dict[str, Any]:
    """The published row of one firm's programme, registered before its results."""
    months, readings = make_firm(firm, seed)
    data = ProgrammeData((), months, readings, NO_WAVES, has_other_cohorts=True)
    return programme_effects(DECLARED, data, is_registered=True).estimates.row(0, named=True)


def is_supported(firm: Firm) -> Callable[[int], bool]:
    return lambda seed: firm_row(firm, seed)["verdict"] == "supported"


def is_supported_without_tests(row: Mapping[str, Any]) -> bool:
    """Whether nothing but a falsification test keeps a difference from being called supported."""
    of_tests = all(reason.startswith(("the groups also differ in", "people who asked for a place")) for reason in row["reasons"])  # fmt: skip
    return row["verdict"] == "supported" or (row["verdict"] == "suggestive" and of_tests)


def power_kept(seeds: range) -> Values:
    """Of firms with an effect, nothing unmeasured behind it, and a difference that every other rule lets pass: called supported."""
    rows = [firm_row(FAIR, seed) for seed in seeds]
    return np.array([row["verdict"] == "supported" if is_supported_without_tests(row) else np.nan for row in rows], np.float64)  # fmt: skip


def supported_of_few_events(seed: int) -> bool:
    """A firm that next to nobody leaves: supported with under five leavers in one arm, or at all."""
    try:
        return firm_row(RARE, seed)["verdict"] == "supported"
    except NotEstimable:
        return False


def survey_ever_supported(looks: int, *, spends: bool) -> Callable[[int], bool]:
    """A survey panel without effect, judged at each of its last waves. spends: with the level of declared looks, else each at 5 %."""
    shares = [(number + 1) / looks for number in range(looks)]
    levels = [nominal_level(shares[: number + 1]) if spends else 0.05 for number in range(looks)]

    def happens(seed: int) -> bool:
        panel = make_survey(SURVEYS["survey_null"], seed)
        return any(
            _survey_verdict(panel.filter(pl.col("wave") <= wave), level) == "supported"
            for wave, level in zip(range(WAVES - looks, WAVES), levels, strict=True)
        )

    return happens


def _survey_verdict(panel: pl.DataFrame, level: float) -> str:
    last = panel["wave"].max()
    known = panel.with_columns(cohort=pl.when(pl.col("cohort") <= last).then(pl.col("cohort")))
    try:
        effects = group_time_effects(known, level=level)
    except NotEstimable:
        return "not_estimable"
    after, gate = aggregate(effects).row(0, named=True), pre_trend(effects)
    found = Evidence(
        "difference_in_differences", "Engagement", "points", after["estimate"], after["ci_low"], after["ci_high"],
        mentees=known.drop_nulls("cohort")["unit"].n_unique(), waves_before=gate.waves_before, fewest_pairs=gate.fewest_pairs,
        pre_trend_p=gate.p_value, response_gap=unequal_answers(known),
    )  # fmt: skip
    return judge_comparison(found).verdict


def trials_ever_supported(looks: int) -> Callable[[int], bool]:
    """A firm without effect or hidden reason, judged at each of its declared looks."""
    shares = [(number + 1) / looks for number in range(looks)]
    ends = [FIRST + round(MONTHS - 1 - 4 * (looks - 1 - number)) for number in range(looks)]

    def happens(seed: int) -> bool:
        months, readings = make_firm(Firm(trait=0.0), seed)
        data = ProgrammeData((), months, readings, NO_WAVES, has_other_cohorts=True)
        return any(
            _at_look(data, Look(number + 1, _last_day(month), nominal_level(shares[: number + 1]), looks)) == "supported"
            for number, month in enumerate(ends)
        )  # fmt: skip

    return happens


def _at_look(data: ProgrammeData, look: Look) -> str:
    found = programme_effects(DECLARED, data, looks={"retained_12m": look}, is_registered=True).estimates
    return str(found["verdict"][0])


def _last_day(month: int) -> date:
    following = month + 1
    return date.fromordinal(date(following // 12, following % 12 + 1, 1).toordinal() - 1)


def looks_find(looks: int) -> Drawn:
    """An outcome without effect that is judged at each of its declared looks: any interval excludes zero."""
    shares = np.array([(number + 1) / looks for number in range(looks)])
    limits = [stats.norm.isf(nominal_level(shares[: number + 1].tolist()) / 2) for number in range(looks)]

    def drawn(seeds: range) -> Values:
        steps = np.random.default_rng(seeds.start).normal(size=(len(seeds), looks)) / np.sqrt(looks)
        return (np.abs(steps.cumsum(axis=1) / np.sqrt(shares)) > limits).any(axis=1).astype(np.float64)

    return drawn


SUBGROUP_KINDS = ("site", "level", "tenure", "function", "contract")


@cache
def _fifteen() -> Declaration:
    outcomes = [
        {"outcome": name, "label": name, "unit": "points", "is_primary": name == "a", "subgroups": list(SUBGROUP_KINDS)}
        for name in ("a", "b", "c")
    ]
    return read_declaration("p", {"outcomes": outcomes})


def some_subgroup_differs(seed: int) -> bool:
    """A lottery of 300 without effect, three outcomes by five kinds of subgroup: some effect is said to differ."""
    generator = np.random.default_rng(seed)
    people = [f"p{number}" for number in range(300)]
    nobody = pl.lit(None, pl.String)
    drawn = pl.DataFrame({"person_key": people, "arm": generator.permutation(["mentoring", "control"] * 150), "unit_id": people}).with_columns(stratum=nobody, drawn_on=date(2025, 1, 1))  # fmt: skip
    seen = pl.concat(
        pl.DataFrame({"person_key": people, "outcome_value": generator.normal(size=300)}).with_columns(
            outcome=pl.lit(name), wave_no=pl.lit(1), wave_label=pl.lit("wave 1"), is_exposed=pl.lit(value=True),
            months_since_start=pl.lit(3.0), baseline_value=pl.lit(None, pl.Float64),
        )
        for name in ("a", "b", "c")
    )  # fmt: skip
    segments = pl.concat(
        pl.DataFrame({"person_key": people, "segment_value": generator.choice(["x", "y", "z"], 300)}).with_columns(segment_kind=pl.lit(kind))
        for kind in SUBGROUP_KINDS
    ).with_columns(valid_from=date(1, 1, 1), valid_to=date(9999, 12, 31))  # fmt: skip
    none = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
    data = ProgrammeData((Lottery("c", drawn, seen, none),), pl.DataFrame(), pl.DataFrame(), NO_WAVES, has_other_cohorts=False)  # fmt: skip
    said = subgroup_effects(_fifteen(), data, segments, is_registered=True)
    return bool((said["interaction_words"] == "the effect differs between the subgroups").any())


PROGRAMMES = 6


def exaggerations(*, together: bool) -> Drawn:
    """Six programmes of 442 mentees with the same effect: by how much those that stand out overstate it, alone or given the others."""

    def ratio(seed: int) -> float | None:
        rows = [one_company(("base", 10 * seed + number)) for number in range(PROGRAMMES)]
        estimates, errors = (np.array([float(row[name]) for row in rows]) for name in ("retention", "retention_error"))
        out = np.abs(estimates) > stats.norm.isf(0.025) * errors
        told = pool(estimates, errors).shrunk[:, 0] if together else estimates
        truths = np.array([float(row["retention_truth"]) for row in rows])
        return float(np.mean(told[out] / truths[out])) if out.any() else None

    return each(ratio)


def evidence_without_a_number(seeds: range) -> Values:
    """Evidence of a comparison of which one of the figures isn't a number is called supported, or anything that shows a figure."""
    sound = Evidence(
        "target_trial", "Staying", "points", 4.0, 1.0, 7.0, mentees=200, events=80, fewest_events=20, effective_people=300.0, effective_share=0.5,
        largest_smd=("tenure", 0.02), outside_support=0.0, largest_person_share=0.01, followed=0.9, excluded_starts=0.0, negative_control_p=0.5,
        negative_exposure_p=0.5, cox_agrees=True, method_gap=0.1, e_value_limit=1.6, adjusted_p=0.01, response_gap=0.01,
    )  # fmt: skip
    names = [field.name for field in fields(sound) if isinstance(getattr(sound, field.name), float)]
    said = []
    for seed in seeds:
        try:
            broken = replace(sound, **{names[seed % len(names)]: float("nan")})
            said.append(judge_comparison(broken).shows_figure)
        except ValueError:
            said.append(False)
    return np.array(said, dtype=np.float64)


CLAIMS = (
    Claim("6 unmeasured reason, no effect: supported", each(is_supported(HIDDEN)), 0.05, cost=2, is_short=False),
    Claim("6 nothing unmeasured, an effect that the other rules let pass: supported", power_kept, 1.0, low=2 / 3, cost=2, is_short=False),
    Claim("7 next to nobody leaves, no effect: supported", each(supported_of_few_events), 0.05, cost=5, is_short=False),
    Claim("8 seven declared looks at a survey, no effect: ever supported", each(survey_ever_supported(7, spends=True)), 0.05, cost=2, is_short=False),
    Claim("8 four declared looks at staying, no effect: ever supported", each(trials_ever_supported(4)), 0.05, cost=5, is_short=False),
    *(Claim(f"8 {looks} looks, any finds", looks_find(looks), 0.05, cost=0.05) for looks in (2, 4, 12)),
    Claim("9 fifteen subgroups, no effect: any differs", each(some_subgroup_differs), 0.10, cost=10),
    Claim("12 evidence without a number: shown", evidence_without_a_number, 0.0),
    Claim("13 six programmes of 442: exaggerated, given the others", exaggerations(together=True), 1.3, cost=10, is_short=False),
)  # fmt: skip
