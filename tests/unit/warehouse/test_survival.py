"""The survival macro against lifelines and R's published small cases."""

import warnings

import numpy as np
import polars as pl
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import median_survival_times

from tests.unit.warehouse.sql_macros import rows

pytestmark = pytest.mark.slow

CURVE = "with {{ survival_curve('units', ['cell']) }} select * from curve order by days"
LIMITS = (
    "with {{ survival_curve('units', ['cell']) }} select days, survival, {{ log_log_limit('survival', 'survival_se', 'low') }} as low, "
    "{{ log_log_limit('survival', 'survival_se', 'high') }} as high, incidence, incidence_se, "
    "{{ log_log_limit('incidence', 'incidence_se', 'low') }} as incidence_low, "
    "{{ log_log_limit('incidence', 'incidence_se', 'high') }} as incidence_high from curve order by days"
)


def _units(days: list[float], events: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"cell": ["all"] * len(days), "days": days, "event": events})


def test_kaplan_meier_and_greenwood_agree_with_lifelines() -> None:
    generator = np.random.default_rng(7)
    days = generator.integers(1, 60, 80).tolist()
    events = generator.integers(0, 2, 80).tolist()
    fitter = KaplanMeierFitter().fit(days, events)
    bounds = fitter.confidence_interval_
    for row in rows(LIMITS, units=_units(days, events)):
        assert row["survival"] == pytest.approx(float(fitter.survival_function_.loc[row["days"]].iloc[0]), abs=1e-12)
        if 0 < row["survival"] < 1:
            assert row["low"] == pytest.approx(float(bounds.loc[row["days"]].iloc[0]), abs=1e-9)
            assert row["high"] == pytest.approx(float(bounds.loc[row["days"]].iloc[1]), abs=1e-9)


def test_the_textbook_case_comes_out_by_hand() -> None:
    # Freireich's 6-MP arm, Kaplan-Meier as in Collett (2015), table 2.2: S(6) = 0.857, S(10) = 0.753, S(23) = 0.448
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    events = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = {row["days"]: row for row in rows(CURVE, units=_units(days, events))}
    assert curve[6]["survival"] == pytest.approx(18 / 21, abs=1e-12)
    assert curve[10]["survival"] == pytest.approx(0.7529412, abs=1e-6)
    assert curve[23]["survival"] == pytest.approx(0.4481793, abs=1e-6)
    assert curve[23]["survival_se"] == pytest.approx(0.1346, abs=5e-5)


def test_aalen_johansen_agrees_with_lifelines() -> None:
    generator = np.random.default_rng(11)
    # no ties: lifelines breaks them at random
    days = (generator.permutation(90) + 1.0).tolist()
    events = generator.integers(0, 3, 90).tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = AalenJohansenFitter().fit(days, events, event_of_interest=1)
    bounds = fitter.confidence_interval_
    for row in rows(LIMITS, units=_units(days, events)):
        at = fitter.cumulative_density_.index.get_indexer([row["days"]])[0]
        assert row["incidence"] == pytest.approx(float(fitter.cumulative_density_.iloc[at, 0]), abs=1e-12)
        if row["incidence"] > 0:
            assert row["incidence_se"] ** 2 == pytest.approx(float(fitter.variance_.iloc[at]), abs=1e-12)
            limits = sorted(float(value) for value in bounds.iloc[at])
            assert [row["incidence_low"], row["incidence_high"]] == pytest.approx(limits, abs=1e-9)


def test_without_competition_incidence_is_what_survival_lacks() -> None:
    for row in rows(CURVE, units=_units([3, 3, 5, 8, 8, 9], [1, 0, 1, 1, 1, 0])):
        assert row["incidence"] == pytest.approx(1 - row["survival"], abs=1e-12)
        assert row["incidence_se"] == pytest.approx(row["survival_se"], abs=1e-12)


def test_the_median_and_its_limits_are_where_the_curves_cross_one_half() -> None:
    generator = np.random.default_rng(3)
    days = generator.integers(1, 100, 120).tolist()
    events = generator.integers(0, 2, 120).tolist()
    fitter = KaplanMeierFitter().fit(days, events)
    expected = [fitter.median_survival_time_, *median_survival_times(fitter.confidence_interval_).iloc[0].tolist()]
    found = rows(LIMITS, units=_units(days, events))

    def crossing(column: str) -> float:
        return min(row["days"] for row in found if row[column] is not None and row[column] <= 0.5)

    assert [crossing("survival"), crossing("low"), crossing("high")] == expected


@pytest.mark.parametrize("people", [3, 7, 10, 11, 49, 61, 93])
def test_where_everybody_has_had_the_event_the_last_digit_decides_nothing(people: int) -> None:
    """Sums of 1/n end at 1 or a digit beside it; an interval there would be made of rounding."""
    last = rows(LIMITS, units=_units([day + 1.0 for day in range(people)], [1] * people))[-1]
    assert last["incidence"] == 1.0
    assert last["incidence_low"] is None
    assert last["incidence_high"] is None
