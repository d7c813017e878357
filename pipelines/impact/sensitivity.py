"""How strong something unmeasured would have to be to explain an estimate away, and the checks that can catch it in the act."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from pipelines.impact.point_outcomes import PointEstimate
from pipelines.impact.power import detectable_from_error
from pipelines.impact.regression import NotEstimable

SMALLEST_ERROR = 1e-9
"""An error below is none: rounding, not spread."""


def e_value(risk_ratio: float) -> float:
    """The risk ratio by which something unmeasured would have to go with both joining and the outcome to explain `risk_ratio` away.

    1 where there is nothing to explain. Reference: VanderWeele & Ding (2017), Annals of Internal Medicine 167.
    """
    if risk_ratio <= 0:
        raise NotEstimable(f"A risk ratio of {risk_ratio:g} has no E-value.")
    away = max(risk_ratio, 1 / risk_ratio)
    return away + float(np.sqrt(away * (away - 1)))


def e_value_of_limit(low: float, high: float) -> float:
    """E-value of the interval's limit nearer to 1; 1 if the interval holds 1."""
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)


def risk_ratio_of_hazard_ratio(hazard_ratio: float, *, is_common: bool) -> float:
    """Approximate risk ratio: itself for rare outcomes, the square-root transform where the outcome is common (about 15 % and more).

    Reference: VanderWeele (2017), Biometrics 73.
    """
    if not is_common:
        return hazard_ratio
    root = float(np.sqrt(hazard_ratio))
    return float((1 - 0.5**root) / (1 - 0.5 ** (1 / root)))


def risk_ratio_limits(treated: float, comparison: float, log_error: float, quantile: float) -> tuple[float, float]:
    """Limits of the ratio of two incidences, symmetric on the log scale: a difference's limits divided by the comparison pass for surer than they are.

    log_error: of the log ratio, by the delta method from both arms' influences. quantile: of the interval, 1.96 for a normal one at 95 %.
    """
    if comparison <= 0 or treated <= 0:
        raise NotEstimable("Without events in both arms there is no risk ratio.")
    ratio, margin = treated / comparison, float(np.exp(quantile * log_error))
    return ratio / margin, ratio * margin


def bias_factor(with_joining: float, with_outcome: float) -> float:
    """Most that something with these two risk ratios can move an estimate, as a ratio. Reference: Ding & VanderWeele (2016), Epidemiology 27."""
    joining, outcome = max(with_joining, 1 / with_joining), max(with_outcome, 1 / with_outcome)
    return joining * outcome / (joining + outcome - 1)


def e_value_in_words(limit: float, strongest: str | None = None, factor: float | None = None) -> str:
    """A sentence for a reader without statistics. limit: E-value of the interval's limit. strongest: the measured covariate with the largest
    `bias_factor`, factor: that factor.
    """
    if limit <= 1:
        return (
            "Taken as a ratio of risks the interval includes no effect, so nothing unmeasured is needed to explain it."
        )
    words = (
        f"Something not measured would have to go with both joining and the outcome by a factor of {limit:.1f} each, beyond all that was "
        "accounted for, to leave no effect."
    )
    if strongest is None or factor is None:
        return words
    measured = e_value(max(factor, 1.0))
    if measured >= limit:
        return f"{words} That is weaker than {strongest}, the strongest thing measured ({measured:.1f}): it is easily imagined."
    return f"{words} That is stronger than {strongest}, the strongest thing measured ({measured:.1f})."


@dataclass(frozen=True)
class Robustness:
    """value: share of what is left to explain, of both joining and outcome, that would bring the estimate to zero; value_alpha: to non-detection."""

    value: float
    value_alpha: float
    partial_r2: float


def robustness_value(t_statistic: float, degrees: int, alpha: float = 0.05) -> Robustness:
    """Robustness of a regression estimate. Reference: Cinelli & Hazlett (2020), JRSS B 82, eq. 18 to 20."""
    strength = abs(t_statistic) / float(np.sqrt(degrees))
    critical = float(stats.t.ppf(1 - alpha / 2, degrees - 1) / np.sqrt(degrees - 1))
    return Robustness(_value(strength), _value(strength - critical), t_statistic**2 / (t_statistic**2 + degrees))


def robustness_in_words(robustness: Robustness) -> str:
    """A sentence for a reader without statistics, on a change between waves. value_alpha is what would leave no clear difference."""
    if robustness.value_alpha <= 0:
        return "The interval already includes no effect, so nothing unmeasured is needed to explain it."
    return (
        f"Something not measured would have to explain {robustness.value_alpha:.0%} of what is left unexplained both of who joined and of how answers changed "
        f"to leave no clear difference, and {robustness.value:.0%} to leave none at all."
    )


def _value(strength: float) -> float:
    if strength <= 0:
        return 0.0
    return 0.5 * (float(np.sqrt(strength**4 + 4 * strength**2)) - strength**2)


@dataclass(frozen=True)
class NegativeControl:
    """An outcome that the programme can't have moved (a site's closure, the survey before it). p_value small: the groups differed anyway.

    spread: standard deviation of the outcome, without which it can't be told how sharp the test is.
    """

    outcome: str
    estimate: float
    std_error: float
    spread: float | None = None

    @property
    def p_value(self) -> float:
        """Two-sided normal p that the groups don't differ."""
        return float(2 * stats.norm.sf(abs(self.estimate) / self.std_error))

    @property
    def smallest_detectable(self) -> float:
        """The difference that this test would see four times in five, in the outcome's unit: a test that sees only great ones clears nobody."""
        return detectable_from_error(self.std_error)


def control_from(outcome: str, gap: PointEstimate, spread: float | None = None) -> NegativeControl | None:
    """A control from a comparison of means; None where it doesn't vary, so that its error is none but rounding. spread: its standard deviation."""
    return NegativeControl(outcome, gap.estimate, gap.std_error, spread) if gap.std_error > SMALLEST_ERROR else None


def of_control(control: NegativeControl | None, error: float, spread: float | None) -> dict[str, Any]:
    """Columns of ESTIMATE_SCHEMA on the declared control. The ratio: its error against that of the estimate, each in standard deviations, since their units differ.

    error, spread: of the estimate and of its outcome.
    """
    if control is None:
        return {}
    return {
        "negative_control": control.outcome,
        "negative_control_p": control.p_value,
        "negative_control_detectable": control.smallest_detectable,
        "negative_control_ratio": _standardised_ratio(control, error, spread),
    }


def _standardised_ratio(control: NegativeControl, error: float, spread: float | None) -> float | None:
    if not (control.spread and spread and error > 0):
        return None
    return (control.std_error / control.spread) / (error / spread)


def of_placebo(placebo: NegativeControl | None, error: float) -> dict[str, float]:
    """Columns of ESTIMATE_SCHEMA on a start dated earlier: what it found, could have seen, and its error against that of the estimate."""
    if placebo is None or not error > 0:
        return {}
    return {
        "placebo_p": placebo.p_value,
        "placebo_detectable": placebo.smallest_detectable,
        "placebo_ratio": placebo.std_error / error,
    }


def response_gap(answered: int, asked: int, other_answered: int, other_asked: int) -> float:
    """Difference of the two arms' shares with a known outcome, 0 to 1."""
    if min(asked, other_asked) <= 0:
        raise NotEstimable("Nobody was asked in one of the arms.")
    return abs(answered / asked - other_answered / other_asked)


def response_bounds(
    mean: float, other_mean: float, answered: float, other_answered: float, lowest: float, highest: float
) -> tuple[float, float]:
    """Difference of means if all who didn't answer had answered with the scale's worst or best: what is certain whatever they think.

    answered: shares with an answer, 0 to 1. Reference: Manski (1990), American Economic Review 80.
    """
    low = answered * mean + (1 - answered) * lowest - (other_answered * other_mean + (1 - other_answered) * highest)
    high = answered * mean + (1 - answered) * highest - (other_answered * other_mean + (1 - other_answered) * lowest)
    return low, high
