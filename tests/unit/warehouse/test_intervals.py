"""The interval macros against independent programs and against the published formulas."""

import csv
import math

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from pipelines.components import dbt_seeds
from tests.unit.warehouse.sql_macros import PROJECT, number

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (1, 7), (7, 7), (3, 20), (450, 1000)])
def test_a_share_has_wilsons_interval(successes: int, trials: int) -> None:
    low, high = proportion_confint(successes, trials, method="wilson")
    assert number(f"{{{{ wilson_limit('{successes}', '{trials}', 'low') }}}}") == pytest.approx(low, abs=1e-12)
    assert number(f"{{{{ wilson_limit('{successes}', '{trials}', 'high') }}}}") == pytest.approx(high, abs=1e-12)


def test_a_share_of_nothing_has_no_interval() -> None:
    assert number("{{ wilson_limit('0', '0', 'low') }}") is None


@pytest.mark.parametrize("degrees", [1, 2, 9, 30, 200, 201, 350, 5000])
def test_students_t_is_right_to_a_millionth(degrees: int) -> None:
    seeded = {int(row["degrees_of_freedom"]): row["t_975"] for row in _seed("t_quantiles")}
    value = number(f"{{{{ t_quantile('{seeded.get(degrees, 'null')}', '{degrees}') }}}}")
    assert float(value) == pytest.approx(stats.t.ppf(0.975, degrees), abs=1e-6)


@pytest.mark.parametrize("events", [0, 1, 5, 200, 201, 800, 5000])
def test_a_count_of_events_has_the_exact_poisson_interval(events: int) -> None:
    seeded = {int(row["events"]): row for row in _seed("poisson_limits")}
    limits = seeded.get(events, {"events_low": "null", "events_high": "null"})
    low = number(f"{{{{ poisson_limit('{limits['events_low']}', '{events}', 'low') }}}}")
    high = number(f"{{{{ poisson_limit('{limits['events_high']}', '{events}', 'high') }}}}")
    exact_low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    assert float(low) == pytest.approx(exact_low, rel=2e-5, abs=1e-9)
    assert float(high) == pytest.approx(stats.chi2.ppf(0.975, 2 * events + 2) / 2, rel=2e-5)


def test_a_recommendation_score_has_the_adjusted_wald_interval() -> None:
    # Rocks (2016): three pseudo-answers, 3/4 promoter and 3/4 detractor among them
    promoters, detractors, answers = 12, 5, 25
    p, d, n = (promoters + 0.75) / (answers + 3), (detractors + 0.75) / (answers + 3), answers + 3
    spread = stats.norm.ppf(0.975) * math.sqrt((p + d - (p - d) ** 2) / n)
    assert number("{{ adjusted_wald_limit('12', '5', '25', 'low') }}") == pytest.approx(p - d - spread, abs=1e-12)
    assert number("{{ adjusted_wald_limit('12', '5', '25', 'high') }}") == pytest.approx(p - d + spread, abs=1e-12)


def test_a_correlation_has_fishers_interval() -> None:
    interval = stats.pearsonr([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 7, 5, 8, 6])
    expected = interval.confidence_interval()
    value = interval.statistic
    assert number(f"{{{{ fisher_limit('{value}', '8', 'low') }}}}") == pytest.approx(expected.low, abs=1e-9)
    assert number(f"{{{{ fisher_limit('{value}', '8', 'high') }}}}") == pytest.approx(expected.high, abs=1e-9)


def test_alpha_has_bonetts_interval() -> None:
    # Bonett (2002), formula 3: ln(1 - alpha) -+ z sqrt(2 k / ((k - 1)(n - 2)))
    spread = stats.norm.ppf(0.975) * math.sqrt(2 * 5 / (4 * 98))
    assert number("{{ bonett_limit('0.8', '5', '100', 'low') }}") == pytest.approx(
        1 - 0.2 * math.exp(spread), abs=1e-12
    )
    assert number("{{ bonett_limit('0.8', '5', '100', 'high') }}") == pytest.approx(
        1 - 0.2 * math.exp(-spread), abs=1e-12
    )


def test_goal_attainment_follows_the_hand_formula() -> None:
    # levels 1, 0 and -1 with weights 2, 1 and 1: 50 + 10 (2 + 0 - 1) / sqrt(0.7 * 6 + 0.3 * 16)
    score = number(
        "{{ attainment_t_score('level', 'weight') }} from (values (1, 2.0), (0, 1.0), (-1, 1.0)) as goals (level, weight)"
    )
    assert score == pytest.approx(50 + 10 * 1 / math.sqrt(0.7 * 6 + 0.3 * 16), abs=1e-12)
    assert (
        number("{{ attainment_t_score('level', 'weight') }} from (values (0, 3.0), (0, 1.0)) as goals (level, weight)")
        == 50.0
    )


def test_the_seeds_are_what_scipy_says() -> None:
    assert (PROJECT / "seeds/t_quantiles.csv").read_text(encoding="utf-8") == dbt_seeds.t_quantiles()
    assert (PROJECT / "seeds/poisson_limits.csv").read_text(encoding="utf-8") == dbt_seeds.poisson_limits()


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
