"""A programme's declared outcomes, all at once: the best design for each, corrected for their number, and a reason where there is no figure."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.impact import read_declaration
from pipelines.impact.programme_effects import Lottery, ProgrammeData, programme_effects
from pipelines.impact.subgroups import subgroup_effects
from tests.unit.impact.made_months import measures, months

BLOCK = {
    "comparison": {"covariates": ["quality", "tenure_months"]},
    "outcomes": [
        {"outcome": "retained_12m", "label": "Still employed", "unit": "share", "kind": "share", "is_primary": True, "subgroups": ["half", "whole"]},
        {"outcome": "promoted_12m", "label": "Promoted", "unit": "share", "kind": "share"},
        {"outcome": "satisfaction", "label": "Satisfaction", "unit": "points"},
    ],
}  # fmt: skip
NO_WAVES = pl.DataFrame(
    schema={
        "person_key": pl.String,
        "measure": pl.String,
        "asked_on": pl.Date,
        "began_date": pl.Date,
        "start_wave": pl.Int64,
    }
)


@pytest.fixture(scope="module")
def data() -> ProgrammeData:
    firm = months(seed=3, people=1200)
    return ProgrammeData((), firm, measures(firm), NO_WAVES, has_other_cohorts=True)


def always(segments: pl.DataFrame) -> pl.DataFrame:
    """Segments that nobody ever leaves."""
    return segments.with_columns(valid_from=date(1, 1, 1), valid_to=date(9999, 12, 31))


def by_outcome(frame: pl.DataFrame) -> dict[str, dict]:
    return {row["outcome"]: row for row in frame.iter_rows(named=True)}


def test_the_planted_effect_lies_in_the_interval_and_the_raw_gap_does_not(data: ProgrammeData) -> None:
    row = by_outcome(programme_effects(read_declaration("p", BLOCK), data).estimates)["retained_12m"]
    # about 16 in 100 leave within a year; a ratio of 0.7 among mentees, who are the better ones, keeps some 3 to 5 of them
    assert row["ci_low"] < 0.045 < row["ci_high"]
    assert row["raw_gap"] > row["ci_high"]
    assert row["hazard_ratio"] == pytest.approx(0.7, abs=0.2)


@pytest.mark.parametrize("goes_with_quality", [True, False])
def test_an_independent_control_shows_what_was_not_measured(data: ProgrammeData, *, goes_with_quality: bool) -> None:
    """Nothing is adjusted but tenure: a control that goes with the quality behind joining differs, one that doesn't sees nothing and says how much it could see."""
    people = data.measures["person_key"].unique().sort()
    noise = pl.DataFrame({"person_key": people, "noise": np.random.default_rng(7).normal(size=people.len())})
    kept = pl.col("value") if goes_with_quality else pl.col("noise")
    commute = data.measures.join(noise, on="person_key").select(
        "person_key", pl.lit("commute").alias("measure"), "month", kept.alias("value"), "known_month", kept.alias("value_year_before")
    )  # fmt: skip
    comparison = {"covariates": ["tenure_months"], "negative_control": "commute"}
    found = ProgrammeData((), data.months, pl.concat([data.measures, commute]), NO_WAVES, has_other_cohorts=True)
    row = by_outcome(programme_effects(read_declaration("p", {**BLOCK, "comparison": comparison}), found, is_registered=True).estimates)["retained_12m"]  # fmt: skip
    assert row["negative_control"] == "commute a year before the start"
    assert (row["negative_control_p"] < 0.05) == goes_with_quality
    assert 0.05 < row["negative_control_detectable"] < 0.5
    assert (row["rating"] == 1) == goes_with_quality


def test_only_those_who_took_part_were_asked_so_it_is_refused(data: ProgrammeData) -> None:
    row = by_outcome(programme_effects(read_declaration("p", BLOCK), data).estimates)["satisfaction"]
    assert (row["design"], row["verdict"], row["estimate"]) == ("one_group", "refused", None)


def test_all_figures_go_with_a_verdict_that_shows_none() -> None:
    few = months(seed=5, people=60)
    small = ProgrammeData((), few, measures(few), NO_WAVES, has_other_cohorts=True)
    row = by_outcome(programme_effects(read_declaration("p", BLOCK), small).estimates)["retained_12m"]
    assert row["verdict"] == "not_supported"
    assert row["reasons"]
    assert [row[name] for name in ("estimate", "ci_low", "p_value", "treated_mean", "control_mean")] == [None] * 5


def test_before_the_window_is_over_the_answer_is_refused_and_says_so(data: ProgrammeData) -> None:
    early = data.months.filter(pl.col("month") < data.months["month"].min() + 8)
    soon = ProgrammeData((), early, measures(early), NO_WAVES, has_other_cohorts=True)
    row = by_outcome(programme_effects(read_declaration("p", BLOCK), soon).estimates)["retained_12m"]
    assert (row["verdict"], row["reasons"]) == ("refused", ["the outcome's window isn't over yet"])


def test_the_plots_hold_every_covariate_and_month(data: ProgrammeData) -> None:
    found = programme_effects(read_declaration("p", BLOCK), data)
    assert set(found.balance["outcome"]) == {"retained_12m", "promoted_12m"}
    assert {"quality", "tenure_months"} <= set(found.balance["covariate"])
    assert found.balance["smd_after"].abs().max() < 0.1 < found.balance["smd_before"].abs().max()
    curve = found.curves.filter((pl.col("outcome") == "retained_12m") & (pl.col("arm") == "treated"))
    assert curve["month"].to_list() == list(range(13))
    assert curve["share"][0] == 1
    assert curve["share"].is_sorted(descending=True)


def test_a_secondary_outcome_of_many_is_not_called_caused() -> None:
    rng = np.random.default_rng(11)
    people = [f"p{i:03d}" for i in range(300)]
    assignments = pl.DataFrame(
        {"person_key": people, "arm": ["mentoring", "control"] * 150, "unit_id": people, "stratum": [None] * 300},
        schema_overrides={"stratum": pl.String},
    )

    def observed(outcome: str, gain: float) -> pl.DataFrame:
        shift = np.tile([gain, 0.0], 150)
        return pl.DataFrame({"outcome": outcome, "person_key": people, "outcome_value": rng.normal(size=300) + shift}).with_columns(
            wave_no=pl.lit(1), is_exposed=pl.lit(value=True), months_since_start=pl.lit(9.0), wave_label=pl.lit("month 9"),
            baseline_value=pl.lit(None, pl.Float64),
        )  # fmt: skip

    noise = [observed(f"noise_{i}", 0.0) for i in range(20)]
    borderline = observed("borderline", 0.10)
    lottery = Lottery("L", assignments, pl.concat([borderline, *noise]), pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64}))  # fmt: skip
    data = ProgrammeData((lottery,), pl.DataFrame(), pl.DataFrame(), NO_WAVES, has_other_cohorts=False)
    names = ["borderline", *(f"noise_{i}" for i in range(20))]
    outcomes = [{"outcome": name, "label": name, "unit": "points", "is_primary": name == "noise_0"} for name in names]
    rows = by_outcome(programme_effects(read_declaration("p", {"outcomes": outcomes}), data).estimates)
    alone = rows["borderline"]
    assert alone["p_value"] < 0.05 < alone["p_adjusted"]
    assert (alone["verdict"] == "suggestive") == (alone["p_adjusted"] > 0.10)
    assert all(row["p_adjusted"] >= row["p_value"] for row in rows.values())


def test_subgroups_are_tested_against_each_other(data: ProgrammeData) -> None:
    people = data.months["person_key"].unique().sort()
    halves = pl.DataFrame({"person_key": people}).with_columns(
        segment_kind=pl.lit("half"),
        segment_value=pl.when(pl.col("person_key").str.slice(1).cast(pl.Int64) % 2 == 0)
        .then(pl.lit("even"))
        .otherwise(pl.lit("odd")),
    )
    whole = halves.with_columns(segment_kind=pl.lit("whole"), segment_value=pl.lit("all"))
    found = subgroup_effects(read_declaration("p", BLOCK), data, always(pl.concat([halves, whole])))
    own = found.filter(pl.col("subgroup_kind") == "half")
    assert own["estimate"].null_count() == 0
    assert own["interaction_p"].n_unique() == 1
    differs = own["interaction_p_adjusted"][0] <= 0.05
    words = "the effect differs" if differs else "no sign that the effect differs"
    assert own["interaction_words"][0] == f"{words} between the subgroups"
    alone = found.filter(pl.col("subgroup_kind") == "whole").row(0, named=True)
    assert alone["interaction_p"] is None
    assert alone["interaction_words"].startswith("not tested")


def test_a_subgroup_says_no_more_than_the_judge_allows_and_tells_what_is_the_same_for_all_in_it(
    data: ProgrammeData,
) -> None:
    """All have level 3, which would leave the enrolment model without an answer; a handful of people are refused with the judge's own reason."""
    people = data.months["person_key"].unique().sort()
    number = pl.col("person_key").str.slice(1).cast(pl.Int64)
    sizes = pl.DataFrame({"person_key": people}).with_columns(
        segment_kind=pl.lit("half"),
        segment_value=pl.when(number < 1160).then(pl.lit("many")).otherwise(pl.lit("few")),
    )
    declared = {**BLOCK, "comparison": {"covariates": ["quality", "tenure_months", "level_rank"]}}
    found = subgroup_effects(read_declaration("p", declared), data, always(sizes))
    few, many = (found.filter(pl.col("subgroup_value") == name).row(0, named=True) for name in ("few", "many"))
    assert few["estimate"] is None
    assert few["verdict"] == "not_supported"
    assert few["reason"] != "too few people or events in this subgroup"
    assert many["verdict"] in {"suggestive", "not_detected"}, "without a falsification test nothing is supported"
    assert many["left_out"] == "the same for all here, so left out: level rank"


def test_a_covariate_that_is_the_same_for_all_is_left_out_and_told_and_changes_no_figure(data: ProgrammeData) -> None:
    """All have level 3: declared beside the others it would leave the enrolment model without an answer, and the whole comparison with it."""
    declared = {**BLOCK, "comparison": {"covariates": ["quality", "tenure_months", "level_rank"]}}
    without = {**BLOCK, "comparison": {"covariates": ["quality", "tenure_months"]}}
    one, other = (programme_effects(read_declaration("p", block), data).estimates for block in (declared, without))
    told = one.filter(pl.col("design") == "target_trial")
    assert told["estimate"].null_count() == 0
    assert all("the same for all here, so left out: level rank" in row for row in told["untested"].to_list())
    assert_frame_equal(one.drop("untested"), other.drop("untested"))


def test_who_moves_after_the_start_counts_where_they_were(data: ProgrammeData) -> None:
    """A reorganisation that follows the programme: mentees move to the other half the month after their start, and no figure of either half changes."""
    people = data.months.group_by("person_key").agg(pl.col("start_month").first()).sort("person_key")
    number, other = pl.col("person_key").str.slice(1).cast(pl.Int64), pl.col("start_month") + 1
    halves = people.select("person_key", "start_month", segment_kind=pl.lit("half"), segment_value=pl.when(number % 2 == 0).then(pl.lit("even")).otherwise(pl.lit("odd")))  # fmt: skip
    stay = always(halves.drop("start_month"))
    moved_on = pl.date(other // 12, other % 12 + 1, 1)
    moves = pl.col("start_month").is_not_null()
    before = halves.with_columns(valid_from=date(1, 1, 1), valid_to=pl.when(moves).then(moved_on).otherwise(date(9999, 12, 31)))  # fmt: skip
    after = halves.filter(moves).with_columns(
        segment_value=pl.when(pl.col("segment_value") == "even").then(pl.lit("odd")).otherwise(pl.lit("even")),
        valid_from=moved_on,
        valid_to=date(9999, 12, 31),
    )
    declaration = read_declaration("p", BLOCK)
    told = subgroup_effects(declaration, data, stay)
    assert told["estimate"].null_count() == 0
    assert_frame_equal(subgroup_effects(declaration, data, pl.concat([before, after]).drop("start_month")), told)


def test_a_lottery_counts_people_where_they_were_when_places_were_drawn() -> None:
    people = [f"p{i:03d}" for i in range(240)]
    arms = ["mentoring", "control"] * 120
    drawn = pl.DataFrame({"person_key": people, "arm": arms, "unit_id": people, "stratum": [None] * 240, "drawn_on": [date(2025, 3, 1)] * 240}, schema_overrides={"stratum": pl.String})  # fmt: skip
    score = np.random.default_rng(5).normal(size=240) + np.tile([1.0, 0.0], 120)
    seen = pl.DataFrame({"outcome": "satisfaction", "person_key": people, "outcome_value": score}).with_columns(
        wave_no=pl.lit(1), is_exposed=pl.lit(value=True), months_since_start=pl.lit(9.0), wave_label=pl.lit("month 9"),
        baseline_value=pl.lit(None, pl.Float64),
    )  # fmt: skip
    nothing = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
    lottery = ProgrammeData((Lottery("L", drawn, seen, nothing),), pl.DataFrame(), pl.DataFrame(), NO_WAVES, has_other_cohorts=False)  # fmt: skip
    first = pl.DataFrame({"person_key": people, "segment_kind": "half", "segment_value": ["a"] * 120 + ["b"] * 120})
    until = first.with_columns(valid_from=date(1, 1, 1), valid_to=date(2025, 3, 2))
    later = first.with_columns(segment_value=pl.lit("merged"), valid_from=date(2025, 3, 2), valid_to=date(9999, 12, 31))
    outcome = {"outcome": "satisfaction", "label": "S", "unit": "points", "subgroups": ["half"]}
    found = subgroup_effects(read_declaration("p", {"outcomes": [outcome]}), lottery, pl.concat([until, later]))
    assert found["subgroup_value"].to_list() == ["a", "b"]
    assert found["n_treated"].to_list() == [60, 60]


def test_tests_of_difference_are_corrected_over_all_that_was_declared(data: ProgrammeData) -> None:
    people = data.months["person_key"].unique().sort()
    number = pl.col("person_key").str.slice(1).cast(pl.Int64)
    kinds = [
        pl.DataFrame({"person_key": people}).with_columns(
            segment_kind=pl.lit(kind),
            segment_value=pl.when(number // step % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b")),
        )
        for kind, step in (("half", 1), ("whole", 2))
    ]
    found = subgroup_effects(read_declaration("p", BLOCK), data, always(pl.concat(kinds)))
    tests = found.unique("subgroup_kind").sort("interaction_p")
    assert tests.height == 2
    assert tests["interaction_p_adjusted"][0] == pytest.approx(min(1.0, 2 * tests["interaction_p"][0]))
