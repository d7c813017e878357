"""One declared measure of one programme by difference in differences over its waves: everybody is asked, some have joined, some haven't yet."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from scipy import stats

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.difference_in_differences import PreTrend, aggregate, group_time_effects, pre_trend
from pipelines.impact.estimate_rows import identity
from pipelines.impact.missing import finite
from pipelines.impact.power import detectable_from_error
from pipelines.impact.regression import NotEstimable
from pipelines.impact.rules import Evidence
from pipelines.impact.sensitivity import (
    SMALLEST_ERROR,
    NegativeControl,
    of_control,
    of_placebo,
    response_gap,
    robustness_in_words,
    robustness_value,
)

ESTIMATOR = "group-time difference in differences, not-yet-treated comparison, baseline of three waves, t intervals, error by person"


@dataclass(frozen=True)
class WaveEstimate:
    """row: columns of ESTIMATE_SCHEMA without the verdict. steps: the effect by waves since the start (event_time, estimate, ci_low, ci_high)."""

    row: dict[str, Any]
    evidence: Evidence
    steps: pl.DataFrame


def estimate_by_waves(
    waves: pl.DataFrame, outcome: Outcome, level: float = 0.05, negative_control: str | None = None
) -> WaveEstimate:
    """Average effect over the waves within `outcome.horizon_months` of the start. level: of the intervals, two-sided.

    waves: rows of marts.measure_waves of one programme, of the outcome and of the negative control, a measure that the programme can't have moved: measure, person_key, wave, asked_on, value (null: no answer), began_date, is_by_lot, start_wave.
    People who were randomised are left out; so is a wave between somebody's start and the first one that can tell.
    Raises NotEstimable where no cohort has a wave before its start and somebody to compare with.
    """
    chosen = _usable(_of_measure(waves, outcome.outcome), outcome)
    effects = group_time_effects(_panel(chosen), level=level)
    after = aggregate(effects, "simple").row(0, named=True)
    unmoved = _control(_of_measure(waves, negative_control), outcome, negative_control) if negative_control else None
    steps = aggregate(effects, "dynamic").filter(pl.col("term") != "overall")
    trend = pre_trend(effects)
    treated, control = _people(chosen)
    gap = _response_gap(chosen)
    degrees = effects.degrees or 10**6
    p_value = (
        float(2 * stats.t.sf(abs(after["estimate"]) / after["std_error"], degrees)) if after["std_error"] > 0 else None
    )
    row = {
        **identity(outcome),
        "arm": "mentoring",
        "wave": f"within {outcome.horizon_months} months",
        "months_since_start": float(outcome.horizon_months),
        "design": "difference_in_differences",
        "estimand": "average change of those who joined, against those who haven't yet",
        "estimator": ESTIMATOR,
        **{name: after[name] for name in ("estimate", "std_error", "ci_low", "ci_high")},
        "p_value": p_value,
        "n_treated": treated,
        "n_control": control,
        "n_observations": int(chosen["usable"].is_not_null().sum()),
        "clusters": chosen["person_key"].n_unique(),
        "raw_gap": _raw_gap(chosen),
        "smallest_detectable": detectable_from_error(after["std_error"]),
        "response_gap": gap,
        "pre_trend_p": trend.p_value,
        **of_control(unmoved, after["std_error"], _spread(chosen)),
        **of_placebo(trend.drift, after["std_error"]),
        "sensitivity_words": robustness_in_words(robustness_value(after["estimate"] / after["std_error"], degrees))
        if after["std_error"] > 0
        else None,
    }
    return WaveEstimate(row, _evidence(outcome, after, trend, unmoved, treated, gap), _named(steps))


def _evidence(
    outcome: Outcome, after: dict[str, Any], trend: PreTrend, control: NegativeControl | None, treated: int, gap: float
) -> Evidence:
    return Evidence(
        design="difference_in_differences",
        outcome=outcome.label,
        unit=outcome.unit,
        estimate=after["estimate"],
        ci_low=after["ci_low"],
        ci_high=after["ci_high"],
        mentees=treated,
        waves_before=trend.waves_before,
        fewest_pairs=trend.fewest_pairs,
        pre_trend_p=trend.p_value,
        negative_control_p=control.p_value if control else None,
        negative_control=control.outcome if control else None,
        placebo_p=trend.drift.p_value if trend.drift else None,
        response_gap=gap,
    )


def _of_measure(waves: pl.DataFrame, measure: str) -> pl.DataFrame:
    return waves.filter(pl.col("measure") == measure)


def _panel(chosen: pl.DataFrame) -> pl.DataFrame:
    """As `group_time_effects` takes it. Raises NotEstimable where nobody ever answered."""
    if chosen["usable"].drop_nulls().is_empty():
        raise NotEstimable("Nobody has an answer in any wave that counts.")
    return chosen.select(
        pl.col("person_key").alias("unit"),
        "wave",
        pl.col("usable").alias("outcome"),
        pl.col("start_wave").alias("cohort"),
    )


def _control(waves: pl.DataFrame, outcome: Outcome, measure: str) -> NegativeControl | None:
    """The same comparison of a measure that the programme can't have moved; None where it isn't kept in waves, or nobody can be compared in it."""
    if waves.is_empty():
        return None
    chosen = _usable(waves, outcome)
    try:
        found = aggregate(group_time_effects(_panel(chosen)), "simple").row(0, named=True)
    except NotEstimable:
        return None
    if not found["std_error"] > SMALLEST_ERROR:
        return None
    return NegativeControl(f"{measure} in the same waves", found["estimate"], found["std_error"], _spread(chosen))


def _spread(chosen: pl.DataFrame) -> float | None:
    """Standard deviation of the answers that count."""
    answers = chosen["usable"].drop_nulls().to_numpy()
    return float(answers.std()) if answers.size else None


def _usable(waves: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    until = pl.col("began_date").dt.offset_by(f"{outcome.horizon_months}mo")
    joined = pl.col("began_date").is_not_null() & (pl.col("asked_on") >= pl.col("began_date"))
    counts = ~joined | ((pl.col("wave") >= pl.col("start_wave")) & (pl.col("asked_on") <= until))
    answers = waves.with_columns(finite(pl.col("value")))
    own = answers.filter(~(pl.col("is_by_lot") & pl.col("began_date").is_not_null()))
    return own.with_columns(
        usable=pl.when(counts.fill_null(value=False)).then(pl.col("value")),
        is_after=joined & counts.fill_null(value=False),
        is_asked=counts.fill_null(value=False),
    )


def _people(chosen: pl.DataFrame) -> tuple[int, int]:
    """Joined with an answer before and after; and others with two answers or more."""
    answered = chosen.filter(pl.col("usable").is_not_null())
    by_person = answered.group_by("person_key").agg(
        pl.col("is_after").any().alias("after"), (~pl.col("is_after")).any().alias("before"), pl.len().alias("answers")
    )
    treated = by_person.filter(pl.col("after") & pl.col("before")).height
    control = by_person.filter(~pl.col("after") & (pl.col("answers") > 1)).height
    if not treated or not control:
        raise NotEstimable("Nobody answered both before and after joining, or nobody is left to compare with.")
    return treated, control


def _response_gap(chosen: pl.DataFrame) -> float:
    """Share that answered of those asked after joining, against those not yet joined in the same waves."""
    asked = chosen.filter("is_asked")
    waves = asked.filter("is_after")["wave"].unique().to_list()
    shares = {}
    for is_after in (True, False):
        rows = asked.filter((pl.col("is_after") == is_after) & pl.col("wave").is_in(waves))
        shares[is_after] = (int(rows["value"].is_not_null().sum()), rows.height)
    return response_gap(*shares[True], *shares[False])


def _raw_gap(chosen: pl.DataFrame) -> float | None:
    """Those who joined less everybody else, in the same waves: what not to believe."""
    waves = chosen.filter("is_after")["wave"].unique().to_list()
    means = dict(
        chosen.filter(pl.col("wave").is_in(waves)).group_by("is_after").agg(pl.col("usable").mean()).iter_rows()
    )
    return float(means[True] - means[False]) if len(means) == 2 else None


def _named(steps: pl.DataFrame) -> pl.DataFrame:
    return steps.select(
        pl.col("term").cast(pl.Int64).alias("event_time"), "estimate", "std_error", "ci_low", "ci_high"
    ).sort("event_time")
