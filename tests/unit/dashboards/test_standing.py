"""Which programme needs somebody: decided from facts alone, and never called steady where something isn't known."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboards.facts import answers, cards, shares, standing, work
from dashboards.facts.dictionary import matching
from dashboards.facts.drifting import Drifting
from dashboards.facts.findings import Evidence
from dashboards.facts.measured import Measured, UnknownMetric, definition
from dashboards.facts.meetings import Meetings, Month
from dashboards.facts.meetings import headline as headline_of_meetings
from dashboards.facts.programmes import Programme
from dashboards.parts.standing_row import _said, meetings_cell
from dashboards.reports import figures
from dashboards.reports.annex import _meetings_title, _satisfaction, _steps
from dashboards.snapshot import Snapshot
from pipelines.serving.snapshot import managers_of
from tests.unit.dashboards.test_facts import goal

AS_OF = date(2026, 10, 31)
PROGRAMME = Programme("one", "One", "Mission.", "Plan 2030", "onboarding", "all", 6, 2.0, "EUR", date(2024, 1, 1), None, False)  # fmt: skip


def meets(value: float | None = 2.0, half: float = 0.1, months: int = 12, reached: int | None = None) -> Meetings:
    reached = months if reached is None else reached
    return Meetings(
        "one", "One", 2.0, value, None if value is None else value - half, None if value is None else value + half, 40, date(2026, 8, 1), AS_OF, False,
        tuple(Month(date(2025, 1 + place % 12, 1), 2.1 if place < reached else 1.0) for place in range(months)), reached, "sometimes", "usual", None, None if value is not None else "too few pairs",
    )  # fmt: skip


def number(value: float | None = None, of: float | None = None, reason: str = "") -> Measured:
    return Measured("m", "one", "all", "all", "all", None, None, "pairs", value, None, None, value, of, 50, reason)


def row(
    *goals, met: Meetings | None = None, drifting: Measured | None = None, waiting: standing.Waiting | None = None
) -> standing.Standing:
    begun = standing.Standing(
        PROGRAMME,
        "steady",
        "Steady",
        (),
        "look",
        None,
        met or meets(),
        goals,
        None,
        "",
        number(),
        drifting or number(1, 40),
        waiting,
    )
    return standing._judged(begun, AS_OF)


def test_one_month_with_a_figure_is_called_no_programmes_only_month() -> None:
    """Others may be hidden: a small group of pairs shows the month in which nobody met, and not those in which some did."""
    below, kept = meets(1.0, months=1, reached=0), meets(months=1)
    assert below.months_words == "Below in the only month with a figure"
    assert below.months_sentence == "below in the only month with a figure"
    assert kept.months_sentence == "kept in the only month with a figure"
    assert _meetings_title(below) == "Pairs met less than agreed in the only month with a figure"
    assert _meetings_title(kept) == "Pairs met as often as agreed in the only month with a figure"
    assert _meetings_title(meets(1.0, months=9, reached=2)) == "Pairs met less than agreed in 7 of 9 months"
    assert "over 1 month:" in _said(below)


def test_no_answer_is_counted_where_nothing_is_compared() -> None:
    nothing = Evidence((), ())
    assert answers.title(nothing) == "No effect is estimated yet"
    assert answers.lead(nothing) == answers.NO_GAP


def test_a_programme_is_steady_only_where_goals_and_meetings_are_known_and_well() -> None:
    assert row(goal("a", "on_track"), goal("b", "achieved")).kind == "steady"
    assert row().kind == "ask"
    assert "No goal is declared." in row().why
    assert row(goal("a", "cannot_tell")).kind == "ask"
    assert row(goal("a", "on_track"), met=meets(None)).kind == "ask"
    assert row(met=meets(None)).step == "declare"


@pytest.mark.parametrize("status", ["off_track", "missed"])
def test_a_goal_off_track_or_missed_needs_a_decision_and_is_named(status: str) -> None:
    found = row(goal("participation", status))
    assert (found.kind, found.step) == ("decide", "goals")
    assert "participation is" in found.why.lower()


def test_meeting_less_than_agreed_now_and_in_every_month_needs_a_decision_and_in_some_months_a_look() -> None:
    always = row(goal("a", "on_track"), met=meets(1.0, reached=0))
    assert (always.kind, always.step) == ("decide", "meet")
    sometimes = row(goal("a", "on_track"), met=meets(1.0, reached=3))
    assert sometimes.kind == "watch"
    few = row(goal("a", "on_track"), met=meets(1.0, months=7, reached=0))
    assert few.kind == "watch"
    within = row(goal("a", "on_track"), met=meets(1.95, half=0.1, reached=0))
    assert within.kind == "steady"


@pytest.mark.parametrize(("days", "kind"), [(0, "decide"), (30, "decide"), (31, "steady"), (-1, "steady")])
def test_a_matching_is_due_when_its_cohort_starts_within_thirty_days(days: int, kind: str) -> None:
    starts = date.fromordinal(AS_OF.toordinal() + days)
    found = row(goal("a", "on_track"), waiting=standing.Waiting("c", "Autumn", starts, 90, 77))
    assert found.kind == kind
    if kind == "decide":
        assert found.tag == f"Decide by {starts:%-d %b}"
        assert found.why == "77 of 90 applicants have a proposed mentor; 13 have none."
    all_placed = row(goal("a", "on_track"), waiting=standing.Waiting("c", "Autumn", AS_OF, 1, 1))
    assert all_placed.why == "1 of 1 applicant have a proposed mentor."


def test_what_is_hidden_is_not_called_unmeasured_nor_the_other_way_round() -> None:
    hidden, nothing = (
        "fewer than 5 people, or a number that would give them away",
        "not measured: no sessions are loaded",
    )
    assert number(reason=hidden).missing_word == "not shown"
    assert number(reason=nothing).missing_word == "not measured"
    assert "meetings are not measured" in row(met=replace(meets(None), reason=nothing)).why.lower()
    assert "meetings are not shown" in row(met=replace(meets(None), reason=hidden)).why.lower()
    assert "<b>Not measured</b>" in meetings_cell(replace(meets(None), reason=nothing), AS_OF)
    assert "<b>Not shown</b>" in meetings_cell(replace(meets(None), reason=hidden), AS_OF)
    assert headline_of_meetings([replace(meets(None), reason=hidden)]).endswith("can't be shown")
    assert headline_of_meetings([replace(meets(None), reason=nothing)]).endswith("is not measured")
    assert _satisfaction([], "not shown")["title"] == "Satisfaction is not shown"
    assert _steps(None, "not shown")["title"] == "Who takes part is not shown"


def test_nobody_is_asked_to_write_to_pairs_whose_meetings_are_not_loaded() -> None:
    managers = Managers([("pair 1", date(2026, 9, 1))])
    unknown = row(met=meets(None), drifting=number(reason="not measured: no sessions of its pairs are loaded"))
    assert not [item for item in work._people([unknown], managers, AS_OF) if item.kind == "pairs"]
    known = row(met=meets(None), drifting=number(1, 9))
    assert [item.title for item in work._people([known], managers, AS_OF) if item.kind == "pairs"] == [
        "Write to 1 pair that has stopped meeting"
    ]


class Managers:
    """The managers' file with open pairs that never met; its other tables are empty."""

    def __init__(self, pairs: list[tuple[str, date]]) -> None:
        self.pairs = [
            {"pair_id": pair, "programme_id": "one", "last_held_date": None, "started_date": began, "cadence_days": 30.0, "sessions_held": 0, "planned_sessions": None}
            for pair, began in pairs
        ]  # fmt: skip

    def frame(self, query: str, parameters: object = None) -> pl.DataFrame:
        return pl.DataFrame(self.pairs) if "work_pairs" in query else pl.DataFrame()


def test_one_pair_in_six_that_stopped_meeting_is_watched() -> None:
    assert row(goal("a", "on_track"), drifting=number(6, 37)).kind == "steady"
    assert row(goal("a", "on_track"), drifting=number(7, 40)).why == "7 of 40 open pairs have stopped meeting."
    assert row(goal("a", "on_track"), drifting=number(None, None, "fewer than 5 people")).kind == "steady"


def test_a_programme_that_has_ended_asks_for_nothing() -> None:
    begun = replace(row(goal("a", "off_track")), programme=replace(PROGRAMME, end=AS_OF))
    assert "Ended" not in begun.tag
    assert standing.title([replace(begun, kind="steady")]) == "One needs no decision"


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([], "No programme is declared yet"),
        (["steady"], "One needs no decision"),
        (["steady", "watch"], "No programme needs a decision"),
        (["decide"], "One needs a decision"),
        (["decide", "steady"], "One of two programmes needs a decision"),
        (["decide", "decide", "watch", "watch"], "Two of four programmes need a decision"),
        (["decide", "decide"], "Both programmes need a decision"),
        (["decide"] * 3, "All three programmes need a decision"),
        (["ask", "steady"], "Whether one of two programmes needs a decision can't be told"),
        (["ask"], "Whether One needs a decision can't be told"),
    ],
)
def test_the_landing_title_counts_and_never_comforts_where_something_is_unknown(kinds: list[str], said: str) -> None:
    from dataclasses import replace

    rows = [replace(row(goal("a", "on_track")), kind=kind) for kind in kinds]
    assert standing.title(rows) == said


def test_published_programmes_stand_in_the_order_of_what_is_due(published) -> None:
    rows = standing.standings(Snapshot(published))
    assert [one.kind for one in rows] == ["decide", "decide"]
    assert rows[0].days_left == 16
    assert standing.first(rows) == ("Mentoring A", "its next cohort starts in 16 days.")


def test_work_has_an_owner_a_page_or_a_draft_and_decisions_first(published) -> None:
    from dashboards.facts.drafts import draft
    from dashboards.pages import page_at

    snapshot = Snapshot(published)
    items = work.to_do(snapshot, Snapshot(managers_of(published)))
    kinds = [item.kind for item in items]
    assert kinds == sorted(kinds, key=list(work.KINDS).index)
    assert {"decision", "pairs", "milestones", "applicants", "surveys", "data"} <= set(kinds)
    for item in items:
        assert item.owner
        assert page_at(item.page) if item.page else draft(item.kind)
    pairs = next(item for item in items if item.kind == "pairs")
    assert pairs.title == "Write to 2 pairs that have stopped meeting"
    assert pairs.detail == "1 pair has held all that was planned: offer to close"


def test_pairs_without_a_plan_are_not_said_to_have_missed_it() -> None:
    pair = Drifting("p1", "one", "One", date(2026, 5, 1), 180, 30.0, 3, None)
    assert work.held_in_words([pair]) == "Nobody wrote down how many meetings they planned"
    assert work.held_in_words([replace(pair, planned=6)]) == "None has held all that was planned"
    assert (
        work.held_in_words([replace(pair, planned=3), pair]) == "1 pair has held all that was planned: offer to close"
    )


def test_a_metric_that_nobody_defined_is_an_error_and_no_zero(published) -> None:
    with pytest.raises(UnknownMetric, match="no metric sesion_frequency is defined"):
        definition(Snapshot(published), "sesion_frequency")


def test_words_find_metrics_whatever_their_order(published) -> None:
    from dashboards.facts.dictionary import entries

    found = entries(Snapshot(published))
    assert [one.definition.metric_id for one in matching(found, "mentees SATISFACTION")] == ["csat_mentee"]
    assert matching(found, "nothing like it") == []
    assert len(matching(found, " ")) == len(found)


def test_shares_and_their_difference_have_the_published_intervals() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873-890, table II: 56/70 less 48/80, method 10
    assert [round(end, 4) for end in shares.wilson(56, 70)] == [0.6918, 0.877]
    assert [round(part, 4) for part in shares.difference((56, 70), (48, 80))] == [0.2, 0.0524, 0.3339]


def month(start: date, value: float, top: float, bottom: float) -> Measured:
    return Measured("m", "one", "all", "all", "all", start, start, "share", value, None, None, top, bottom, 50, "")


def test_a_change_is_told_against_the_same_months_a_year_before_or_not_at_all() -> None:
    late = [month(date(2026, place, 1), 0.5, 5, 10) for place in (8, 9, 10)]
    early = [month(date(2025, place, 1), 0.4, 4, 10) for place in (8, 9, 10)]
    told = cards.shift([*early, *late])
    assert told is not None
    assert (told.words, told.basis) == ("+10 points", "vs year before")
    assert told.interval == "the change has no interval, so it can't be told from chance"
    sampled = [replace(one, low=(one.value or 0) - 0.06, high=(one.value or 0) + 0.06) for one in [*early, *late]]
    assert cards.shift(sampled).interval == "95% CI of the change 2 to 18"  # type: ignore[union-attr]
    assert cards.shift([*early[:2], *late]) is None
    assert cards.shift([]) is None
    same = cards.shift([*(month(one.start.replace(year=2025), 0.5, 5, 10) for one in late if one.start), *late])
    assert same is not None
    assert not same.is_change


def test_no_effect_is_told_with_its_reason() -> None:
    assert standing._no_effect(Evidence((), ())) == "Not measured: no outcome is declared"


def test_where_pairs_meet_less_often_and_chance_could_be_why_nobody_says_as_agreed() -> None:
    """1.7 (1.3 to 2.1) of 2 agreed, below in 11 of 14 months, once read "As agreed; now"."""
    row = meets(1.7, half=0.4, months=14, reached=3)
    shown = figures.card(row, 3.0)
    assert (shown["word"], shown["detail"]) == ("Can't be told", "below in 11 of 14 months")
    assert figures.short(row) == "One 1.7, can't be told"
    assert "lower, but not clearly, than the agreed 2.0" in row.sentence
    assert figures.card(meets(2.1), 3.0)["word"] == "As agreed"
