"""Hazard regression: what the published cases leave open, against an independent program."""

import numpy as np
import polars as pl
import pytest

from pipelines.impact.cox import cox_regression, split_at_exposure
from pipelines.impact.regression import NotEstimable


@pytest.fixture(scope="module")
def spells() -> pl.DataFrame:
    """200 people, each with up to two spells, tied times, weights and a covariate that changes."""
    rng = np.random.default_rng(4)
    person = np.repeat(np.arange(200), 2)
    start = np.tile([0.0, 4.0], 200)
    length = np.minimum(np.ceil(rng.exponential(5, 400)), 4.0)
    frame = pl.DataFrame(
        {
            "person": person,
            "start": start,
            "stop": start + np.where(start == 0, 4.0, length),
            "event": np.where(start == 0, 0, rng.random(400) < 0.7).astype(int),
            "x": rng.normal(size=400),
            "z": rng.integers(0, 3, 400).astype(float),
            "weight": rng.uniform(0.5, 2.0, 200)[person],
        }
    )
    early = pl.DataFrame(
        {"start": 0.0, "stop": np.ceil(rng.exponential(3, 150)), "x": rng.normal(size=150), "z": 1.0, "weight": 1.0}
    ).with_columns(person=pl.int_range(200, 350, dtype=pl.Int64), event=pl.lit(1, pl.Int64))
    return pl.concat([frame, early.select(frame.columns)])


def test_start_stop_with_weights_agrees_with_lifelines(spells: pl.DataFrame) -> None:
    from lifelines import CoxTimeVaryingFitter

    theirs = CoxTimeVaryingFitter().fit(
        spells.to_pandas(), id_col="person", event_col="event", start_col="start", stop_col="stop", weights_col="weight"
    )
    ours = cox_regression(spells, ["x", "z"])
    assert ours.coefficients == pytest.approx(theirs.params_.to_numpy(), abs=1e-6)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.standard_errors_.to_numpy(), abs=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_robust_error_is_the_jackknife_to_first_order(spells: pl.DataFrame, ties: str) -> None:
    """Weighting one person up by a little moves the estimate by that person's influence."""
    fit = cox_regression(spells, ["x", "z"], ties=ties, cluster="person")
    names, step = ["x", "z"], 1e-4
    moved = []
    for person in range(0, 350, 50):
        nudged = spells.with_columns(
            pl.when(pl.col("person") == person)
            .then(pl.col("weight") * (1 + step))
            .otherwise(pl.col("weight"))
            .alias("weight")
        )
        moved.append((cox_regression(nudged, names, ties=ties).coefficients - fit.coefficients) / step)
    influence = _influence(spells, ties)[::50]
    assert np.array(moved) == pytest.approx(influence, abs=3e-3 * np.abs(influence).max())


def _influence(spells: pl.DataFrame, ties: str) -> np.ndarray:
    """One person's share of the robust error: the error with everybody else in a cluster of their own, solved for."""
    from pipelines.impact import cox

    design, scale = cox._design(spells, ["x", "z"])
    data = cox._lay_out(spells, design, ties, None)
    beta, step, _ = cox._maximise(data)
    scores = np.zeros((350, 2))
    np.add.at(scores, spells["person"].to_numpy(), cox._score_residuals(data, beta))
    assert np.abs(scores.sum(axis=0)).max() < 1e-8
    return scores @ np.linalg.inv(step.information) / scale


def test_clustered_errors_agree_with_lifelines() -> None:
    from lifelines import CoxPHFitter

    rng = np.random.default_rng(9)
    frame = pl.DataFrame(
        {
            "stop": rng.exponential(5, 300).round(6),
            "event": (rng.random(300) < 0.8).astype(int),
            "x": rng.normal(size=300),
            "unit": np.repeat(np.arange(60), 5),
        }
    )
    theirs = CoxPHFitter().fit(frame.to_pandas(), "stop", "event", cluster_col="unit", formula="x")
    ours = cox_regression(frame, ["x"], cluster="unit")
    assert ours.is_robust
    assert ours.table()["std_error"][0] == pytest.approx(theirs.standard_errors_.iloc[0], abs=1e-6)


def test_few_clusters_widen_the_interval_and_one_alone_is_refused(spells: pl.DataFrame) -> None:
    fit = cox_regression(spells.with_columns(site=pl.col("person") % 6), ["x"], cluster="site")
    row = fit.table().row(0, named=True)
    assert fit.clusters == 6
    assert np.log(row["ci_high"]) - row["coefficient"] == pytest.approx(2.570581836 * row["std_error"])
    with pytest.raises(NotEstimable, match="site has one value only"):
        cox_regression(spells.with_columns(site=pl.lit(1)), ["x"], cluster="site")


def test_strata_have_hazards_of_their_own(spells: pl.DataFrame) -> None:
    from lifelines import CoxPHFitter

    once = spells.filter(pl.col("start") == 0).with_columns(group=pl.col("person") % 3).drop("start", "person", "z")
    theirs = CoxPHFitter().fit(
        once.drop("weight").to_pandas(),
        "stop",
        "event",
        strata=["group"],
        formula="x",
        fit_options={"precision": 1e-10},
    )
    ours = cox_regression(once.drop("weight"), ["x"], strata="group")
    assert ours.coefficients == pytest.approx(theirs.params_.to_numpy(), abs=1e-7)


def test_time_before_the_exposure_counts_as_unexposed() -> None:
    people = pl.DataFrame(
        {
            "who": ["cut", "never", "from the start", "too late"],
            "stop": [5, 5, 5, 5],
            "event": [1, 1, 0, 1],
            "since": [2, None, 0, 5],
        }
    )
    rows = split_at_exposure(people, exposed_from="since").sort("who", "start")
    assert rows.select("who", "start", "stop", "event", "exposed").rows() == [
        ("cut", 0, 2, 0, 0),
        ("cut", 2, 5, 1, 1),
        ("from the start", 0, 5, 0, 1),
        ("never", 0, 5, 1, 0),
        ("too late", 0, 5, 1, 0),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": 0}, "Nobody left"),
        ({"x": 1.0}, "same value for everybody"),
        ({"x": None}, "missing values"),
        ({"x": pl.col("z") * 2}, "collinear"),
        ({"x": pl.col("event").cast(pl.Float64) * 40 * pl.col("stop").rank(descending=True)}, "separate|converge"),
    ],
)
def test_what_a_hazard_model_cannot_learn_is_refused_with_the_reason(
    spells: pl.DataFrame, change: dict, message: str
) -> None:
    once = spells.filter(pl.col("start") == 0).with_columns(
        **{k: v if isinstance(v, pl.Expr) else pl.lit(v) for k, v in change.items()}
    )
    with pytest.raises(NotEstimable, match=message):
        cox_regression(once, ["x", "z"])
