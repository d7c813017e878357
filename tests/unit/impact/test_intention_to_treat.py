"""The published answer of a real mentoring trial, and what the estimator refuses."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.impact import Outcome, estimate_intention_to_treat
from pipelines.impact.regression import NotEstimable, least_squares

TRIAL = Path(__file__).parents[3] / "data/examples/kenya_mentoring_trial/bdj_dandora_core.csv"
COVARIATES = ("lage_b", "secondaryedu_b", "sec0_b", "sec1_b", "sec2_b", "sec3_b", "sec4_b", "I_emp_b")


@pytest.fixture(scope="module")
def trial() -> pl.DataFrame:
    return pl.read_csv(TRIAL)


def kenya(trial: pl.DataFrame, **declared) -> pl.DataFrame:
    arm = pl.col("treat2").replace_strict({2.0: "control", 3.0: "class", 4.0: "mentor"})
    person = pl.col("id").cast(pl.String).alias("person_key")
    assignments = trial.select(
        person, arm.alias("arm"), pl.col("id").alias("unit_id"), pl.lit(None, pl.String).alias("stratum")
    )
    observations = trial.select(
        person,
        pl.col("wave").cast(pl.Int64).alias("wave_no"),
        pl.format("wave {}", pl.col("wave").cast(pl.Int64)).alias("wave_label"),
        (pl.col("wave") > 0).alias("is_exposed"),
        pl.col("months_since_treat").alias("months_since_start"),
        pl.col("tprofits").alias("outcome_value"),
        pl.col("tprofits_b").alias("baseline_value"),
    )
    covariates = (
        trial.filter(pl.col("wave") == 0)
        .select(person, *COVARIATES)
        .unpivot(index="person_key", variable_name="covariate", value_name="value")
    )
    outcome = Outcome(
        "weekly_profit",
        "Weekly profit",
        "KES",
        covariates=COVARIATES,
        pooled=True,
        include_baseline_wave=True,
        complete_cases=True,
        **declared,
    )
    return estimate_intention_to_treat(assignments.unique("person_key"), observations, covariates, outcome)


def test_the_kenya_trial_gives_the_published_effects(trial: pl.DataFrame) -> None:
    pooled = kenya(trial).filter(pl.col("wave") == "pooled")
    mentor = pooled.row(by_predicate=pl.col("arm") == "mentor", named=True)
    taught = pooled.row(by_predicate=pl.col("arm") == "class", named=True)
    assert mentor["n_observations"] == 2578
    assert mentor["estimate"] == pytest.approx(371.834734520649, rel=1e-9)
    assert mentor["std_error"] == pytest.approx(133.015059359087, rel=1e-9)
    assert taught["estimate"] == pytest.approx(124.507833194811, rel=1e-9)
    assert taught["std_error"] == pytest.approx(144.904643808517, rel=1e-9)
    assert (mentor["verdict"], taught["verdict"]) == ("caused", "not_detected")


def test_the_effect_of_mentors_fades_as_published(trial: pl.DataFrame) -> None:
    waves = kenya(trial).filter((pl.col("arm") == "mentor") & (pl.col("wave") != "pooled")).sort("months_since_start")
    assert waves["estimate"].round(2).to_list() == [266.06, 50.22, 321.06, 994.68, 915.59, 20.81, 35.86]


def test_clustered_errors_agree_with_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(40), 5)
    x = rng.normal(size=200)
    y = 1 + 0.5 * x + np.repeat(rng.normal(size=40), 5) + rng.normal(size=200)
    ours = least_squares(y, {"constant": np.ones(200), "x": x}, clusters)
    theirs = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert ours.estimate("x") == pytest.approx((theirs.params[1], theirs.bse[1]), rel=1e-10)


def small_trial(people: int, *, effect: float = 0.0, answered: float = 1.0, kind: str = "number") -> pl.DataFrame:
    rng = np.random.default_rng(11)
    arm = np.array(["control", "mentor"])[np.arange(people) % 2]
    keys = [f"p{i}" for i in range(people)]
    values = effect * (arm == "mentor") + rng.normal(size=people)
    if kind == "yes_no":
        values = (np.arange(people) < 4).astype(float)
    known = (arm == "control") | (rng.random(people) < answered)
    assignments = pl.DataFrame(
        {"person_key": keys, "arm": arm, "unit_id": keys, "stratum": [None] * people},
        schema_overrides={"stratum": pl.String},
    )
    observations = (
        pl.DataFrame(
            {
                "person_key": keys,
                "wave_no": 1,
                "wave_label": "post",
                "is_exposed": True,
                "months_since_start": 6.0,
                "outcome_value": values,
            }
        )
        .with_columns(pl.lit(None, pl.Float64).alias("baseline_value"))
        .filter(pl.Series(known))
    )
    nothing = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
    return estimate_intention_to_treat(assignments, observations, nothing, Outcome("y", "Y", "points", kind=kind))


def test_fewer_than_twenty_a_side_is_refused_and_shows_no_figure() -> None:
    row = small_trial(30, effect=3).row(0, named=True)
    assert row["verdict"] == "not_supported"
    assert row["estimate"] is None
    assert "15 and 15 people" in row["reasons"][0]


def test_fewer_than_ten_events_are_refused() -> None:
    row = small_trial(200, kind="yes_no").row(0, named=True)
    assert (row["verdict"], row["reasons"]) == (
        "not_supported",
        ["only 4 events over both arms; at least 10 are needed"],
    )


def test_an_interval_over_zero_is_not_called_no_effect() -> None:
    row = small_trial(200).row(0, named=True)
    assert row["verdict"] == "not_detected"
    assert "can't be excluded" in row["verdict_words"]


def test_unequal_answering_is_at_most_suggestive() -> None:
    assert small_trial(400, effect=2, answered=0.6).row(0, named=True)["verdict"] == "suggestive"
    assert small_trial(400, effect=2).row(0, named=True)["verdict"] == "caused"


def test_collinear_regressors_are_refused_by_name() -> None:
    ones = np.ones(20)
    with pytest.raises(NotEstimable, match="constant, twice are collinear"):
        least_squares(np.arange(20.0), {"constant": ones, "twice": 2 * ones}, np.arange(20))


@pytest.mark.parametrize("sites", [3, 6])
def test_sites_that_are_all_alike_give_no_interval_of_no_width(sites: int) -> None:
    """A quarter leaves on every site of one arm, half on every site of the other: the gap is no certainty."""
    people = [(f"s{site}p{n}", site) for site in range(sites) for n in range(24)]
    arms = {site: "mentor" if site < sites // 3 else "control" for site in range(sites)}
    assignments = pl.DataFrame({
        "person_key": [person for person, _ in people],
        "arm": [arms[site] for _, site in people],
        "unit_id": [f"site {site}" for _, site in people],
        "stratum": pl.Series([None] * len(people), dtype=pl.String),
    })  # fmt: skip
    left = [n % (4 if arms[site] == "mentor" else 2) == 0 for site in range(sites) for n in range(24)]
    observations = pl.DataFrame({
        "person_key": [person for person, _ in people],
        "wave_no": 1,
        "wave_label": "month 12",
        "is_exposed": True,
        "months_since_start": 12.0,
        "outcome_value": [float(not gone) for gone in left],
        "baseline_value": pl.Series([None] * len(people), dtype=pl.Float64),
    })  # fmt: skip
    covariates = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
    outcome = Outcome("retained_12m", "Still employed after 12 months", "share")
    found = estimate_intention_to_treat(assignments, observations, covariates, outcome).row(0, named=True)
    assert (found["estimate"], found["ci_low"], found["verdict"]) == (None, None, "not_supported")
    assert "no error can be told" in " ".join(found["reasons"])
