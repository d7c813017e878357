"""When an outcome is judged: at days that were declared, or once a year, with the chance of a false claim spread over all of them."""

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.contracts.declared_outcomes import DeclarationError, read_declaration
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA
from pipelines.impact.looks import TOTAL, Early, Look, PlannedLook, look_for, nominal_level, spent, yearly_level
from pipelines.impact.programme_effects import ProgrammeData, programme_effects
from pipelines.stages.looks import looks_of, looks_taken, noted_looks
from tests.unit.impact.made_months import FIRST, MONTHS, measures, months
from tests.unit.impact.test_programme_effects import BLOCK, NO_WAVES

JUNE = [date(2026, 6, 30), date(2027, 6, 30)]
DECLARED = (PlannedLook(JUNE[0], 0.5), PlannedLook(JUNE[1], 1.0))


def limits(looks: int) -> list[float]:
    shares = [number / looks for number in range(1, looks + 1)]
    return [float(stats.norm.isf(nominal_level(shares[: number + 1]) / 2)) for number in range(looks)]


def test_five_equal_looks_have_the_published_critical_values() -> None:
    """O'Brien-Fleming type spending, two-sided 5 %: R's ldbounds and Proschan, Lan & Wittes (2006)."""
    assert limits(5) == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=2e-3)
    assert limits(1) == pytest.approx([stats.norm.isf(0.025)])


@given(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=5, unique_by=lambda share: round(share, 1)))
def test_no_choice_of_looks_errs_more_often_than_it_may(shares: list[float]) -> None:
    shares = sorted(shares)
    levels = [nominal_level(shares[: place + 1]) for place in range(len(shares))]
    assert max(levels) <= spent(shares[-1]) + 1e-6 <= TOTAL + 1e-5


@pytest.mark.parametrize("looks", [2, 4, 12])
def test_looking_as_declared_finds_an_effect_where_there_is_none_in_one_of_twenty(looks: int) -> None:
    """A random walk seen at equal steps; looking each time at 1.96 would cross in 8 to 22 of 100."""
    steps = np.random.default_rng(20).normal(size=(40_000, looks)).cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    crossed = (np.abs(steps) > limits(looks)).any(axis=1).mean()
    assert crossed == pytest.approx(TOTAL, abs=0.0035)
    assert (np.abs(steps) > 1.96).any(axis=1).mean() > 0.08


def test_yearly_looks_add_up_to_the_same_chance_however_many_there_are() -> None:
    assert sum(yearly_level(number) for number in range(1, 10_000)) < TOTAL
    assert yearly_level(1) == pytest.approx(0.0304, abs=1e-4)


def test_nothing_is_judged_before_the_first_declared_day() -> None:
    assert look_for(DECLARED, [], JUNE[0] - timedelta(days=1)) == Early(JUNE[0])


@given(st.integers(0, 364))
def test_between_two_declared_days_every_run_rests_on_the_first(days: int) -> None:
    found = look_for(DECLARED, [], JUNE[0] + timedelta(days=days))
    assert (found.number, found.of, found.on, found.following) == (1, 2, JUNE[0], JUNE[1])


def test_after_the_last_declared_day_the_verdict_rests_on_it_for_good() -> None:
    found = look_for(DECLARED, [], date(2030, 1, 1))
    assert (found.number, found.on, found.following) == (2, JUNE[1], None)
    assert found.level == pytest.approx(2 * stats.norm.sf(limits(2)[1]))


@given(st.integers(0, 364))
def test_without_declared_days_the_first_look_holds_for_a_year(days: int) -> None:
    first = look_for((), [], date(2024, 2, 29))
    later = look_for((), [first], first.on + timedelta(days=days))
    assert later == first
    assert look_for((), [first], date(2025, 2, 28)).number == 2


def test_days_that_are_declared_after_a_look_get_only_what_is_left() -> None:
    first = Look(1, date(2026, 1, 31), yearly_level(1))
    assert look_for(DECLARED, [first], date(2026, 2, 1)) == first
    found = look_for(DECLARED, [first], JUNE[1])
    assert found.level < TOTAL - first.level < 0.02


@pytest.mark.parametrize("later", [[date(2026, 6, 30), date(2027, 6, 30)], [date(2027, 6, 30)], []])
def test_days_that_are_added_after_everything_was_spent_are_never_judged(later: list[date]) -> None:
    """Judged once at 5 %, then declared anew to be judged again: that would be two chances of one."""
    once = look_for([PlannedLook(JUNE[0], 1.0)], [], JUNE[0])
    plan = [PlannedLook(day, (place + 1) / len(later)) for place, day in enumerate(later)]
    found = look_for(plan, [once], date(2028, 1, 1))
    assert (found.on, found.following) == (JUNE[0], None)
    assert found.level == pytest.approx(TOTAL)
    assert "change nothing" in found.words


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(0, 3))
def test_no_changing_of_plans_spends_more_than_there_is(added: list[int], withdrawn: int) -> None:
    """Each year somebody declares some further years, or takes all declared days back; whatever is judged adds up to 5 %."""
    taken: list[Look] = []
    for year, more in enumerate(added):
        days = [date(2026 + year + ahead, 6, 30) for ahead in range(more)]
        plan = () if year == withdrawn else tuple(PlannedLook(day, (i + 1) / more) for i, day in enumerate(days))
        look = look_for(plan, taken, date(2026 + year, 12, 31))
        if isinstance(look, Look) and look.on not in [one.on for one in taken]:
            taken.append(look)
    assert sum(look.level for look in taken) < TOTAL * 1.35, "what a plan itself shares out may add up to a little more"


def test_a_look_that_was_taken_as_declared_takes_nothing_from_the_next() -> None:
    first = look_for(DECLARED, [], JUNE[0])
    assert look_for(DECLARED, [first], JUNE[1]) == look_for(DECLARED, [], JUNE[1])


@pytest.mark.parametrize("information", [[1e-4, 5e-4, 1.0], [0.01, 0.02, 1.0]])
def test_a_look_that_knows_next_to_nothing_may_spend_next_to_nothing(information: list[float]) -> None:
    """It once ended the run: no critical value was found."""
    levels = [nominal_level(information[: place + 1]) for place in range(len(information))]
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(TOTAL, abs=1e-4)
    assert 0 < levels[0] < 1e-20


BAD = [
    ("2026-06-30", "a list"),
    (["soon"], "is no day"),
    (["2026-06-30", "2026-01-01"], "must come after"),
    ([{"on": "2026-06-30", "information": 0.4}], "last look has all"),
    ([{"on": "2026-06-30", "information": 7}], "a share above 0"),
    ([{"on": "2026-06-30", "information": True}], "a share above 0"),
    ([f"20{year}-01-31" for year in range(25, 60)], "up to 24"),
]


@pytest.mark.parametrize(("looks", "told"), BAD)
def test_looks_that_cannot_be_read_say_what_is_possible(looks: object, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        read_declaration("p", {**BLOCK, "looks": looks})


def month_end(month: int) -> date:
    year, place = divmod(FIRST + month + 1, 12)
    return date(year, place + 1, 1) - timedelta(days=1)


@pytest.fixture(scope="module")
def data() -> ProgrammeData:
    firm = months(seed=3, people=1200)
    return ProgrammeData((), firm, measures(firm), NO_WAVES, has_other_cohorts=True)


def row_of(data: ProgrammeData, look: Look | Early) -> dict:
    found = programme_effects(read_declaration("p", BLOCK), data, looks={"retained_12m": look}).estimates
    return found.filter(pl.col("outcome") == "retained_12m").row(0, named=True)


def test_a_later_month_changes_nothing_that_was_judged_and_a_corrected_record_does(data: ProgrammeData) -> None:
    look = Look(1, month_end(MONTHS - 7), TOTAL, 2, date(2030, 1, 1))
    then = data.known_by(look.on)
    assert then.months["month"].max() == FIRST + MONTHS - 7
    assert row_of(then, look) == row_of(data, look)
    someone = data.months.filter("leaves", pl.col("month") < FIRST + MONTHS - 8)["person_key"][0]
    corrected = data.months.with_columns(leaves=pl.col("leaves") & (pl.col("person_key") != someone))
    moved = ProgrammeData((), corrected, data.measures, NO_WAVES, has_other_cohorts=True)
    assert row_of(moved, look)["estimate"] != row_of(data, look)["estimate"]


def test_the_interval_of_a_look_is_as_wide_as_its_level_asks(data: ProgrammeData) -> None:
    whole = Look(1, month_end(MONTHS - 1), TOTAL, 1)
    narrow, wide = row_of(data, whole), row_of(data, Look(1, whole.on, 0.0304))
    assert narrow["estimate"] == wide["estimate"]
    ratio = (wide["ci_high"] - wide["ci_low"]) / (narrow["ci_high"] - narrow["ci_low"])
    assert ratio == pytest.approx(stats.norm.isf(0.0152) / stats.norm.isf(0.025), rel=0.01)
    assert wide["look_words"].startswith("look 1, on what was known by")
    assert wide["e_value_limit"] <= narrow["e_value_limit"]


def test_before_the_first_look_an_outcome_has_no_figure_and_says_when(data: ProgrammeData) -> None:
    row = row_of(data, Early(date(2030, 1, 31)))
    assert row["verdict"] == "refused"
    assert row["estimate"] is None
    assert row["reasons"] == ["it is judged first on 31 January 2030, as declared"]


def estimates(**more: object) -> pl.DataFrame:
    row = {"programme_id": "p", "outcome": "retained_12m", "look": 1, "look_level": 0.0304, "looked_on": date(2026, 1, 31), "estimate": 0.1, "ci_low": 0.01, "ci_high": 0.19,
           "verdict": "suggestive", "declaration_hash": "a", "policy_version": "2026.4", **more}  # fmt: skip
    schema = {
        "programme_id": pl.String,
        "cohort_id": pl.String,
        **ESTIMATE_SCHEMA,
        "declaration_hash": pl.String,
        "policy_version": pl.String,
    }
    return pl.DataFrame([row], schema=schema)


def test_a_wave_of_a_lottery_stays_as_it_was_said_first() -> None:
    """The estimate may be corrected later; what was said first stays beside it. Each wave is one look, and none of them is a look of a comparison."""
    drawn = {
        "cohort_id": "2026",
        "arm": "mentoring",
        "design": "lottery",
        "looks_declared": 2,
    }
    waves = [estimates(**drawn, wave=wave) for wave in ("month 6", "month 12")]
    none = looks_taken(duckdb.connect())
    first = noted_looks(none, waves[0], date(2026, 1, 31))
    assert first.select("look", "looks_declared", "looked_on", "verdict").row(0) == (
        1,
        2,
        date(2026, 1, 31),
        "suggestive",
    )
    changed = waves[0].with_columns(estimate=pl.lit(0.9), verdict=pl.lit("caused"))
    again = noted_looks(first, changed, date(2026, 6, 30))
    assert again.equals(first)
    second = pl.concat([changed, waves[1]]).with_columns(look=pl.lit(2, pl.Int64), looked_on=date(2026, 12, 31))
    both = noted_looks(first, second, date(2026, 12, 31))
    assert both.select("wave", "look", "verdict").rows() == [
        ("month 6", 1, "suggestive"),
        ("month 12", 2, "suggestive"),
        ("month 6", 2, "caused"),
    ]
    declaration = read_declaration("p", BLOCK)
    assert looks_of(declaration, both, date(2027, 5, 1))["retained_12m"].on == date(2027, 5, 1), "no look was taken"


def test_looks_of_an_earlier_version_are_those_of_comparisons() -> None:
    old = noted_looks(looks_taken(duckdb.connect()), estimates(cohort_id="all"), date(2026, 1, 31))
    old = old.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in ("cohort_id", "arm", "wave"))
    assert noted_looks(old, estimates(cohort_id="all", estimate=0.2), date(2026, 2, 28)).equals(old)


def test_a_look_is_noted_once_as_it_was_said_first() -> None:
    warehouse = duckdb.connect()
    none = looks_taken(warehouse)
    first = noted_looks(none, estimates(), date(2026, 1, 31))
    again = noted_looks(first, estimates(estimate=0.2), date(2026, 2, 28))
    assert again.equals(first)
    assert noted_looks(none, estimates(estimate=None), date(2026, 1, 31)).is_empty()
    declaration = read_declaration("p", BLOCK)
    assert looks_of(declaration, first, date(2026, 5, 1))["retained_12m"].on == date(2026, 1, 31)
    assert looks_of(declaration, first, date(2026, 5, 1))["promoted_12m"].on == date(2026, 5, 1)
