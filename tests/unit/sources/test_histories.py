"""Histories: cut overlaps, joined spells, what changed."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources.histories import job_states, joined_spells
from pipelines.sources.records import rows_frame

pytestmark = pytest.mark.slow


def states(*rows, spells=None):
    frame = rows_frame(
        "job_history",
        [{"person_id": "hr:1", "source_file": "f", "source_line": i, **row} for i, row in enumerate(rows, start=2)],
    )
    return job_states(frame, spells)


def spell(start, end, **more):
    return {"person_id": "hr:1", "hire_date": start, "end_date": end, **more}


def test_a_missing_end_is_the_next_start_and_the_last_stays_open():
    rows, findings = states({"valid_from": date(2022, 1, 1)}, {"valid_from": date(2020, 1, 1)})
    assert rows["valid_to"].to_list() == [None, date(2022, 1, 1)]
    assert findings == []


def test_overlapping_states_are_cut_at_the_later_start_with_a_finding_each():
    rows, findings = states(
        {"valid_from": date(2020, 1, 1), "valid_to": date(2021, 1, 21)},
        {"valid_from": date(2021, 1, 1), "valid_to": date(2022, 1, 1)},
    )
    assert rows["valid_to"].to_list() == [date(2021, 1, 1), date(2022, 1, 1)]
    assert [(f.kind, f.subject) for f in findings] == [("span_cut", "f: line 2")]


def test_a_gap_between_stated_spans_stays_a_gap():
    rows, _ = states({"valid_from": date(2020, 1, 1), "valid_to": date(2020, 6, 1)}, {"valid_from": date(2021, 1, 1)})
    assert rows["valid_to"].to_list() == [date(2020, 6, 1), None]


def test_concurrent_jobs_are_told_apart_and_do_not_cut_each_other():
    rows, findings = states(
        {"assignment_id": "A", "valid_from": date(2020, 1, 1), "valid_to": date(2023, 1, 1)},
        {"assignment_id": "B", "valid_from": date(2021, 1, 1), "valid_to": date(2022, 1, 1)},
    )
    assert rows["valid_to"].to_list() == [date(2023, 1, 1), date(2022, 1, 1)]
    assert findings == []


def test_two_rows_of_one_day_are_numbered_and_the_replaced_one_has_no_length():
    rows, _ = states(
        {"valid_from": date(2020, 1, 1), "job_title": "typo"}, {"valid_from": date(2020, 1, 1), "job_title": "right"}
    )
    assert rows.select("job_title", "seq", "valid_to").rows() == [("typo", 0, date(2020, 1, 1)), ("right", 1, None)]


def test_a_promotion_is_a_rise_of_rank_never_of_title():
    rows, _ = states(
        {"valid_from": date(2020, 1, 1), "level_rank": 1, "job_title": "Analyst"},
        {"valid_from": date(2021, 1, 1), "level_rank": 1, "job_title": "Senior Analyst"},
        {"valid_from": date(2022, 1, 1), "level_rank": 2, "job_title": "Senior Analyst"},
        {"valid_from": date(2023, 1, 1), "level_rank": None, "job_title": "Chief"},
    )
    assert rows["change_action"].to_list() == ["hire", "data_change", "promotion", "data_change"]
    assert set(rows["change_action_basis"]) == {"derived"}


def test_what_the_source_says_of_a_change_is_kept():
    rows, _ = states({"valid_from": date(2020, 1, 1), "change_action": "transfer"})
    assert rows.select("change_action", "change_action_basis").row(0) == ("transfer", "source")


def test_a_state_ends_with_its_spell_and_the_next_spell_begins_with_a_rehire():
    spells = rows_frame(
        "employment_spells",
        [spell(date(2020, 1, 1), date(2021, 1, 1), spell_no=1), spell(date(2022, 1, 1), None, spell_no=2)],
    )
    rows, _ = states({"valid_from": date(2020, 1, 1)}, {"valid_from": date(2022, 1, 1)}, spells=spells)
    assert rows["valid_to"].to_list() == [date(2021, 1, 1), None]
    assert rows["change_action"].to_list() == ["hire", "rehire"]


def test_a_rehire_within_31_days_is_the_same_spell_and_a_later_one_is_not():
    end = date(2021, 1, 1)
    for gap, expected in ((31, 1), (32, 2)):
        rows = rows_frame("employment_spells", [spell(date(2020, 1, 1), end), spell(end + timedelta(days=gap), None)])
        assert joined_spells(rows).height == expected


def test_joined_spells_end_as_the_last_of_them_did():
    rows = rows_frame(
        "employment_spells",
        [
            spell(date(2020, 1, 1), date(2021, 1, 1), end_kind="voluntary"),
            spell(date(2021, 1, 10), date(2022, 1, 1), end_kind="retirement"),
        ],
    )
    joined = joined_spells(rows)
    assert joined.select("spell_no", "hire_date", "end_date", "hire_kind", "end_kind").row(0) == (
        1,
        date(2020, 1, 1),
        date(2022, 1, 1),
        "new",
        "retirement",
    )


def test_rows_without_a_person_or_a_day_pass_through_for_the_gate_and_cut_nobody():
    rows, _ = states(
        {"valid_from": date(2020, 1, 1)}, {"valid_from": None}, {"person_id": None, "valid_from": date(2021, 1, 1)}
    )
    assert rows.height == 3
    assert rows["valid_to"].to_list()[0] is None


DAYS = st.integers(0, 400).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
SPANS = st.lists(
    st.tuples(st.sampled_from(["hr:1", "hr:2"]), DAYS, st.one_of(st.none(), st.integers(0, 200))),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150)
@given(SPANS)
def test_states_never_overlap_after_cutting_and_none_is_lost(spans):
    frame = rows_frame(
        "job_history",
        [
            {
                "person_id": p,
                "valid_from": a,
                "valid_to": None if n is None else a + timedelta(days=n),
                "source_file": "f",
                "source_line": i,
            }
            for i, (p, a, n) in enumerate(spans)
        ],
    )
    rows, _ = job_states(frame)
    assert rows.height == len(spans)
    assert rows["source_line"].to_list() == list(range(len(spans)))
    once = rows.unique(["person_id", "valid_from", "seq", "valid_to"])  # the same line again is the same state
    ordered = once.sort("person_id", "valid_from", "seq").with_columns(
        pl.col("valid_from").shift(-1).over("person_id").alias("next")
    )
    assert ordered.filter(
        (pl.col("valid_to") > pl.col("next")) | (pl.col("valid_to").is_null() & pl.col("next").is_not_null())
    ).is_empty()
    assert ordered.filter(pl.col("valid_to") < pl.col("valid_from")).is_empty()
    assert ordered.select("person_id", "valid_from", "seq").is_unique().all()


@settings(max_examples=150)
@given(SPANS)
def test_spells_lie_more_than_31_days_apart_and_cover_every_day_worked(spans):
    frame = rows_frame(
        "employment_spells",
        [
            {"person_id": p, "hire_date": a, "end_date": None if n is None else a + timedelta(days=n), "source_line": i}
            for i, (p, a, n) in enumerate(spans)
        ],
    )
    joined = joined_spells(frame)
    for (person,), own in joined.sort("spell_no").group_by("person_id"):
        assert own["spell_no"].to_list() == list(range(1, own.height + 1))
        ends, starts = own["end_date"].to_list()[:-1], own["hire_date"].to_list()[1:]
        assert all((start - end).days > 31 for start, end in zip(starts, ends, strict=True))
        for p, a, n in spans:
            if p == person:
                inside = own.filter(
                    (pl.col("hire_date") <= a)
                    & (pl.col("end_date").is_null() | (pl.col("end_date") >= a + timedelta(days=n or 0)))
                )
                assert inside.height >= 1


def test_what_is_missing_in_a_spell_is_its_first_day_and_not_the_number_that_follows_from_it() -> None:
    rows = rows_frame("employment_spells", [{"person_id": "hris:1"}])
    assert joined_spells(rows).select("person_id", "spell_no", "hire_date").rows() == [("hris:1", 1, None)]
