"""What the simulations must show: each bar a setting, a figure of its summary, and the range that it has to lie in.

The long form is for a thousand runs a setting. The short form, for the tests, widens shares by three binomial errors of its fewer runs and bias by as
much, so that it fails on a wrong estimator and not on chance; seeds are fixed, so neither form flickers.

The bar of `unmeasured_null` is no promise but a ceiling: nothing that is measured can tell such a confounder from an effect, and docs/measurements.md
says how often the rules are taken in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WITH_EFFECT = ("base", "small", "tiny")
WITHOUT = ("null", "small_null", "tiny_null")
SHARE_FIGURES = ("coverage", "detected", "supported", "fired")


@dataclass(frozen=True)
class Form:
    """runs: of each setting, at least. A short form widens bars by `errors` binomial errors of that many runs."""

    name: str
    errors: float


FORMS = {"long": Form("long", 0.0), "short": Form("short", 3.0)}


@dataclass(frozen=True)
class Bar:
    settings: tuple[str, ...]
    figure: str
    low: float
    high: float


BARS = (
    Bar(("base", "null"), "retention_bias", -0.5, 0.5),
    Bar(("base", "null"), "promotion_bias", -0.5, 0.5),
    Bar(WITH_EFFECT + WITHOUT, "retention_coverage", 0.93, 0.97),
    Bar(WITH_EFFECT + WITHOUT, "promotion_coverage", 0.93, 0.97),
    Bar(WITH_EFFECT + WITHOUT, "retention_error_ratio", 0.85, 1.15),
    Bar(WITH_EFFECT + WITHOUT, "promotion_error_ratio", 0.85, 1.15),
    Bar(WITHOUT, "retention_detected", 0.0, 0.07),
    Bar(WITHOUT, "promotion_detected", 0.0, 0.07),
    Bar(WITHOUT, "retention_supported", 0.0, 0.05),
    Bar(WITHOUT, "promotion_supported", 0.0, 0.05),
    Bar(("unmeasured_null",), "retention_supported", 0.0, 0.30),
    Bar(("unmeasured_null",), "promotion_supported", 0.0, 0.05),
    Bar(WITH_EFFECT + WITHOUT, "retention_naive_off", 20.0, 100.0),
    Bar(("base",), "hazard_ratio", 0.73, 0.77),
    Bar(("null",), "hazard_ratio", 0.97, 1.03),
    Bar(("survey", "survey_null", "survey_small", "survey_small_null"), "survey_coverage", 0.93, 0.97),
    Bar(("survey_null", "survey_small_null"), "survey_supported", 0.0, 0.05),
    Bar(("survey", "survey_null", "survey_small", "survey_small_null"), "gate_fired", 0.0, 0.08),
    Bar(("survey_dip", "survey_dip_null"), "gate_fired", 0.95, 1.0),
    Bar(("survey_dip", "survey_dip_null"), "survey_supported", 0.0, 0.05),
)


@dataclass(frozen=True)
class BarResult:
    setting: str
    bar: Bar
    value: float
    low: float
    high: float
    passed: bool

    def __str__(self) -> str:
        state = "pass" if self.passed else "FAIL"
        return (
            f"{state}  {self.setting:<18} {self.bar.figure:<22} {self.value:>8.4f}   {self.low:.3f} to {self.high:.3f}"
        )


def judge_bars(found: Mapping[str, Mapping[str, object]], form: Form) -> list[BarResult]:
    """Every bar on the settings that were run."""
    results = []
    for bar in BARS:
        for setting in bar.settings:
            if setting in found:
                slack = form.errors * _noise(found[setting], bar)
                value, low, high = float(str(found[setting][bar.figure])), bar.low - slack, bar.high + slack
                if bar.figure.endswith(SHARE_FIGURES):
                    low, high = max(low, 0.0), min(high, 1.0)
                results.append(BarResult(setting, bar, value, low, high, low <= value <= high))
    return results


def _noise(row: Mapping[str, object], bar: Bar) -> float:
    """The Monte-Carlo error of a figure at the edge of its bar."""
    runs = float(str(row["runs"]))
    if bar.figure.endswith(SHARE_FIGURES):
        edge = bar.high if bar.high < 1 else bar.low
        return float((edge * (1 - edge) / runs) ** 0.5)
    if bar.figure.endswith("_bias"):
        return float(str(row[f"{bar.figure}_mc_error"]))
    if bar.figure.endswith("_ratio") and bar.figure != "hazard_ratio":
        return float((2 * runs) ** -0.5)
    return 0.02 if bar.figure == "hazard_ratio" else 0.0
