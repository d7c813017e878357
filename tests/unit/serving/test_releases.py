"""Two releases together tell no more of fewer than k people than each does: what changed too little stays as it was, with its day."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.serving import gate
from pipelines.serving.audit import audit
from pipelines.serving.disclosure_rule import with_complement
from pipelines.serving.gate import pass_gate
from pipelines.serving.goals_shown import goals_as_published
from pipelines.serving.releases import KEY, as_hidden, changes
from tests.published import goals, metric_values
from tests.unit.warehouse.sql_macros import rows

pytestmark = pytest.mark.slow

K = 5
DEPARTMENTS = ("Sales", "IT", "Legal", "Care")
Person = tuple[int, str, bool]
"""Key, department, whether they count."""


def release(people: list[Person], day: date = date(2026, 9, 30)) -> pl.DataFrame:
    """A share over all and by department, with one number per person."""
    one = metric_values().filter(pl.col("metric_id") == "csat_mentee").head(1).drop("held_since")
    cells = [("all", "all", people)]
    cells += [("department", name, [who for who in people if who[1] == name]) for name in DEPARTMENTS]
    rows = [
        one.with_columns(
            segment_kind=pl.lit(kind), segment_value=pl.lit(value), period_end=pl.lit(day), unit=pl.lit("share"),
            numerator=pl.lit(float(sum(counts for *_, counts in those))), denominator=pl.lit(float(len(those))), n_people=pl.lit(len(those), pl.Int64),
            value=pl.lit(sum(counts for *_, counts in those) / len(those) if those else None, pl.Float64),
            contributions=pl.lit(pl.Series([sorted(2 * key + counts for key, _, counts in those)], dtype=pl.List(pl.UInt64))),
        )
        for kind, value, those in cells
    ]  # fmt: skip
    return pl.concat(rows)


def company(sizes: dict[str, tuple[int, int]], first: int = 0) -> list[Person]:
    """Per department so many people, of whom so many count."""
    made = [(name, i < counted) for name, (size, counted) in sizes.items() for i in range(size)]
    return [(first + i, name, counts) for i, (name, counts) in enumerate(made)]


BEFORE = company({"Sales": (40, 20), "IT": (30, 14), "Legal": (25, 10), "Care": (20, 9)})


def cell(shown: pl.DataFrame, value: str) -> dict:
    return shown.filter(pl.col("segment_value") == value).row(0, named=True)


def next_release(after: list[Person]) -> tuple[gate.Passed, gate.Passed]:
    first = pass_gate(release(BEFORE), K)
    return first, pass_gate(release(after, date(2026, 10, 31)), K, first.remembered)


def test_one_newcomers_answer_stands_in_no_figure_until_others_changed_too() -> None:
    first, second = next_release([*BEFORE, (900, "Legal", True)])
    for value in ("Legal", "all"):
        row = cell(second.shown, value)
        assert (row["n_people"], row["numerator"]) == (
            cell(first.shown, value)["n_people"],
            cell(first.shown, value)["numerator"],
        )
        assert row["held_since"] == row["period_end"] == date(2026, 9, 30)
    assert cell(second.shown, "Sales")["held_since"] is None
    assert cell(second.shown, "Sales")["period_end"] == date(2026, 10, 31)


def test_five_newcomers_are_shown_at_once() -> None:
    _, second = next_release([*BEFORE, *((900 + i, "Legal", i < 3) for i in range(5))])
    assert cell(second.shown, "Legal")["n_people"] == 30
    assert second.shown["held_since"].null_count() == second.shown.height


def test_who_came_while_others_went_is_a_change_though_no_count_moves() -> None:
    """Two left and two others of the same answers came."""
    after = [who for who in BEFORE if who[0] not in (70, 71)]
    after += [
        (901, *next(who for who in BEFORE if who[0] == 70)[1:]),
        (902, *next(who for who in BEFORE if who[0] == 71)[1:]),
    ]
    _, second = next_release(after)
    assert cell(second.shown, "Legal")["held_since"] == date(2026, 9, 30)


def test_changes_add_up_over_releases_until_they_can_be_shown() -> None:
    first, second = next_release([*BEFORE, *((900 + i, "Legal", True) for i in range(3))])
    third = pass_gate(
        release([*BEFORE, *((900 + i, "Legal", True) for i in range(6))], date(2026, 11, 30)), K, second.remembered
    )
    assert cell(second.shown, "Legal")["n_people"] == cell(first.shown, "Legal")["n_people"]
    assert cell(third.shown, "Legal")["n_people"] == 31
    assert cell(third.shown, "Legal")["held_since"] is None


def test_what_the_total_and_the_other_parts_would_tell_is_held_with_it() -> None:
    """One came to Legal and nine to Sales: with the total and Sales renewed, Legal's newcomer would be told."""
    _, second = next_release([*BEFORE, (900, "Legal", True), *((910 + i, "Sales", i < 4) for i in range(9))])
    renewed = set(second.shown.filter(pl.col("held_since").is_null())["segment_value"])
    assert cell(second.shown, "Legal")["held_since"] == date(2026, 9, 30)
    assert not {"all", "Sales"} <= renewed


def spread_out(key: int) -> int:
    """A number of 64 bits for a person, as a digest gives one."""
    return int.from_bytes(hashlib.md5(str(key).encode()).digest()[8:], "little")


def kept(people: Iterable[int], anonymous: Sequence[bool] = ()) -> list[int]:
    """As the models keep the numbers of one cell."""
    numbers = list(people)
    frame = pl.DataFrame({"contribution": numbers}, schema={"contribution": pl.UInt64}).with_columns(
        cell=pl.lit(1), is_anonymous=pl.Series(list(anonymous) or [False] * len(numbers))
    )
    query = "with {{ contributions_of_cells('people') }} done as (select 1) select contributions from contributions_of_cells"
    return rows(query, people=frame)[0]["contributions"]


def counted_as_changed(before: list[int], after: list[int]) -> tuple[bool, bool]:
    """Whether a cell with these numbers counts as one in which few changed, and as the same."""
    cells = with_complement(release(BEFORE)).head(1)
    last, now = (
        cells.with_columns(contributions=pl.lit(pl.Series([numbers], dtype=pl.List(pl.UInt64))))
        for numbers in (before, after)
    )
    found = changes(now, last.drop("complement"), K)
    return found.few[0], found.same[0]


CAME = [(0, False, True), (1, True, False), (4, True, False), (40, False, False)]
"""How many came, whether they count as few, and whether as nobody."""


@pytest.mark.parametrize("was_kept", ["a number each", "shared"])
@pytest.mark.parametrize(("came", "few", "same"), CAME)
def test_of_many_people_who_share_numbers_few_that_came_are_told_apart(
    was_kept: str, came: int, few: bool, same: bool
) -> None:
    """Numbers that an earlier version kept, one for each person, are shared before they are compared."""
    people = [spread_out(key) for key in range(20_000)]
    before = sorted(people) if was_kept == "a number each" else kept(people)
    after = kept([*people, *(spread_out(20_000 + key) for key in range(came))])
    assert len(after) <= 4096
    assert counted_as_changed(before, after) == (few, same)


@pytest.mark.parametrize("size", [900, 4_090, 20_000])
@pytest.mark.parametrize(("came", "few", "same"), CAME)
def test_anonymous_people_with_the_same_answer_are_as_many_as_they_are(
    size: int, came: int, few: bool, same: bool
) -> None:
    """They have one number; from 4,090 to 4,130 of them a list of one each becomes one that is shared."""
    yes, no = spread_out(1), spread_out(2)
    before = [yes] * size + [no] * 100
    after = [yes] * (size + came) + [no] * 100
    nameless = [kept(people, [True] * len(people)) for people in (before, after)]
    assert counted_as_changed(*nameless) == (few, same)


def test_nobody_of_few_people_shares_a_number() -> None:
    people = sorted(spread_out(key) for key in range(4096))
    assert kept(people) == people


def test_nothing_new_is_the_same_release() -> None:
    first, second = next_release(BEFORE)
    assert second.shown.drop("period_end").equals(first.shown.drop("period_end"))


def test_the_audit_finds_a_figure_that_was_renewed_for_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pass_gate(release(BEFORE), K)
    after = release([*BEFORE, (900, "Legal", True)]).sort(KEY, nulls_last=True)
    since = changes(with_complement(after), first.remembered, K)
    found = audit(after, after.drop("contributions"), K, since)
    assert {"Legal", "all"} == set(found.told["segment_value"])


def people_behind(one: list[Person], other: list[Person], value: str) -> int:
    """Who came, went or changed, as the greater of either side."""
    sides = [{who for who in people if value in ("all", who[1])} for people in (one, other)]
    return max(len(sides[0] - sides[1]), len(sides[1] - sides[0]))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), months=st.integers(2, 5))
def test_over_any_months_no_shown_figure_moves_by_fewer_than_k_people(seed: int, months: int) -> None:
    """Whoever keeps all releases: each time a figure moves, at least k people changed behind it since it was last shown."""
    draw = random.Random(seed)
    people = company({name: ((size := draw.randint(6, 40)), draw.randint(0, size)) for name in DEPARTMENTS})
    passed, shown_on = pass_gate(release(people), K), {}
    for month in range(months):
        for row in passed.shown.filter(pl.col("value").is_not_null() & pl.col("held_since").is_null()).iter_rows(
            named=True
        ):
            shown_on[row["segment_value"]] = (people, row["n_people"], row["numerator"])
        people = [who for who in people if draw.random() > 0.04]
        people += [
            (1000 * (month + 1) + i, draw.choice(DEPARTMENTS), draw.random() < 0.5) for i in range(draw.randint(0, 6))
        ]
        passed = pass_gate(release(people, date(2026, 10 + month % 2, 28)), K, passed.remembered)
        assert passed.audit.is_passed
        for row in passed.shown.filter(pl.col("value").is_not_null()).iter_rows(named=True):
            if row["segment_value"] in shown_on:
                before, n, counted = shown_on[row["segment_value"]]
                moved = (row["n_people"], row["numerator"]) != (n, counted)
                assert not moved or people_behind(before, people, row["segment_value"]) >= K


def test_what_is_held_tells_nothing_of_today() -> None:
    _, second = next_release([*BEFORE, (900, "Legal", True)])
    assert cell(as_hidden(second.shown), "Legal")["n_people"] is None
    assert cell(as_hidden(second.shown), "Sales")["n_people"] == 40


def figure_of_the_goal(**more: object) -> pl.DataFrame:
    one = (
        metric_values()
        .filter((pl.col("metric_id") == "participation_rate") & (pl.col("programme_id") == "mentoring_a"))
        .head(1)
    )
    return one.with_columns(
        period_kind=pl.lit("month"), period_start=pl.lit(date(2026, 10, 1)), held_since=pl.lit(None, pl.Date)
    ).with_columns(**{name: pl.lit(value) for name, value in more.items()})


def measured_goals() -> pl.DataFrame:
    return goals().filter(pl.col("goal_id") == "goal_on_track").drop("held_since", strict=False)


def test_a_goal_says_no_more_than_its_figure() -> None:
    shown = goals_as_published(measured_goals(), figure_of_the_goal(), None).row(0, named=True)
    assert (shown["status"], shown["held_since"]) == ("on_track", None)
    hidden = figure_of_the_goal(
        is_suppressed=True, suppression_reason="fewer than 5 people, or a number that would give them away"
    )
    row = goals_as_published(measured_goals(), hidden, None).row(0, named=True)
    assert (row["current_value"], row["forecast_value"], row["n_people"], row["status"]) == (
        None,
        None,
        None,
        "cannot_tell",
    )
    assert (
        row["status_reason"] == "The metric is not shown: fewer than 5 people, or a number that would give them away."
    )


def test_a_goal_stays_as_it_was_where_its_figure_does() -> None:
    held = figure_of_the_goal(held_since=date(2026, 9, 30))
    last = measured_goals().with_columns(
        status=pl.lit("at_risk"), current_value=pl.lit(0.5), held_since=pl.lit(None, pl.Date)
    )
    row = goals_as_published(measured_goals(), held, last).row(0, named=True)
    assert (row["status"], row["current_value"], row["held_since"]) == ("at_risk", 0.5, date(2026, 9, 30))
    changed = last.with_columns(target_value=pl.lit(0.9))
    assert goals_as_published(measured_goals(), held, changed).row(0, named=True)["status"] == "cannot_tell"
