"""Goals as one table, worst first: start, now with its interval, planned by now, target."""

from collections.abc import Sequence

from dashboards.design import icons
from dashboards.design.blocks import block, esc, reading_table, with_icon
from dashboards.design.pictures import goal_way
from dashboards.facts.goals import Goal
from dashboards.facts.words import SHARES, span
from dashboards.pages import address

HEADS = ("Goal", "Start", "● now, with 95% interval<br>▲ planned by now, │ target", "Now", "Target", "Status")


def table(goals: Sequence[Goal], *, with_forecast: bool = False) -> None:
    """One row per goal; how to declare one where there is none. with_forecast: and where each is heading."""
    if not goals:
        block(f'<p>No goal is declared. <a href="{address("goals")}" target="_self">How to declare one</a></p>')
        return
    heads = (*HEADS, "Forecast") if with_forecast else HEADS
    rows = [(*_row(goal), *((_forecast(goal),) if with_forecast else ())) for goal in goals]
    block(reading_table(heads, rows, kind="stack goals"))


def _row(goal: Goal) -> Sequence[str]:
    owner = f"{esc(goal.owner)} · " if goal.owner else ""
    status = with_icon(icons.goal(goal.status, labelled=True), esc(goal.word))
    metric = address("metrics", metric=goal.metric_id)
    return (
        f'{esc(goal.statement)}<br><span class="xs muted">{owner}due {goal.due.day} {goal.due:%B %Y} · <a href="{metric}" target="_self">{esc(goal.name.lower())}</a></span>',
        esc(goal.baseline_text),
        way(goal),
        _now(goal),
        esc(goal.target_text),
        status,
    )


def _now(goal: Goal) -> str:
    """The value, and its interval beside it."""
    value, _, interval = goal.now_text.partition(" (")
    return f'<b class="nb">{esc(value)}</b> <span class="xs muted nb">{esc(interval.rstrip(")"))}</span>'


def _forecast(goal: Goal) -> str:
    """Where it will be on its date, with the 95% prediction interval; a forecast is made only by a method that passed its test on these months."""
    if goal.forecast is None:
        return '<span class="xs muted">none</span>'
    return f"{esc(span(*goal.forecast, goal.unit))}{'%' if goal.unit in SHARES else ''}"


def way(goal: Goal) -> str:
    """The goal's way as a picture; nothing where it isn't measured."""
    shares = {
        "now": goal.share_of_way(goal.value),
        "low": goal.share_of_way(goal.low),
        "high": goal.share_of_way(goal.high),
        "expected": goal.share_of_way(goal.expected),
    }
    if shares["now"] is None:
        return '<span class="xs muted">not measured</span>'
    return goal_way(shares, goal.facts, colour=icons.GOAL[goal.status][1], width=220)
