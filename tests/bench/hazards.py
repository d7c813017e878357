"""The hazard model and survival curves beside lifelines, statsmodels and, where it is installed, R's survival: seconds and greatest difference.

statsmodels keeps people at risk who enter at the moment of an event. Days are whole here, so entries handed to it are half a day later: the same people
are at risk at every event, and nobody enters at one.
"""

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.impact import cox_regression, kaplan_meier, split_at_exposure

Measured = tuple[float, np.ndarray]
NAMES = ("mentored", "x0", "x1", "x2", "x3")
R_SCRIPT = """
suppressMessages(library(survival)); d <- read.csv("FILE"); s <- function(e) as.numeric(system.time(e)[3])
for (t in c("efron", "breslow")) {
  a <- s(m <- coxph(Surv(start, stop, event) ~ FORMULA, d, ties = t, control = coxph.control(eps = 1e-12)))
  cat(t, a, format(coef(m), digits = 15), "\\n") }
b <- s(k <- survfit(Surv(start, stop, event) ~ 1, d)); cat("curve", b, format(k$surv, digits = 15), "\\n")
"""


def make_spells(rows: int, seed: int = 1) -> pl.DataFrame:
    """About `rows` spells in whole days of people who enter late and of whom most are mentored from some day on; a quarter leave."""
    rng = np.random.default_rng(seed)
    n = round(rows * 0.55)
    x = rng.normal(size=(n, 4))
    entry, wait = rng.integers(0, 300, n), rng.integers(1, 400, n)
    score = np.exp(-7 + 0.3 * x[:, 0] - 0.2 * x[:, 1] + 0.1 * x[:, 2])
    early = np.ceil(rng.exponential(1 / score))
    late = wait + np.ceil(rng.exponential(1 / (0.7 * score)))
    life, followed = np.where(early <= wait, early, late), rng.integers(400, 1200, n)
    people = {
        "person": np.arange(n),
        "start": entry.astype(float),
        "stop": (entry + np.minimum(life, followed)).astype(float),
        "event": (life <= followed).astype(np.int64),
        "since": (entry + wait).astype(float),
        **{f"x{j}": x[:, j] for j in range(4)},
    }
    cut = split_at_exposure(pl.DataFrame(people), exposed_from="since", exposure="mentored")
    return cut.drop("since").sort("person", "start")


def clocked(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Median seconds, and what the last call gave."""
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken), 4), found


def compare_hazards(rows: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Cox regression on (start, stop] spells whose exposure changes: seconds by program, and how far coefficients are from ours."""
    spells = make_spells(rows)
    by_r = run_r(spells, say)
    found: dict[str, Any] = {"spells": spells.height, "events": int(spells["event"].sum())}
    for ties in ("efron", "breslow"):
        say(f"Cox, {ties}: ours, statsmodels" + (", lifelines ..." if ties == "efron" else " ..."))
        seconds, ours = clocked(partial(cox_regression, spells, NAMES, ties=ties), 5)
        others = {"statsmodels": by_statsmodels(spells, ties)}
        if ties == "efron":
            others |= by_lifelines(spells)
        if ties in by_r:
            others["R survival"] = by_r[ties]
        apart = {name: float(np.abs(theirs - ours.coefficients).max()) for name, (_, theirs) in others.items()}
        table = {name: {"seconds": others[name][0], "largest_difference": apart[name]} for name in others}
        found[ties] = {"ours": {"seconds": seconds}, **table}
    return found


def by_statsmodels(spells: pl.DataFrame, ties: str) -> Measured:
    import statsmodels.api as sm

    stop, event, start = (spells[name].to_numpy() for name in ("stop", "event", "start"))
    model = partial(sm.PHReg, stop, spells.select(NAMES).to_numpy(), status=event, entry=start + 0.5, ties=ties)
    seconds, fit = clocked(lambda: model().fit(disp=0))
    return seconds, np.asarray(fit.params)


def by_lifelines(spells: pl.DataFrame) -> dict[str, Measured]:
    """Efron's form only; that is what it has."""
    import pandas as pd
    from lifelines import CoxPHFitter, CoxTimeVaryingFitter

    frame, precise = pd.DataFrame(spells.to_dict(as_series=False)), {"precision": 1e-12}
    columns = {"start_col": "start", "stop_col": "stop", "event_col": "event", "id_col": "person"}
    varying = clocked(lambda: CoxTimeVaryingFitter().fit(frame, **columns, fit_options=precise))
    spare = frame.drop(columns="person")
    entering = clocked(lambda: CoxPHFitter().fit(spare, "stop", "event", entry_col="start", fit_options=precise))
    fits = {"lifelines CoxTimeVaryingFitter": varying, "lifelines CoxPHFitter": entering}
    return {name: (seconds, fit.params_[list(NAMES)].to_numpy()) for name, (seconds, fit) in fits.items()}


def compare_curves(rows: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Kaplan-Meier with late entry in whole days, and without it at instants that nobody shares."""
    rng = np.random.default_rng(2)
    days = make_spells(rows)
    instants = pl.DataFrame({"stop": rng.exponential(100, rows), "event": (rng.random(rows) < 0.4).astype(np.int64)})
    found = {"days_late_entry": _curves(days, say), "instants": _curves(instants, say)}
    by_r = run_r(days, say).get("curve")
    if by_r:
        apart = float(np.abs(by_r[1] - kaplan_meier(days)["survival"].to_numpy()).max())
        found["days_late_entry"]["R survival"] = {"seconds": by_r[0], "largest_difference": apart}
    return found


def _curves(spells: pl.DataFrame, say: Callable[[str], None]) -> dict[str, Any]:
    import statsmodels.api as sm
    from lifelines import KaplanMeierFitter

    say(f"Kaplan-Meier on {spells.height:,} spells: ours, lifelines, statsmodels ...")
    stop, event = spells["stop"].to_numpy(), spells["event"].to_numpy()
    start = spells["start"].to_numpy() if "start" in spells.columns else None
    seconds, ours = clocked(lambda: kaplan_meier(spells), 9)
    table: dict[str, Any] = {"ours": {"seconds": seconds}}
    taken, fit = clocked(lambda: KaplanMeierFitter().fit(stop, event, entry=start), 9)
    theirs = fit.survival_function_at_times(ours["time"].to_numpy()).to_numpy()
    table["lifelines"] = {"seconds": taken, "largest_difference": _apart(theirs, ours["survival"])}
    later = None if start is None else start + 0.5
    taken, fit = clocked(lambda: sm.SurvfuncRight(stop, event, entry=later), 9)
    steps = ours.filter(pl.col("time").is_in(fit.surv_times))["survival"]
    table["statsmodels (no interval)"] = {"seconds": taken, "largest_difference": _apart(fit.surv_prob, steps)}
    return table


def _apart(theirs: np.ndarray, ours: pl.Series) -> float:
    return float(np.abs(theirs - ours.to_numpy()).max())


def run_r(spells: pl.DataFrame, say: Callable[[str], None]) -> dict[str, Measured]:
    """Seconds and figures by R's survival package, by name; nothing where R or the package is missing."""
    program = shutil.which("Rscript")
    if program is None:
        say("R isn't installed; left out.")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spells.csv"
        spells.write_csv(file)
        script = R_SCRIPT.replace("FILE", file.as_posix()).replace("FORMULA", " + ".join(NAMES))
        ran = subprocess.run([program, "-e", script], capture_output=True, text=True, check=False)
    if ran.returncode:
        say("R's survival package doesn't run; left out.")
        return {}
    lines = [line.split() for line in ran.stdout.splitlines() if line]
    return {name: (float(seconds), np.array(figures, dtype=float)) for name, seconds, *figures in lines}
