"""What is said of lotteries that did nothing: few sites, many arms and waves, people who fall silent, figures that aren't numbers, a sign that is turned."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome, read_declaration
from pipelines.impact.attrition import Loss
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.lotteries import Lottery, lottery_rows
from pipelines.impact.rating import rate
from pipelines.impact.regression import least_squares
from pipelines.impact.rollouts import Rollout, rollout_rows
from pipelines.impact.verdicts import DrawEvidence, judge_randomised
from pipelines.stages.looks import LOOKS_SCHEMA, at_its_looks
from tests.reference.claim import Claim, Values, each

SCORE = Outcome("y", "Y", "points")
NOTHING = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
NEVER_LOOKED = pl.DataFrame(schema=LOOKS_SCHEMA)
TRIAL = Path(__file__).parent / "data/mentoring_rct/bdj_dandora_core.csv"
ARMS = {2.0: "control", 3.0: "class", 4.0: "mentor"}
PROFIT = Outcome("profit", "Weekly profit", "shillings", is_primary=True)


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


def sites_cause(sites: int, treated: int) -> Callable[[int], bool]:
    """The same through the whole way to a verdict: called caused."""
    site = np.repeat(np.arange(sites), 20)

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        value = 0.4 * generator.normal(size=sites)[site] + generator.normal(size=site.size)
        drawn = generator.permutation(np.arange(sites) < treated)
        return "caused" in judged(drawn[site], [value], [f"s{number}" for number in site])["verdict"].to_list()

    return happens


def silent_lowest(share: float, gap: float, effect: float = 0.0) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """A lottery of 400 in which the lowest fall silent, more of them in one arm."""

    def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.default_rng(seed)
        treated = np.arange(400) % 2 == 0
        value, silent = generator.normal(size=400) + effect * treated, np.zeros(400, bool)
        for arm, part in ((treated, share + gap / 2), (~treated, share - gap / 2)):
            silent[arm] = value[arm] < np.quantile(value[arm], part)
        return treated, np.where(silent, np.nan, value)

    return drawn


def silence_causes(share: float, gap: float) -> Callable[[int], bool]:
    """It is called caused though nothing was."""
    made = silent_lowest(share, gap)

    def happens(seed: int) -> bool:
        treated, value = made(seed)
        return "caused" in judged(treated, [value])["verdict"].to_list()

    return happens


def some_wave_causes(waves: int) -> Callable[[int], bool]:
    """A lottery without effect, asked several times: any wave is called caused."""

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        person = generator.normal(size=200)
        values = [0.6 * person + 0.8 * generator.normal(size=200) for _ in range(waves)]
        return "caused" in judged(generator.permutation(np.arange(200) % 2 == 0), values)["verdict"].to_list()

    return happens


WAVES = 7
STARTED = date(2025, 1, 31)


def ever_causes_as_waves_come(*, days: bool, pooled: bool = False) -> Callable[[int], bool]:
    """A lottery without effect that is run after each of its seven waves: called caused at any of them. days: each of them was declared as a look."""
    ends = [date(2025, 2 + wave, 25) for wave in range(WAVES)]
    block = {"outcomes": [{"outcome": "y", "label": "Y", "unit": "points", "is_primary": True, "horizon_months": WAVES, "pooled": pooled}], "looks": ends if days else []}  # fmt: skip
    declaration = read_declaration("p", block)

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        person = generator.normal(size=200)
        treated = generator.permutation(np.arange(200) % 2 == 0)
        values = [0.6 * person + 0.8 * generator.normal(size=200) for _ in range(WAVES)]
        drawn, seen = lottery_frames(treated, values, [date(end.year, end.month, 1) for end in ends])
        whole = Lottery("L", drawn, seen.with_columns(outcome=pl.lit("y")), NOTHING, STARTED)
        runs = (at_its_looks(whole, declaration, NEVER_LOOKED, as_of) for as_of in (*ends, date(2026, 1, 1)))
        return any(row["verdict"] == "caused" for run in runs for row in lottery_rows(run, declaration.outcomes[0]))

    return happens


def rollout_causes(sites: int | None, starts: tuple[date | None, ...]) -> Callable[[int], bool]:
    """A staggered rollout without effect, of 90 people or of whole sites, while everybody gets better: called caused."""
    asked = [date(2024, 12, 1), date(2025, 3, 15), date(2025, 6, 15), date(2025, 9, 15), date(2025, 12, 15)]
    unit = np.arange(90) % (sites or 90)

    def happens(seed: int) -> bool:
        generator = np.random.default_rng(seed)
        own = generator.normal(size=90) + (0.5 * generator.normal(size=sites)[unit] if sites else 0.0)
        began = [starts[place] for place in generator.permutation(np.arange(sites or 90) % len(starts))[unit]]
        rows = [
            {"outcome": "y", "person_key": f"p{i}", "answered_on": day, "value": own[i] + 0.4 * wave + 0.7 * generator.normal()}
            for wave, day in enumerate(asked) for i in range(90)
        ]  # fmt: skip
        drawn = pl.DataFrame({"person_key": [f"p{i}" for i in range(90)], "unit_id": [f"u{place}" for place in unit], "starts_on": began}, schema_overrides={"starts_on": pl.Date})  # fmt: skip
        made = Rollout("p:starts", drawn.with_columns(stratum=pl.lit(None, pl.String), began_date=pl.col("starts_on")), pl.DataFrame(rows))  # fmt: skip
        return rollout_rows(made, replace(SCORE, horizon_months=6))[0]["verdict"] == "caused"

    return happens


STARTS = (date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1))


@cache
def published_trial() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The published trial's women with their arms, and their profits over seven waves."""
    panel = pl.read_csv(TRIAL, infer_schema_length=None).with_columns(pl.col("id").cast(pl.Int64).cast(pl.String))
    people = panel.filter(pl.col("wave") == 0).select(
        pl.col("id").alias("person_key"), pl.col("treat2").replace_strict(ARMS).alias("arm"),
        pl.col("id").alias("unit_id"), pl.lit(None, pl.String).alias("stratum"),
    )  # fmt: skip
    before = panel.filter(pl.col("wave") == 0).select("id", baseline_value="tprofits")
    seen = panel.filter(pl.col("wave") > 0).join(before, on="id")
    return people, seen.select(
        pl.col("id").alias("person_key"), pl.col("wave").cast(pl.Int64).alias("wave_no"),
        pl.format("wave {}", pl.col("wave").cast(pl.Int64)).alias("wave_label"), pl.lit(value=True).alias("is_exposed"),
        pl.col("months_since_treat").alias("months_since_start"), pl.col("tprofits").alias("outcome_value"), "baseline_value",
    ).drop_nulls("outcome_value")  # fmt: skip


def published_trial_causes(*, pooled: bool) -> Callable[[int], bool]:
    """The published trial's two arms and seven waves with the arms dealt out anew: anything is called caused."""

    def happens(seed: int) -> bool:
        people, seen = published_trial()
        dealt = people.with_columns(people["arm"].shuffle(seed=seed))
        rows = estimate_intention_to_treat(dealt, seen, NOTHING, replace(PROFIT, pooled=pooled))
        return "caused" in rows["verdict"].to_list()

    return happens


def turned_sign_moves_dots(seed: int) -> bool:
    """An outcome turned upside down is rated in other words, or with other dots."""
    treated, value = silent_lowest(0.10, 0.05, effect=0.5 * (seed % 2))(seed)
    rated = [rate(judged(treated, [sign * value]).row(0, named=True), ()) for sign in (1, -1)]
    return rated[0] != rated[1]


def not_a_number_is_judged(seeds: range) -> Values:
    """Evidence of which one figure isn't a number gets a verdict."""
    sound = DrawEvidence(0.3, 0.1, 0.1, 0.5, "points", Loss(200, 200, 190, 190), 40, 20, (0.1, 0.4), 0.01, 1, 0.01)
    names = [field.name for field in fields(sound) if isinstance(getattr(sound, field.name), float)]
    said = []
    for seed in seeds:
        broken = replace(sound, **{names[seed % len(names)]: float("nan")})
        try:
            said.append(judge_randomised(broken) is not None)
        except ValueError:
            said.append(False)
    return np.array(said, dtype=np.float64)


def judged(treated: np.ndarray, values: list[np.ndarray], units: list[str] | None = None) -> pl.DataFrame:
    """Estimates of one lottery over waves; nan: no answer. units: drawn together, each person alone where none are given."""
    drawn, seen = lottery_frames(treated, values, [STARTED] * len(values), units)
    return estimate_intention_to_treat(drawn, seen, NOTHING, SCORE)


def lottery_frames(
    treated: np.ndarray, values: list[np.ndarray], known_on: list[date], units: list[str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Assignments and observations of one lottery. known_on: by wave, the day of the answers."""
    people = [f"p{i}" for i in range(treated.size)]
    arms = np.where(treated, "mentoring", "control")
    drawn = pl.DataFrame({"person_key": people, "arm": arms, "unit_id": units or people})
    seen = pl.concat(
        pl.DataFrame({"person_key": people, "outcome_value": value}).with_columns(
            wave_no=pl.lit(wave), wave_label=pl.lit(f"wave {wave}"), is_exposed=pl.lit(value=True),
            months_since_start=pl.lit(3.0), baseline_value=pl.lit(None, pl.Float64), known_on=pl.lit(day),
        )
        for wave, (value, day) in enumerate(zip(values, known_on, strict=True), start=1)
    ).filter(~pl.col("outcome_value").is_nan())  # fmt: skip
    return drawn.with_columns(stratum=pl.lit(None, pl.String)), seen


CLAIMS = (
    *(Claim(f"2 seven waves, two arms, published trial dealt anew{words}: any caused", each(published_trial_causes(pooled=pooled)), 0.05, cost=2.5, is_short=False) for pooled, words in ((False, ""), (True, ", pooled too"))),
    Claim("2 seven waves, one arm: any caused", each(some_wave_causes(7)), 0.05, cost=2),
    Claim("8 run after each of seven waves of a lottery: ever caused", each(ever_causes_as_waves_come(days=False)), 0.05, cost=2),
    Claim("8 the same, each wave declared as a look: ever caused", each(ever_causes_as_waves_come(days=True)), 0.05, cost=4, is_short=False),
    Claim("8 the same, pooled over waves: ever caused", each(ever_causes_as_waves_come(days=True, pooled=True)), 0.05, cost=4, is_short=False),
    *(Claim(f"3 few sites: {of} of {sites} drawn, alarm", each(sites_alarm(sites, of)), 0.06) for sites, of in ((4, 2), (10, 2), (20, 2))),
    *(Claim(f"3 few sites: {of} of {sites} drawn, caused", each(sites_cause(sites, of)), 0.06) for sites, of in ((4, 2), (10, 5), (20, 10))),
    *(Claim(f"3 staggered rollout, {words}: caused", each(rollout_causes(sites, starts)), 0.05, cost=4) for words, sites, starts in (("90 people at three starts", None, STARTS), ("12 sites at three starts and never", 12, (*STARTS, None)))),
    Claim("4 sign turned: other words or dots", each(turned_sign_moves_dots), 0.0, cost=5),
    Claim("5 lowest silent, 5 points apart: caused", each(silence_causes(0.10, 0.05)), 0.07),
    Claim("5 lowest silent, 14 points apart: caused", each(silence_causes(0.20, 0.14)), 0.07),
    Claim("12 not a number: judged", not_a_number_is_judged, 0.0),
)  # fmt: skip
