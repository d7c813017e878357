"""Money in three parts: totals, items with their source, and the break-even at a cost of replacement that the reader states."""

from collections.abc import Sequence

import streamlit as st

from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts.money import BreakEven, Item, Money
from dashboards.facts.words import money, plural
from dashboards.parts.states import declare_first

KINDS = {"bill": "Bills", "staff_time": "Own staff's time", "meeting_time": "Mentors' and mentees' time"}
USUAL_REPLACEMENT = 20_000
"""Where the reader begins; no organisation's figure."""


def nothing_yet(spent: Money | None) -> None:
    """No costs: what to load."""
    why = spent.reason if spent else "the release doesn't know this programme"
    declare_first(
        f"Nothing is counted: {why}. Load costs (item, amount, day) with a source, or state `loaded_hourly_rate` and `currency` in the programme's file, so that the hours of held meetings count."
    )


def counted(spent: Money) -> str:
    """Since when, and at which rate hours are priced."""
    since = f"Everything since {spent.start.day} {spent.start:%B %Y}" if spent.start else "Everything to date"
    if not spent.hourly_rate:
        return f"{since}. No hourly rate is stated, so nobody's time is in it."
    return f"{since}. An hour of people's time counts {money(spent.hourly_rate, spent.currency)}, as the programme's file states."


def totals(spent: Money) -> None:
    """Cost in all, per participant and per completed pair."""
    missing = "not shown" if any(item.is_hidden for item in spent.items) else "not measured"
    rows = (
        (
            "In all",
            spent.total,
            _why_no_total(spent),
        ),
        (
            "Per participant",
            spent.per_participant,
            plural(spent.participants, "participant") if spent.participants else "",
        ),
        ("Per pair that finished what it agreed", spent.per_completed_pair, completed_in_words(spent)),
        ("Last three complete months", spent.quarter, ""),
    )
    block(
        reading_table(
            ("Cost", "Amount", "Counted"),
            [(f"<b>{name}</b>", _amount(amount, spent, missing), esc(of)) for name, amount, of in rows],
        )
    )


def _amount(amount: float | None, spent: Money, missing: str) -> str:
    """A sum, or why there is none: never a dash."""
    return missing if amount is None else f'<span class="big">{money(amount, spent.currency)}</span>'


def _why_no_total(spent: Money) -> str:
    """Why nothing is said in all; empty where something is."""
    if spent.total is not None:
        return ""
    if any(item.is_hidden for item in spent.items):
        return "some items are hidden to protect individuals"
    return "" if spent.hourly_rate else "no hourly rate is stated"


def completed_in_words(spent: Money) -> str:
    """How many pairs were completed; a number that is hidden isn't none."""
    if spent.completed_pairs is None:
        return "how many pairs were completed isn't measured, or not shown"
    return plural(spent.completed_pairs, "pair") if spent.completed_pairs else "no completed pair is recorded"


def items_section(spent: Money) -> None:
    """Every item with its amount and where it comes from."""
    st.header("Of what", anchor="items")
    block(reading_table(("Item", "Amount", "Hours", "Source"), [_item(item, spent) for item in spent.items]))


def _item(item: Item, spent: Money) -> tuple[str, str, str, str]:
    amount = "<b>Suppressed</b>" if item.is_hidden else money(item.amount, spent.currency)
    if item.amount is None and not item.is_hidden:
        amount = "no hourly rate"
    hours = "" if item.hours is None else f"{item.hours:,.0f}"
    name = f'<b>{esc(item.item[:1].upper() + item.item[1:])}</b><br><span class="xs muted">{esc(KINDS.get(item.kind, item.kind))}</span>'
    return name, amount, hours, esc(item.source)


def replacement_cost(spent: Money) -> float:
    """What the reader says that replacing one person costs."""
    st.header("When does it pay?", anchor="pays")
    return float(
        st.number_input(
            f"Cost of replacing one person, {spent.currency or 'in the currency above'}",
            min_value=100,
            max_value=10_000_000,
            value=USUAL_REPLACEMENT,
            step=1_000,
            help="Recruiting, time without the person, and the time until full output. Your own figure: the beginning value is nobody's.",
        )
    )


def break_even_section(rows: Sequence[BreakEven]) -> None:
    """How many people more must stay; a return only where the evidence supports it."""
    if not rows:
        note(
            "No comparison of people who stay is shown for this programme, so there is nothing to set the cost against."
        )
        return
    for row in rows:
        block(f"<p><b>{esc(row.label)}</b><br>{esc(row.sentence)}</p>")
    note("Only people who stay are counted. What else mentoring may bring isn't priced.")
