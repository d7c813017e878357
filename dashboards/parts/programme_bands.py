"""The last band of a programme's page: what is known of its effect, what it costs, what comes next."""

from collections.abc import Sequence

import streamlit as st

from dashboards import navigation, queries
from dashboards.design import icons
from dashboards.design.blocks import block, esc
from dashboards.facts.finding import Finding
from dashboards.facts.measured import to_date
from dashboards.facts.money import Money
from dashboards.facts.programme_page import About
from dashboards.facts.words import figure, money, plural
from dashboards.facts.work_items import Item
from dashboards.parts.money_parts import KINDS
from dashboards.parts.states import why_not
from dashboards.snapshot import Snapshot

SHOWN = 3


def beside(snapshot: Snapshot, metric: str, programme: str, cohort: str) -> str:
    """Under satisfaction stands who answered, since the rest may think otherwise."""
    if not metric.startswith("csat"):
        return ""
    answered = queries.known(to_date, snapshot, "survey_response_rate", programme, cohort)
    said = (
        f"{figure(answered.value, 'share', 0)} answered all surveys so far; what the others think isn't known"
        if answered.is_shown
        else "How many answered is not shown"
    )
    return f'<p class="xs muted">{esc(said)}</p>'


def evidence_section(facts: About) -> None:
    """The best-rated comparisons; why there is none where there is none."""
    st.header("Evidence", anchor="evidence")
    shown = sorted(facts.evidence.shown, key=lambda one: not one.is_primary)[:SHOWN]
    block("".join(_finding(one) for one in shown) or f"<p>{esc(_silence(facts))}</p>")
    navigation.link(
        "impact", "All estimates and their design", choices={"programme": facts.programme.programme_id}, arrow=True
    )


def _finding(one: Finding) -> str:
    return (
        f'<div class="ruled">{icons.rating(one.rating)} <span class="small muted">{one.rating} of 5 · {esc(one.word.capitalize())}</span>'
        f"<p><b>{esc(one.label)}</b>: {esc(one.number)} {esc(one.unit_told)}</p>"
        f'<p class="xs muted">{esc(one.interval_told)} · {one.n_treated:,} with, {one.n_control:,} without</p></div>'
    )


def _silence(facts: About) -> str:
    why = facts.evidence.silent[0].reason if facts.evidence.silent else "no outcome is declared"
    return f"Not measured: {why}. Randomising the places of the next cohort would change that."


def money_section(facts: About, spent: Money | None) -> None:
    """Cost per participant and in all, of what, and the way to when it pays."""
    st.header("Money", anchor="money")
    cost = facts.cost
    if not cost.is_shown:
        block(f"<p>{why_not(cost)}</p>")
        return
    people = plural(round(cost.denominator or 0), "participant")
    block(
        f'<p><span class="big">{money(cost.value, facts.programme.currency)}</span> per participant</p>'
        f'<p class="small">{money(cost.numerator, facts.programme.currency)} in all, {esc(people)}</p>'
        + _kinds(spent, facts.programme.currency)
    )
    chosen = {"programme": facts.programme.programme_id}
    navigation.link("money", "Of what, and when it pays", choices=chosen, arrow=True)


def _kinds(spent: Money | None, currency: str | None) -> str:
    """Kinds of cost, each with its amount; nothing where some are hidden."""
    if spent is None or spent.total is None:
        return ""
    rows = "".join(
        f'<tr><td>{esc(KINDS.get(kind, kind))}</td><td class="n">{money(amount, currency)}</td></tr>'
        for kind, amount in spent.shares.items()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def steps_section(items: Sequence[Item]) -> None:
    """What waits in this programme, the first things only."""
    st.header("Next steps", anchor="next")
    if not items:
        block("<p>Nothing waits in this programme.</p>")
        return
    rows = "".join(
        f'<tr><td class="t">{icons.tag("decide" if item.kind == "decision" else "watch", "Decide" if item.kind == "decision" else "Do")}</td>'
        f'<td>{esc(item.title)}<br><span class="xs muted">{esc(item.owner)}{f" · {item.due.day} {item.due:%B %Y}" if item.due else ""}</span></td></tr>'
        for item in items[:SHOWN]
    )
    block(f"<table><tbody>{rows}</tbody></table>")
