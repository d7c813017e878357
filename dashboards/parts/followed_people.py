"""The pages that follow people over months: what is said, the curve with its table of people at risk, and the same question in the other programmes."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards import navigation, queries
from dashboards.design import icons
from dashboards.design.blocks import block, esc, lead, note, reading_table
from dashboards.facts import answers, findings
from dashboards.facts.finding import Finding
from dashboards.facts.followed import Followed, followed, surest
from dashboards.facts.words import decimals, figure, listed, plain, sentence, span
from dashboards.parts import forest
from dashboards.parts.drawing import draw
from dashboards.parts.evidence import not_to_be_believed
from dashboards.parts.risk_table import GROUPS, LEGEND, at_risk
from dashboards.snapshot import Snapshot


def opening(
    snapshot: Snapshot, programme: str, event: str, *, path: str, question: str, example: str
) -> Followed | None:
    """Title and lead of the programme's comparison of an event, its rating, and what it comes to; None, with what to do, where no curve is drawn of it.

    event: what the outcomes' names begin with. path: the page's address. question: what nobody can say yet where nothing is compared. example: an outcome to declare.
    """
    own = queries.known(followed, snapshot, programme, event)
    if not own:
        _nothing_compared(snapshot, event, path, question, example)
        return None
    first = surest(own)
    st.title(first.title, anchor="main")
    lead(esc(first.in_people))
    if first.finding:
        rated(first.finding)
    drawn = next((one for one in own if one.has_curve), None)
    if drawn is None:
        _without_curve(own)
    elif drawn is not first:
        _weaker(drawn)
    return drawn


def _weaker(one: Followed) -> None:
    """The comparison that has a curve, where a surer one is told first."""
    st.header("Month by month, without randomisation", anchor="months")
    block(f"<p>{esc(one.title)}. {esc(one.in_people)}</p>")
    if one.finding:
        rated(one.finding)
    note("The surer design is told first, whatever either of them found.")


def rated(one: Finding) -> None:
    """How sure one may be, and why."""
    why = sentence(plain(one.rating_reason))
    because = f'<span class="muted">· {esc(why)}</span>' if why else ""
    block(f"<p>{icons.rating(one.rating)} <b>{one.rating} of 5</b> {because}</p>")


def _nothing_compared(snapshot: Snapshot, event: str, path: str, question: str, example: str) -> None:
    st.title(question, anchor="main")
    lead("No comparison is declared in this programme.")
    st.info(
        f"To compare it, add `{example}` under `impact: outcomes:` in the programme's file before results exist.",
        icon=":material/info:",
    )
    found = queries.known(findings.evidence, snapshot)
    others = {one.programme_id: one.programme for one in found.findings if one.outcome.startswith(event)}
    for programme_id, name in sorted(others.items(), key=lambda item: item[1]):
        navigation.link(path, f"Compared in {name}", choices={"programme": programme_id}, arrow=True)


def _without_curve(own: Sequence[Followed]) -> None:
    found = [one.finding for one in own if one.finding]
    for unit, rows in answers.by_unit(found):
        st.header(f"{unit[:1].upper()}{unit[1:]}", anchor=False)
        block(forest.table(rows))
    st.caption(
        "No curve is drawn of it: a lottery is judged by its share at the end, and a comparison without a figure has none."
    )
    navigation.link("impact", "What it rests on", choices={"programme": own[0].row["programme_id"]}, arrow=True)


def curve(snapshot: Snapshot, one: Followed, *, outcome: str, key: str) -> None:
    """The curve with bands and the table of people at risk; or why there is nothing to draw. outcome: what the share is of, for the axis."""
    row = one.row
    frame = queries.effect_frame(snapshot, "curves", row["programme_id"], row["outcome"])
    if one.finding is None or frame.is_empty():
        st.info(f"No curve is shown: {one.why_not[:1].lower()}{one.why_not[1:]}", icon=":material/info:")
        return
    drawn = frame.sort("arm", descending=True, maintain_order=True).with_columns(group=pl.col("arm").replace(GROUPS))
    note(
        f"Share {outcome}, by months since the start, with 95% bands; {row['n_treated']:,} mentees and {row['n_control']:,} colleagues, weighted to be alike"
    )
    draw(
        "curves",
        drawn,
        outcome=outcome,
        alt=f"{one.title}. {one.in_people}",
        key=f"{key}_curve",
        table=_as_table(drawn),
    )
    followed_up = at_risk(drawn)
    rows = [[esc(str(cell)) for cell in line] for line in followed_up.iter_rows()]
    block(reading_table(["People", *map(esc, followed_up.columns[1:])], rows))
    st.caption(LEGEND)
    if one.time_gained:
        st.caption(one.time_gained)


def _as_table(drawn: pl.DataFrame) -> pl.DataFrame:
    percent = {"share": "Share, %", "ci_low": "95% from", "ci_high": "95% to"}
    return drawn.select(
        pl.col("group").alias("Group"),
        pl.col("month").alias("Month"),
        *((100 * pl.col(name)).round(1).alias(words) for name, words in percent.items()),
        pl.col("people_at_risk").alias("At risk"),
        pl.col("cumulative_events").alias("Events so far"),
        pl.col("cumulative_left").alias("Left observation so far"),
    )


def closing(snapshot: Snapshot, one: Followed, event: str) -> None:
    """What not to believe, everything that speaks for and against it, and the same question in the other programmes."""
    row = one.row
    not_to_be_believed(row)
    navigation.link(
        "impact", "Balance, overlap, sensitivity and what was not testable",
        choices={"programme": row["programme_id"], "outcome": row["outcome"]}, arrow=True,
    )  # fmt: skip
    found = queries.known(findings.evidence, snapshot)
    others = answers.other_programmes(found, row["programme_id"], event)
    for unit, rows in answers.by_unit(others):
        programmes = sorted({other.programme for other in rows})
        st.header(f"The same question in {listed(programmes)}", anchor=False)
        note(f"Differences in {unit}, with 95% intervals; the surest design first")
        block(forest.table(rows, with_programme=True))


def described(snapshot: Snapshot, metric: str, title: str) -> None:
    """A metric to date as it is in every programme that has a value of it: a description, and told as one."""
    rows = queries.everywhere(snapshot, [metric]).filter(pl.col("value").is_not_null()).to_dicts()
    if rows:
        st.header(title, anchor=False)
        note("For information: who takes part differs from who doesn't in much else")
        lines = [[esc(cell) for cell in _described(row)] for row in rows]
        block(reading_table(("Programme", "Share", "95% CI", "People"), lines))


def _described(row: Mapping[str, Any]) -> tuple[str, ...]:
    low, high, unit = row["ci_low"], row["ci_high"], row["unit"]
    places = decimals(low, high, unit)
    return (
        row["programme_name"],
        figure(row["value"], unit, places),
        span(low, high, unit, places),
        f"{row['n_people']:,}",
    )
