"""Operating characteristics on companies with a known truth: `python -m tests.reference.simulate --companies N [--settings base,null] [--workers 2]`.

Prints, for each setting: bias and coverage of the retention and promotion estimates, the ratio of stated to true error, how often an effect was detected and
how often it was called supported, and the naive gap (ever against never mentored, of those here at launch). Companies are seeded by number: runs repeat.
"""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl

from pipelines.impact import (
    NotEstimable,
    cox_regression,
    diagnose_trials,
    emulate,
    estimate_effects,
    gather_evidence,
    judge_comparison,
    weight_trials,
)
from tests.reference import fixed_company
from tests.reference.companies import SETTINGS, make_company

ADJUSTED = ("mentored", *fixed_company.ALWAYS, "tenure_under_12", "tenure_36")


def one_company(task: tuple[str, int]) -> dict[str, float | str]:
    """Everything about one company: truth, estimates, errors, verdict, the naive gap. An estimate that is refused is counted, not dropped."""
    setting, seed = task
    company = make_company(SETTINGS[setting], seed)
    staff, trial = company.staff, fixed_company.TRIAL
    row: dict[str, float | str] = {
        "setting": setting,
        "mentees": float((staff["enrol_month"] >= 0).sum()),
        "retention_truth": company.retention,
        "promotion_truth": company.promotion,
        "naive": fixed_company.naive_comparisons(staff)["ever_never_ret"],
    }
    try:
        trials = emulate(fixed_company.panel(staff), fixed_company.people(staff), trial)
        weights = weight_trials(trials, trial)
        effects = estimate_effects(trials, weights, trial)
        hazard = cox_regression(fixed_company.monthly_spells(staff), list(ADJUSTED))
        found = gather_evidence(
            trials,
            trial,
            diagnose_trials(trials, weights),
            effects,
            outcome="Staying 12 months",
            cox_coefficient=float(hazard.coefficients[0]),
        )
        last = effects.at([12]).row(0, named=True)
        row |= {"retention": -last["difference"], "retention_error": last["std_error"]}
        row |= {"hazard_ratio": float(np.exp(hazard.coefficients[0])), "verdict": judge_comparison(found).verdict}
    except NotEstimable:
        row["verdict"] = "not_estimable"
    try:
        trials = emulate(*fixed_company.before_first_promotion(staff), trial)
        last = estimate_effects(trials, weight_trials(trials, trial), trial).at([12]).row(0, named=True)
        row |= {"promotion": last["difference"], "promotion_error": last["std_error"]}
    except NotEstimable:
        row["promotion"] = float("nan")
    return row


def summarise(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a setting: shares and means over its companies; points are percentage points."""

    def of(outcome: str) -> list[pl.Expr]:
        estimate, error, truth = pl.col(outcome), pl.col(f"{outcome}_error"), pl.col(f"{outcome}_truth")
        known = estimate.is_not_null() & estimate.is_not_nan()
        return [
            (100 * truth.mean()).alias(f"{outcome}_truth_points"),
            (100 * (estimate - truth).filter(known).mean()).alias(f"{outcome}_bias_points"),
            ((estimate - truth).abs() <= 1.959964 * error).filter(known).mean().alias(f"{outcome}_coverage"),
            (error.filter(known).mean() / (estimate - truth).filter(known).std()).alias(f"{outcome}_error_ratio"),
            (estimate.abs() > 1.959964 * error).filter(known).mean().alias(f"{outcome}_detected"),
        ]

    return rows.group_by("setting", maintain_order=True).agg(
        pl.len().alias("companies"),
        pl.col("mentees").mean(),
        (100 * (pl.col("naive") - pl.col("retention_truth")).mean()).alias("naive_off_by_points"),
        *of("retention"),
        pl.col("hazard_ratio").log().mean().exp().alias("hazard_ratio"),
        (pl.col("verdict") == "supported").mean().alias("supported"),
        pl.col("verdict").is_in(["not_supported", "refused", "not_estimable"]).mean().alias("no_figure"),
        *of("promotion"),
    )


def simulate(settings: list[str], companies: int, workers: int) -> pl.DataFrame:
    """One row a company. Progress on stderr."""
    tasks = [(setting, 1000 + i) for setting in settings for i in range(companies)]
    began, rows = time.perf_counter(), []
    with ProcessPoolExecutor(workers) as pool:
        for i, row in enumerate(pool.map(one_company, tasks, chunksize=4), start=1):
            rows.append(row)
            if i % 20 == 0 or i == len(tasks):
                rate = (time.perf_counter() - began) / i
                sys.stderr.write(f"\r{i} of {len(tasks)} companies, {rate * (len(tasks) - i):.0f} s to go   ")
    sys.stderr.write("\n")
    return pl.DataFrame(rows, infer_schema_length=None)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--settings", default="base,null")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    found = summarise(simulate(asked.settings.split(","), asked.companies, asked.workers))
    for row in found.iter_rows(named=True):
        sys.stdout.write(f"\n{row.pop('setting')}\n")
        for name, value in row.items():
            sys.stdout.write(f"  {name:<28} {value:>10.4g}\n" if value is not None else f"  {name:<28} {'-':>10}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
