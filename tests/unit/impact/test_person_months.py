"""Spans become person-months for those who could be in a trial; the others are counted, and no figure changes by it."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.impact import read_declaration
from pipelines.impact.looks import Look
from pipelines.impact.person_months import LeftOut, Others, known_measures, person_months
from pipelines.impact.programme_effects import ProgrammeData, programme_effects
from pipelines.impact.subgroups import subgroup_effects
from tests.unit.impact.made_months import FIRST, MONTHS, measures, months
from tests.unit.impact.test_programme_effects import BLOCK, NO_WAVES, always

JANUARY = 12 * 2026
SPAN: dict[str, Any] = {
    "person_key": "a", "spell_key": "a:1", "hired_date": date(2025, 12, 2), "first_month": JANUARY, "last_month": JANUARY + 3,
    "eligible_from": JANUARY + 1, "eligible_until": JANUARY + 2, "level_rank": 2.0, "level_known_month": JANUARY - 1,
    "leaving_month": JANUARY + 3, "end_kind": "voluntary", "start_month": None,
    "ramped_month": None, "last_reading_month": None, "refused_month": None, "asked_in_vain": None,
}  # fmt: skip
SCHEMA = {"start_month": pl.Int32, "ramped_month": pl.Int32, "last_reading_month": pl.Int32, "refused_month": pl.Int32}
PROMOTIONS = pl.DataFrame(
    {"person_key": ["a", "a", "a"], "promoted_date": [date(2026, 2, 1), date(2026, 1, 20), date(2026, 5, 1)]}
)


def spans(*changes: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([SPAN | change for change in changes], schema_overrides=SCHEMA)


def test_a_span_is_a_row_a_month_and_whoever_leaves_does_so_in_the_last_one() -> None:
    rows = person_months(spans({}), [JANUARY, JANUARY + 2], PROMOTIONS)
    assert rows["month"].to_list() == [JANUARY, JANUARY + 1, JANUARY + 2, JANUARY + 3]
    assert rows["leaves"].to_list() == [False, False, False, True]
    assert rows["end_kind"].to_list() == [None, None, None, "voluntary"]
    assert rows["tenure_months"].to_list() == pytest.approx([days / 30.4375 for days in (30, 61, 89, 120)])


def test_somebody_is_eligible_in_months_of_an_intake_in_which_the_rule_is_met() -> None:
    rows = person_months(spans({}), [JANUARY, JANUARY + 2, JANUARY + 3], PROMOTIONS)
    assert rows["is_eligible"].to_list() == [False, False, True, False]
    never = person_months(spans({"eligible_from": None, "eligible_until": None}), [JANUARY], PROMOTIONS)
    assert not never["is_eligible"].any()


def test_a_promotion_of_the_first_is_one_of_the_month_before_and_none_is_seen_in_the_month_of_leaving() -> None:
    rows = person_months(spans({}), [], PROMOTIONS)
    assert rows["is_promoted"].to_list() == [True, False, False, False]


def test_a_value_serves_from_the_month_after_it_was_known_and_a_year_after_its_day_as_the_one_before() -> None:
    asked = pl.DataFrame({"person_key": ["a"] * 3, "month": [JANUARY + 1, JANUARY + 2, JANUARY + 12]}).cast(
        {"month": pl.Int32}
    )
    readings = pl.DataFrame(
        {
            "person_key": ["a", "a"],
            "measure": ["engagement", "engagement"],
            "value": [3.0, 4.0],
            "measured_on": [date(2025, 1, 15), date(2026, 1, 1)],
            "known_on": [date(2026, 1, 31), date(2026, 2, 1)],
            "known_month": [JANUARY, JANUARY + 1],
            "year_past_month": [JANUARY + 1, JANUARY + 12],
        }
    ).cast({"known_month": pl.Int32, "year_past_month": pl.Int32})
    found = known_measures(asked, readings)
    assert found.rows() == [
        ("a", "engagement", JANUARY + 1, 3.0, JANUARY, 3.0),
        ("a", "engagement", JANUARY + 2, 4.0, JANUARY + 1, 3.0),
        ("a", "engagement", JANUARY + 12, 4.0, JANUARY + 1, 4.0),
    ]


def test_people_left_out_are_counted_as_they_were_known_by_a_month() -> None:
    counts = pl.DataFrame(
        {
            "event": ["retained"] * 3,
            "month": [10, 12, 15],
            "people_came": [4, 0, 2],
            "people_with_event": [0, 3, 1],
            "people_last_seen": [0, 3, 3],
        }
    )
    left_out = LeftOut(counts)
    assert left_out.others("retained") == Others(6, 4, 15)
    assert left_out.known_by(12).others("retained") == Others(4, 3, 12)
    assert left_out.known_by(9).others("retained") == left_out.others("promoted") == Others()


def counted(firm: pl.DataFrame, event: str, happened: pl.Expr) -> pl.DataFrame:
    """Rows of marts.trial_people_left_out, person by person."""
    people = firm.group_by("person_key").agg(
        first=pl.col("month").min(), last=pl.col("month").max(), event=pl.col("month").filter(happened).min()
    )
    parts = [
        people.group_by(month="first").agg(people_came=pl.len()),
        people.drop_nulls("event").group_by(month="event").agg(people_with_event=pl.len()),
        people.group_by(month="last").agg(people_last_seen=pl.len()),
    ]
    rows = pl.concat(parts, how="diagonal").group_by("month").sum()
    return rows.with_columns(event=pl.lit(event))


@pytest.mark.parametrize("looks", [{}, {"retained_12m": Look(1, date(2002, 6, 30), 0.04, 2, date(2003, 1, 1))}])
def test_no_figure_changes_where_people_who_could_never_begin_are_only_counted(looks: dict[str, Look]) -> None:
    declaration = read_declaration("p", BLOCK)
    firm = months(seed=3, people=1200)
    could = pl.col("start_month").is_not_null() | (pl.col("person_key").str.slice(1).cast(pl.Int64) % 3 > 0)
    firm = firm.with_columns(is_eligible=could)
    halves = firm.select("person_key").unique().sort("person_key").with_row_index()
    segments = always(
        halves.select(
            "person_key",
            segment_kind=pl.lit("half"),
            segment_value=pl.concat_str(pl.lit("half "), pl.col("index") % 2),
        )
    )
    # somebody left out belongs to a segment that nobody else has
    only = always(
        firm.filter(~could)
        .select(
            pl.col("person_key").first(),
            pl.lit("half").alias("segment_kind"),
            pl.lit("nobody's").alias("segment_value"),
        )
        .head(1)
    )
    segments = pl.concat([segments.filter(pl.col("person_key") != only["person_key"][0]), only])
    whole = ProgrammeData((), firm, measures(firm), NO_WAVES, has_other_cohorts=True)
    kept, rest = firm.filter(could), firm.filter(~could)
    counts = [counted(rest, "retained", pl.col("leaves")), counted(rest, "promoted", pl.col("is_promoted"))]
    left = LeftOut(
        pl.concat(counts, how="diagonal"),
        pl.DataFrame({"segment_kind": ["half"], "segment_value": ["nobody's"], "first_month": [FIRST]}),
    )
    small = ProgrammeData((), kept, measures(kept), NO_WAVES, has_other_cohorts=True, left_out=left)
    assert kept.height < 0.85 * firm.height
    assert_frame_equal(
        programme_effects(declaration, small, looks=looks).estimates,
        programme_effects(declaration, whole, looks=looks).estimates,
        rel_tol=1e-12,
        abs_tol=1e-12,
    )
    assert_frame_equal(
        subgroup_effects(declaration, small, segments, looks=looks),
        subgroup_effects(declaration, whole, segments, looks=looks),
        rel_tol=1e-12,
        abs_tol=1e-12,
    )


def test_the_record_ends_for_all_on_the_day_on_which_it_ends_for_anybody() -> None:
    """Where everybody in question has left, the months since are over nonetheless: those who began in them were followed."""
    declaration = read_declaration("p", BLOCK)
    firm = months(seed=3, people=400)
    early = firm.filter(pl.col("month") < FIRST + MONTHS - 6)
    others = pl.DataFrame(
        {
            "event": ["retained"],
            "month": [FIRST + MONTHS - 1],
            "people_came": [1],
            "people_with_event": [0],
            "people_last_seen": [1],
        }
    )
    data = ProgrammeData((), early, measures(early), NO_WAVES, has_other_cohorts=True)
    seen = ProgrammeData((), early, measures(early), NO_WAVES, has_other_cohorts=True, left_out=LeftOut(others))
    before, after = (programme_effects(declaration, one).estimates["too_recent"][0] for one in (data, seen))
    assert after < before
