"""When a lottery is judged: once, when its horizon is over, or on the days that were declared; never at each wave that comes in."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.declared_outcomes import Outcome, read_declaration
from pipelines.impact.looks import TOTAL, Early, nominal_level
from pipelines.impact.lotteries import NOTHING_READ, Lottery, lottery_rows
from pipelines.impact.programme_effects import ProgrammeData, programme_effects
from pipelines.impact.subgroups import subgroup_effects
from pipelines.impact.verdicts import POLICY
from pipelines.stages.looks import LOOKS_SCHEMA, at_its_looks, noted_looks

START = date(2025, 1, 1)
BLOCK = {
    "outcomes": [{"outcome": "y", "label": "Confidence", "unit": "points", "is_primary": True, "horizon_months": 9}]
}
NOBODY = pl.DataFrame(schema=LOOKS_SCHEMA)
NOTHING = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
JUDGED_ON = date(2025, 11, 1)


def lottery(months: tuple[int, ...] = (3, 9), effect: float = 2.0, outcome: str = "y") -> Lottery:
    """A hundred people, an answer each at these months, known on the first of them."""
    people = [f"p{number}" for number in range(100)]
    treated = np.arange(100) % 2 == 0
    drawn = pl.DataFrame({"person_key": people, "arm": ["mentoring" if one else "control" for one in treated], "unit_id": people}).with_columns(
        stratum=pl.lit(None, pl.String), drawn_on=pl.lit(START)
    )  # fmt: skip
    generator = np.random.default_rng(1)
    seen = pl.concat(
        pl.DataFrame({"person_key": people, "outcome_value": effect * treated + generator.normal(size=100)}).with_columns(
            outcome=pl.lit(outcome), wave_no=pl.lit(place), wave_label=pl.format("month {}", pl.lit(month)), is_exposed=pl.lit(value=True),
            months_since_start=pl.lit(float(month)), baseline_value=pl.lit(None, pl.Float64), known_on=pl.lit(date(2025 + month // 12, month % 12 + 1, 1)),
        )
        for place, month in enumerate(months, start=1)
    )  # fmt: skip
    return Lottery("L", drawn, seen, NOTHING, START)


def said(
    as_of: date, *, looks: tuple[str, ...] = (), months: tuple[int, ...] = (3, 9), taken: pl.DataFrame = NOBODY
) -> pl.DataFrame:
    """The rows of the day."""
    declaration = read_declaration("p", {**BLOCK, "looks": list(looks)})
    known = lottery(tuple(month for month in months if date(2025 + month // 12, month % 12 + 1, 1) <= as_of))
    data = ProgrammeData(
        (at_its_looks(known, declaration, taken, as_of),),
        pl.DataFrame(),
        pl.DataFrame(),
        pl.DataFrame(),
        has_other_cohorts=False,
    )
    return programme_effects(declaration, data).estimates


@pytest.mark.parametrize("as_of", [date(2025, 4, 2), date(2025, 10, 2), date(2025, 10, 31)])
def test_before_the_horizon_and_its_late_answers_are_over_a_lottery_has_no_figure_and_says_when(as_of: date) -> None:
    rows = said(as_of)
    assert rows["verdict"].to_list() == ["refused"]
    assert rows["reasons"].to_list() == [["it is judged first on 1 November 2025, as declared"]]
    assert rows.select("estimate", "raw_gap", "treated_mean", "rating").row(0) == (None, None, None, 0)


def test_then_every_wave_is_judged_at_once_and_nothing_that_comes_later_changes_it() -> None:
    rows = said(JUDGED_ON, months=(3, 9, 14))
    assert rows["verdict"].to_list() == ["caused", "caused"]
    assert set(rows["look_words"]) == {"judged once, on what was known by 1 November 2025, as declared"}
    later = said(date(2026, 12, 1), months=(3, 9, 14))
    figures = ["wave", "estimate", "ci_low", "p_adjusted", "verdict"]
    assert later.filter(pl.col("estimate").is_not_null()).select(figures).equals(rows.select(figures))


def test_a_wave_after_the_horizon_has_no_figure_and_says_why() -> None:
    late = said(date(2026, 12, 1), months=(3, 9, 14)).filter(pl.col("wave") == "month 14").row(0, named=True)
    assert (late["verdict"], late["estimate"], late["raw_gap"]) == ("refused", None, None)
    assert "14 months after the start, and its declared horizon is 9" in late["reasons"][0]


def test_a_wave_that_came_in_after_the_look_has_no_figure_and_says_why() -> None:
    """Asked for month nine, answered in month twelve."""
    late = lottery((3, 9)).observations.with_columns(
        pl.when(pl.col("wave_no") == 2).then(pl.lit(date(2026, 1, 9))).otherwise("known_on").alias("known_on")
    )
    declaration = read_declaration("p", BLOCK)
    found = at_its_looks(
        Lottery("L", lottery().assignments, late, NOTHING, START), declaration, NOBODY, date(2026, 2, 1)
    )
    rows = lottery_rows(found, declaration.outcomes[0])
    assert [(row["wave"], row["verdict"]) for row in rows] == [("month 3", "caused"), ("month 9", "refused")]
    assert rows[1]["reasons"] == ["it came in after 1 November 2025, the day on which the outcome was judged"]


def test_declared_days_share_the_chance_of_error_and_each_rests_on_what_was_known_by_it() -> None:
    looks = ("2025-06-30", "2025-12-31")
    assert said(date(2025, 6, 1), looks=looks)["verdict"].to_list() == ["refused"]
    first = said(date(2025, 12, 30), looks=looks)
    assert first.select("wave", "look", "look_level").rows() == [
        ("month 3", 1, nominal_level([0.5])),
        ("month 9", None, None),
    ]
    assert first["reasons"][1].to_list() == [
        "it came in after 30 June 2025, the day on which the outcome was judged; the next look is on 31 December 2025"
    ]
    second = said(date(2026, 1, 1), looks=looks)
    assert second.select("wave", "look").rows() == [("month 3", 2), ("month 9", 2)]
    assert second["look_level"][0] == pytest.approx(nominal_level([0.5, 1.0]))
    widths = [float((rows["ci_high"] - rows["ci_low"])[0] / rows["std_error"][0]) for rows in (first, second)]
    assert widths[0] > 1.4 * widths[1]


def test_a_later_horizon_that_is_declared_after_the_look_gives_no_second_chance() -> None:
    stamped = said(JUDGED_ON).with_columns(
        programme_id=pl.lit("p"), declaration_hash=pl.lit("a"), policy_version=pl.lit("2026.8")
    )
    taken = noted_looks(NOBODY, stamped, JUDGED_ON)
    longer = read_declaration("p", {"outcomes": [{**BLOCK["outcomes"][0], "horizon_months": 24}]})
    found = at_its_looks(lottery(), longer, taken, date(2028, 1, 1)).looks["y"]
    assert (found.on, found.is_spent) == (JUDGED_ON, True)
    before = taken.with_columns(policy_version=pl.lit("2026.7"), looked_on=pl.lit(date(2025, 5, 1)))
    assert at_its_looks(lottery(), longer, before, date(2028, 1, 1)).looks["y"].on == date(2027, 2, 1)
    unknown = before.with_columns(policy_version=pl.lit(None, pl.String))
    assert at_its_looks(lottery(), longer, unknown, date(2028, 1, 1)).looks["y"].on == date(2027, 2, 1)


def test_an_outcome_of_which_nothing_is_known_stays_on_the_page_and_says_so() -> None:
    rows = lottery_rows(lottery(outcome="another"), Outcome("y", "Y", "points", horizon_months=9))
    assert [row["reasons"] for row in rows] == [[NOTHING_READ]]
    assert rows[0]["drawn_treated"] == rows[0]["drawn_control"] == 50


def test_a_subgroup_of_a_lottery_waits_for_the_same_day() -> None:
    declaration = read_declaration("p", {"outcomes": [{**BLOCK["outcomes"][0], "subgroups": ["site"]}]})
    people = lottery().assignments["person_key"]
    segments = pl.DataFrame({"person_key": people, "segment_value": ["a", "a", "b", "b"] * 25}).with_columns(
        segment_kind=pl.lit("site"), valid_from=date(1, 1, 1), valid_to=date(9999, 12, 31)
    )
    found = {}
    for as_of in (date(2025, 10, 1), JUDGED_ON):
        one = at_its_looks(lottery(), declaration, NOBODY, as_of)
        data = ProgrammeData((one,), pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), has_other_cohorts=False)
        found[as_of] = subgroup_effects(declaration, data, segments).height
    assert found == {date(2025, 10, 1): 0, JUDGED_ON: 2}


def test_ever_judged_as_waves_come_in_a_lottery_without_effect_is_seldom_called_caused() -> None:
    """Judged at each of seven waves 12 % were called caused at one of them; judged once, the look that is taken is the only one."""
    looks = {
        type(at_its_looks(lottery(), read_declaration("p", BLOCK), NOBODY, date(2025, month, 2)).looks["y"])
        for month in range(1, 11)
    }
    assert looks == {Early}
    last = at_its_looks(lottery(), read_declaration("p", BLOCK), NOBODY, JUDGED_ON).looks["y"]
    assert (last.on, last.of) == (JUDGED_ON, 1)
    assert last.level == pytest.approx(TOTAL)


def test_yes_or_no_answers_of_one_person_over_many_waves_are_one_event() -> None:
    once = lottery(tuple(range(1, 8)))
    yes = pl.when(pl.col("person_key").is_in(["p0", "p1"])).then(1.0).otherwise(0.0)
    told = Lottery("L", once.assignments, once.observations.with_columns(outcome_value=yes), NOTHING)
    pooled = lottery_rows(told, Outcome("y", "Y", "share", kind="yes_no", horizon_months=9, pooled=True))[0]
    assert pooled["events"] == 2


def test_a_share_that_is_measured_has_no_events_to_count() -> None:
    """Shares such as .35 once read as "only 0 events"."""
    once = lottery((3,))
    part = once.observations.with_columns(outcome_value=pl.col("outcome_value").rank() / 200)
    row = lottery_rows(Lottery("L", once.assignments, part, NOTHING), Outcome("y", "Y", "share", kind="share"))[0]
    assert (row["events"], row["verdict"]) == (None, "caused")


def test_each_arm_of_a_lottery_has_subgroups_of_its_own() -> None:
    """Of two arms only the last by alphabet was told, and not which."""
    declaration = read_declaration("p", {"outcomes": [{**BLOCK["outcomes"][0], "subgroups": ["site"]}]})
    one = lottery((9,), effect=0.0)
    arms = pl.Series("arm", ["class", "mentor", "control", "control"] * 25)
    people = one.assignments["person_key"]
    gained = one.observations.with_columns(outcome_value=pl.col("outcome_value") + 3.0 * (arms == "class"))
    drawn = Lottery("L", one.assignments.with_columns(arms), gained, NOTHING)
    segments = pl.DataFrame({"person_key": people, "segment_value": ["a"] * 52 + ["b"] * 48}).with_columns(
        segment_kind=pl.lit("site"), valid_from=date(1, 1, 1), valid_to=date(9999, 12, 31)
    )
    data = ProgrammeData((drawn,), pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), has_other_cohorts=False)
    loose = replace(POLICY, least_treated=5, least_control=5)
    found = subgroup_effects(declaration, data, segments, loose)
    told = {row["subgroup_value"]: row["estimate"] for row in found.to_dicts()}
    assert told.keys() == {"a (class)", "b (class)", "a (mentor)", "b (mentor)"}
    assert min(told["a (class)"], told["b (class)"]) > 2 > 1 > max(told["a (mentor)"], told["b (mentor)"])
