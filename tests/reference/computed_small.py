"""The cases without data: intervals, corrections, sensitivity, power. Inputs are read off the case where it names them."""

import re
from pathlib import Path

import numpy as np

from pipelines.impact import (
    benjamini_hochberg,
    detectable_mean,
    detectable_share,
    e_value,
    events_needed,
    hedges_g,
    hedges_g_paired,
    holm,
    newcombe_difference,
    risk_ratio_of_hazard_ratio,
    robustness_value,
    wilson_interval,
)

Figures = dict | list

# Benjamini & Hochberg (1995), section 3.2.
BH_1995 = np.array(
    [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
)


def e_values(data: Path, case: dict) -> Figures:
    ratio = case["expected"]["nhefs_rr"]["rr"]
    return {
        "nhefs_rr": {"rr": ratio, "evalue": e_value(ratio)},
        "vdw_rr39": e_value(3.9),
        "vdw_lo18": e_value(1.8),
        "hr56_common": e_value(risk_ratio_of_hazard_ratio(0.56, is_common=True)),
    }


def wilson(data: Path, case: dict) -> Figures:
    asked = [(row["x"], row["n"], *wilson_interval(row["x"], row["n"])) for row in case["expected"]]
    return [dict(zip(("x", "n", "lo", "hi"), row, strict=True)) for row in asked]


def newcombe(data: Path, case: dict) -> Figures:
    counts = [int(n) for n in re.findall(r"\d+", case["quantity"])]
    return dict(zip(("d", "lo", "hi"), newcombe_difference(*counts), strict=True))


def corrected(data: Path, case: dict) -> Figures:
    return {"bh": benjamini_hochberg(BH_1995).tolist(), "holm": holm(BH_1995).tolist()}


def hedges(data: Path, case: dict) -> Figures:
    """Borenstein et al. (2009), the worked examples of chapter 4."""
    independent, paired = hedges_g(103, 100, 5.5, 4.5, 50, 50), hedges_g_paired(103, 100, 5.5, 0.7, 50)
    first = {"d": independent.d, "g": independent.g, "Vd": independent.d_variance, "Vg": independent.g_variance}
    second = {"d": paired.d, "Vd": paired.d_variance, "g": paired.g, "Vg": paired.g_variance}
    return {"ind": {**first, "SEg": independent.std_error}, "paired": {"Swithin": 3 / paired.d, **second}}


def robustness(data: Path, case: dict) -> Figures:
    t, degrees = re.search(r"t=([\d.]+) df=(\d+)", case["quantity"]).groups()
    found = robustness_value(float(t), int(degrees))
    return {"RV": found.value, "RV_alpha05": found.value_alpha, "partial_R2": found.partial_r2}


def power(data: Path, case: dict) -> Figures:
    sizes = [row["n_mentees"] for row in case["expected"]["mde"]]
    table = [
        {
            "n_mentees": n,
            "mde_retention_pp": 100 * detectable_share(n, 0.85),
            "mde_promo_pp": 100 * detectable_share(n, 0.12),
            "mde_survey_sd_ancova_r06": detectable_mean(n, baseline_correlation=0.6),
        }
        for n in sizes
    ]
    events = {name: events_needed(float(name.removeprefix("hr"))) for name in case["expected"]["events"]}
    return {"mde": table, "events": events, "hr07_equal": events_needed(0.7, 0.5)}


CASES = {
    "evalue": e_values,
    "stats.wilson": wilson,
    "stats.newcombe": newcombe,
    "stats.bh": corrected,
    "stats.hedges": hedges,
    "stats.rv": robustness,
    "power.mde": power,
}
