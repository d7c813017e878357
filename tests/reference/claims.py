"""What is said where nothing was caused, over and over: `python -m tests.reference.claims [--runs 400]`, part of `make simulate`. Each figure with its Monte-Carlo error and its bar,
which may be passed by three such errors, since several lie at it by design.

Seeds from 70,000 on chose nothing. The short form in the tests widens each bar by three errors of its fewer runs.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from pipelines.impact.declaration import Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.looks import nominal_level
from pipelines.impact.negative_exposure import unmatched_applicants
from pipelines.impact.regression import least_squares
from pipelines.impact.trial_estimates import estimate_by_trials
from pipelines.impact.verdicts import POLICY
from tests.unit.impact.made_months import measures, months

FIRST_SEED = 70_000
STAYING = Outcome("retained_12m", "Still employed", "share", "share")
SCORE = Outcome("y", "Y", "points")
NOTHING = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})


@dataclass(frozen=True)
class Claim:
    """happens: whether what must be rare happens in the run of a seed. most: the share of runs that it may happen in. cost: by which the number of runs is divided."""

    name: str
    happens: Callable[[int], bool]
    most: float
    cost: float = 1.0


@dataclass(frozen=True)
class Figure:
    claim: Claim
    runs: int
    share: float

    @property
    def error(self) -> float:
        """Monte-Carlo error of the share."""
        return float(np.sqrt(self.share * (1 - self.share) / self.runs))

    def is_held(self, errors: float = 0.0) -> bool:
        """Whether the share is within its bar, widened by so many binomial errors of the bar."""
        return self.share <= self.claim.most + errors * float(
            np.sqrt(self.claim.most * (1 - self.claim.most) / self.runs)
        )


def sites_alarm(sites: int, treated: int) -> Callable[[int], bool]:
    """A lottery of whole sites without effect, 20 people each: its interval excludes zero."""
    clusters = np.repeat(np.arange(sites), 20)
    design = {"constant": np.ones(clusters.size), "treated": (clusters < treated).astype(float)}

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        outcome = 0.4 * generator.normal(size=sites)[clusters] + generator.normal(size=clusters.size)
        low, high = least_squares(outcome, design, clusters, few_clusters=True).interval("treated")
        return low > 0 or high < 0

    return happens


def silence_causes(share: float, gap: float) -> Callable[[int], bool]:
    """A lottery without effect in which the lowest fall silent, more of them in one arm: it is called caused."""

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        treated, value = np.arange(400) % 2 == 0, generator.normal(size=400)
        silent = np.zeros(400, bool)
        for arm, part in ((treated, share + gap / 2), (~treated, share - gap / 2)):
            silent[arm] = value[arm] < np.quantile(value[arm], part)
        return "caused" in _judged(treated, [np.where(silent, np.nan, value)])

    return happens


def some_wave_causes(waves: int) -> Callable[[int], bool]:
    """A lottery without effect, asked several times: any wave is called caused."""

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        person = generator.normal(size=200)
        values = [0.6 * person + 0.8 * generator.normal(size=200) for _ in range(waves)]
        return "caused" in _judged(generator.permutation(np.arange(200) % 2 == 0), values)

    return happens


def _judged(treated: np.ndarray, values: list[np.ndarray]) -> list[str]:
    people = [f"p{i}" for i in range(treated.size)]
    drawn = pl.DataFrame({"person_key": people, "arm": np.where(treated, "mentoring", "control"), "unit_id": people})
    seen = pl.concat(
        pl.DataFrame({"person_key": people, "outcome_value": value}).with_columns(
            wave_no=pl.lit(wave), wave_label=pl.lit(f"wave {wave}"), is_exposed=pl.lit(value=True),
            months_since_start=pl.lit(3.0), baseline_value=pl.lit(None, pl.Float64),
        )
        for wave, value in enumerate(values, start=1)
    ).filter(~pl.col("outcome_value").is_nan())  # fmt: skip
    rows = estimate_intention_to_treat(drawn.with_columns(stratum=pl.lit(None, pl.String)), seen, NOTHING, SCORE)
    return rows["verdict"].to_list()


def some_look_finds(looks: int) -> Callable[[int], bool]:
    """An outcome without effect that is judged at each of its declared looks: any interval excludes zero."""
    shares = [(number + 1) / looks for number in range(looks)]
    limits = [stats.norm.isf(nominal_level(shares[: number + 1]) / 2) for number in range(looks)]

    def happens(seed: int) -> bool:
        steps = np.random.default_rng(seed).normal(size=looks) / np.sqrt(looks)
        return bool((np.abs(np.cumsum(steps) / np.sqrt(shares)) > limits).any())

    return happens


def hidden_reason_passes(seed: int) -> bool:
    """A programme without effect; a trait that nobody measured makes people ask and stay: the interval excludes zero, and those who asked in vain don't show why."""
    made = months(seed=seed, people=1000, exit_ratio=1.0, start_chance=0.03)
    refused, begins = pl.col("person_key").str.slice(1).cast(pl.Int64) % 2 == 0, pl.col("start_month")
    made = made.with_columns(refused_month=pl.when(refused).then(begins), start_month=pl.when(~refused).then(begins))
    known = measures(made)
    exposure = unmatched_applicants(made, known, STAYING, ("tenure_months",))
    row = estimate_by_trials(
        employment_records(made, known, STAYING, ("tenure_months",)), STAYING, None, 0.05, exposure
    ).row
    excludes = row["ci_low"] > 0 or row["ci_high"] < 0
    return bool(excludes and row["negative_exposure_p"] >= POLICY.negative_exposure_level)


CLAIMS = (
    *(
        Claim(f"3 few sites: {of} of {sites} drawn, alarm", sites_alarm(sites, of), 0.06)
        for sites, of in ((4, 2), (10, 2), (20, 2))
    ),
    Claim("2 seven waves, any caused", some_wave_causes(7), 0.05, 2),
    Claim("5 lowest silent, 5 points apart, caused", silence_causes(0.10, 0.05), 0.07),
    Claim("5 lowest silent, 14 points apart, caused", silence_causes(0.20, 0.14), 0.07),
    *(Claim(f"8 {looks} looks, any finds", some_look_finds(looks), 0.05, 0.05) for looks in (2, 4, 12)),
    Claim("6 unmeasured trait, no effect, passes those who asked in vain", hidden_reason_passes, 0.05, 10),
)


def measured(runs: int, claims: tuple[Claim, ...] = CLAIMS) -> Iterator[Figure]:
    """Each claim over so many runs, the dear ones over fewer, the cheap ones over more."""
    for claim in claims:
        count = max(round(runs / claim.cost), 1)
        yield Figure(claim, count, float(np.mean([claim.happens(FIRST_SEED + number) for number in range(count)])))


def main(arguments: list[str]) -> int:
    runs = int(arguments[arguments.index("--runs") + 1]) if "--runs" in arguments else 1000
    held = True
    for figure in measured(runs):
        is_held = figure.is_held(3.0)
        held &= is_held
        sys.stdout.write(
            f"{'ok  ' if is_held else 'FAIL'} {figure.claim.name:<62} {figure.share:6.1%} ({figure.error:.1%}) of {figure.runs:,} runs, at most {figure.claim.most:.0%}\n"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
