"""One metric on one card, always in the same order: label and definition, value, change and its basis, line of months with the agreed level, target, interval and n, judgement."""

import streamlit as st

from dashboards.design import icons
from dashboards.design.blocks import block, esc, with_icon
from dashboards.design.pictures import sparkline
from dashboards.facts.cards import Card
from dashboards.facts.signals import NO_FALL
from dashboards.pages import address
from dashboards.parts.standing_row import ASSURANCE, VARIATION
from dashboards.parts.states import why_not

LEAST_DRAWN = 4
"""Fewer months are no line."""
TOO_VARIED = "Can't tell"
VARIATION_WORDS = {"usual": "Usual variation", "better": "Better than usual", "worse": "Worse than usual"}


def metric_card(card: Card, extra: str = "") -> None:
    """The card; why there is no figure where there is none. extra: HTML below the judgement."""
    with st.container(border=True, height="stretch"):
        if not card.value.is_shown:
            block(f'<p class="lab">{esc(card.label)}</p><p class="small">{why_not(card.value)}</p>{_needs(card)}')
            return
        _value(card)
        block(
            f'<div class="line">{_line(card)}</div><p class="small">{esc(card.target)}</p><p class="xs muted">{esc(card.uncertainty)}</p>{_chance(card)}'
            f'<div class="marks">{_marks(card)}{extra}</div>'
        )


def _value(card: Card) -> None:
    change = card.shift
    moved = change is not None and change.is_change
    arrow = "off" if change is None or not moved else "up" if change.difference > 0 else "down"
    st.metric(
        card.label,
        card.number,
        None if change is None else change.words if moved else "no change",
        delta_color="off",
        delta_arrow=arrow,  # type: ignore[arg-type]
        delta_description=change.basis if change else None,
        help=meaning_words(card),
    )


def _chance(card: Card) -> str:
    """How far chance may have moved the change."""
    if card.shift is None or not card.shift.is_change:
        return ""
    return f'<p class="xs muted">{esc(card.shift.interval[:1].upper() + card.shift.interval[1:])}</p>'


def meaning_words(card: Card) -> str:
    """The definition behind the help mark, with the way to the whole entry."""
    one = card.meaning
    return (
        f"**{one.label}** ({one.metric_id}, version {one.version})\n\n{one.definition}\n\nNumerator: {one.numerator}. Denominator: {one.denominator}. "
        f"Window: {one.window}. Interval: {one.interval_method}.\n\n[All about it]({address('metrics', metric=one.metric_id)})"
    )


def _line(card: Card) -> str:
    if len(card.values) < LEAST_DRAWN:
        return ""
    words = f"{card.meaning.label} over {len(card.values)} months, latest {card.number}"
    return sparkline(card.days, card.values, words, level=card.level, width=200, height=38)


def _marks(card: Card) -> str:
    """How the last month compares with those before, and how the goal stands."""
    marks = ""
    if card.variation in VARIATION:
        marks += with_icon(
            icons.variation(VARIATION[card.variation], labelled=True), esc(VARIATION_WORDS[card.variation])
        )
    elif card.variation == "early":
        marks += with_icon(
            icons.variation("unknown", labelled=True),
            esc(f"{TOO_VARIED if card.why_no_trend == NO_FALL else 'Too early to tell'}: {card.why_no_trend}"),
        )
    if card.assurance is not None:
        kind = ASSURANCE.get(card.assurance, "unknown")
        marks += with_icon(icons.assurance(kind, labelled=True), esc(icons.ASSURANCE[kind][0]))
    if card.goal is not None:
        marks += with_icon(
            icons.goal(card.goal.status, labelled=True), esc(f"{card.goal.word}: {card.goal.name.lower()}")
        )
    return marks


def _needs(card: Card) -> str:
    """What would be needed; a suppressed value needs nothing."""
    if card.value.is_suppressed or card.meaning.needs.startswith("nothing"):
        return ""
    return f'<p class="xs muted">It needs: {esc(card.meaning.needs)}.</p>'
