"""Operating characteristics where the truth is known: `python -m tests.reference.simulate [--companies 1000] [--settings base,null] [--workers 2]`.

For each setting of companies (`companies.py`) and of surveys (`surveys.py`): bias and coverage, stated against true error, how often an effect was
detected, what the verdict rules said, and how far off the naive comparison is; then the bars of `bars.py`. Everything is seeded by number: runs
repeat. Fails if a bar does.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import polars as pl

from pipelines.impact import (
    Covariate,
    NotEstimable,
    TargetTrial,
    cox_regression,
    diagnose_trials,
    emulate,
    estimate_effects,
    gather_evidence,
    judge_comparison,
    weight_trials,
)
from tests.reference import fixed_company
from tests.reference.bars import FORMS, Form, judge_bars
from tests.reference.companies import SETTINGS, Company, make_company
from tests.reference.surveys import SURVEYS, one_survey

# Seeds 1000 to 1999 and 5000 to 5999 were used to choose the form of the intervals; what is reported comes from others.
FIRST_SEED = 20_000
PANELS_A_COMPANY = 3  # a panel takes a tenth of a company's seconds

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}

# Two tenure bands as in METHODS.md, not the fixed company's four: a band that nobody starts from leaves the enrolment model without a finite
# coefficient, and among 47 mentees that is one company in four.
TENURE = ("tenure_under_12", "tenure_36")
COVARIATES = fixed_company.ALWAYS + TENURE + fixed_company.CALENDAR
TRIAL = TargetTrial(tuple(Covariate(name) for name in COVARIATES), 0, fixed_company.LAST_TRIAL_MONTH)
ADJUSTED = ["mentored", *fixed_company.ALWAYS, *TENURE]


def one_company(task: tuple[str, int]) -> dict[str, float | str]:
    """Everything about one company: truth, estimates, intervals, verdicts, the naive gap. An estimate that is refused is counted, not dropped."""
    setting, seed = task
    company = make_company(SETTINGS[setting], seed)
    return {
        "setting": setting,
        "mentees": float((company.staff["enrol_month"] >= 0).sum()),
        "retention_naive": fixed_company.naive_comparisons(company.staff)["ever_never_ret"],
        **_retention(company),
        **_promotion(company),
    }


def _retention(company: Company) -> dict[str, float | str]:
    staff = company.staff
    row: dict[str, float | str] = {"retention_truth": company.retention}
    try:
        hazard = float(cox_regression(fixed_company.monthly_spells(staff), ADJUSTED).coefficients[0])
        frames = fixed_company.panel(staff), fixed_company.people(staff)
        return {**row, "hazard_ratio": float(np.exp(hazard)), **_judged("retention", frames, hazard)}
    except NotEstimable:
        return {**row, "retention_verdict": "not_estimable"}


def _promotion(company: Company) -> dict[str, float | str]:
    row: dict[str, float | str] = {"promotion_truth": company.promotion}
    try:
        return {**row, **_judged("promotion", fixed_company.before_first_promotion(company.staff), None)}
    except NotEstimable:
        return {**row, "promotion_verdict": "not_estimable"}


def _judged(outcome: str, frames: tuple[pl.DataFrame, pl.DataFrame], hazard: float | None) -> dict[str, float | str]:
    """Estimate, error and interval at the horizon, 0 to 1, and what the product's own rules say of them."""
    trials = emulate(*frames, TRIAL)
    weights = weight_trials(trials, TRIAL)
    found = gather_evidence(
        trials,
        TRIAL,
        diagnose_trials(trials, weights),
        effects := estimate_effects(trials, weights, TRIAL),
        outcome=outcome,
        counts_staying=outcome == "retention",
        cox_coefficient=hazard,
    )
    return {
        outcome: found.estimate / 100,
        f"{outcome}_error": effects.effects["std_error"][-1],
        f"{outcome}_low": found.ci_low / 100,
        f"{outcome}_high": found.ci_high / 100,
        f"{outcome}_verdict": judge_comparison(found).verdict,
    }


def one_panel(task: tuple[str, int]) -> dict[str, float | str]:
    """A survey panel in the same columns, in points of its scale."""
    row = one_survey(task)
    names = {"truth": "truth", "naive": "naive", "std_error": "error", "ci_low": "low", "ci_high": "high", "verdict": "verdict"}  # fmt: skip
    kept = {f"survey_{new}": row[old] for old, new in names.items() if old in row}
    extra = {"survey": row["estimate"], "gate_fired": row["gate_fired"]} if "estimate" in row else {}
    return {"setting": row["setting"], **kept, **extra}


def summarise(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per setting: shares and means over its companies or panels. Estimates in percentage points, of surveys in hundredths of a point."""
    rows = rows.with_columns(pl.lit(None).cast(pl.Float64).alias(name) for name in _COLUMNS if name not in rows.columns)
    return rows.group_by("setting", maintain_order=True).agg(
        pl.len().alias("runs"),
        pl.col("mentees").mean(),
        *(part for outcome in ("retention", "promotion", "survey") for part in _of(outcome)),
        pl.col("hazard_ratio").log().mean().exp(),
        pl.col("gate_fired").mean(),
    )


_OUTCOME = ("", "_truth", "_naive", "_error", "_low", "_high", "_verdict")
_COLUMNS = ["mentees", "hazard_ratio", "gate_fired"]
_COLUMNS += [f"{outcome}{part}" for outcome in ("retention", "promotion", "survey") for part in _OUTCOME]


def _of(outcome: str) -> Iterator[pl.Expr]:
    estimate, error, truth, low, high, naive = (
        pl.col(f"{outcome}{part}") for part in ("", "_error", "_truth", "_low", "_high", "_naive")
    )
    off, verdict = estimate - truth, pl.col(f"{outcome}_verdict").cast(pl.String)
    figures = {
        "truth": 100 * truth.mean(),
        "bias": 100 * off.mean(),
        "bias_mc_error": 100 * off.std() / off.count().sqrt(),
        "coverage": ((low <= truth) & (truth <= high)).mean(),
        "error_ratio": error.mean() / off.std(),
        "detected": ((low > 0) | (high < 0)).mean(),
        "supported": verdict.is_in(["supported", "caused"]).mean(),
        "suggestive": (verdict == "suggestive").mean(),
        "no_figure": verdict.is_in(["not_supported", "refused", "not_estimable"]).mean(),
        "not_estimable": (verdict == "not_estimable").mean(),
        "naive_off": 100 * (naive - truth).mean(),
    }
    return (figure.alias(f"{outcome}_{name}") for name, figure in figures.items())


def simulate(settings: list[str], runs: int, workers: int, first_seed: int = FIRST_SEED) -> pl.DataFrame:
    """One row per company or panel, in processes of one thread each. Progress on stderr."""
    counts = {setting: runs * (PANELS_A_COMPANY if setting in SURVEYS else 1) for setting in settings}
    tasks = [(setting, first_seed + i) for setting, count in counts.items() for i in range(count)]
    os.environ.update(ONE_THREAD)  # before the workers import numpy and polars
    began, rows = time.perf_counter(), []
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for i, row in enumerate(pool.map(one_run, tasks, chunksize=4), start=1):
            rows.append(row)
            if i % 20 == 0 or i == len(tasks):
                left = (time.perf_counter() - began) / i * (len(tasks) - i)
                sys.stderr.write(f"\r{i} of {len(tasks)} ({row['setting']}), {left:.0f} s to go at this pace      ")
    sys.stderr.write("\n")
    return pl.DataFrame(rows, infer_schema_length=None)


def one_run(task: tuple[str, int]) -> dict[str, float | str]:
    return one_panel(task) if task[0] in SURVEYS else one_company(task)


def shown(row: dict[str, float | str | None]) -> Iterator[str]:
    yield f"\n{row['setting']}, {row['runs']} runs" + (f", {row['mentees']:.0f} mentees" if row["mentees"] else "")
    for outcome in ("retention", "promotion", "survey"):
        if row[f"{outcome}_truth"] is not None:
            for name, value in row.items():
                if name.startswith(f"{outcome}_") and value is not None:
                    yield f"  {name:<26} {value:>10.4g}"
    for name in ("hazard_ratio", "gate_fired"):
        if row[name] is not None:
            yield f"  {name:<26} {row[name]:>10.4g}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--companies", type=int, default=1000, help="of each setting, and three times as many survey panels"
    )
    parser.add_argument("--settings", default=",".join([*SETTINGS, *SURVEYS]))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--rows", help="a Parquet file to leave one row per run in")
    asked = parser.parse_args(arguments)
    rows = simulate(asked.settings.split(","), asked.companies, asked.workers, asked.first_seed)
    if asked.rows:
        rows.write_parquet(asked.rows)
    found = {str(row["setting"]): row for row in summarise(rows).iter_rows(named=True)}
    form: Form = FORMS["long" if asked.companies >= 500 else "short"]
    results = judge_bars(found, form)
    for row in found.values():
        sys.stdout.write("\n".join(shown(row)) + "\n")
    sys.stdout.write(f"\nBars ({form.name} form)\n")
    for result in results:
        sys.stdout.write(f"{result}\n")
    return 1 if any(not result.passed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
