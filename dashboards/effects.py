"""The parts of the pages that speak of effects: the answer, the curve with its table of people at risk, the evidence and what could overturn it."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording
from dashboards.design.blocks import block, esc, reading_table
from dashboards.pages import PROGRAMME
from dashboards.risk_table import GROUPS, LEGEND, at_risk
from dashboards.snapshot import Snapshot

ANSWERS = {
    "caused": "a difference is established by randomisation",
    "supported": "a difference is supported",
    "suggestive": "there is a hint of a difference",
    "not_detected": "no clear difference",
    "not_supported": "the data can't tell",
    "refused": "the data can't tell",
}


def verdict_badge(row: Mapping[str, Any]) -> str:
    """The rating in marks and words."""
    return f"**{wording.strength(row)}**"


def answer(rows: Sequence[Mapping[str, Any]], otherwise: str) -> str:
    """How many programmes have which answer, as the page's first sentence."""
    if not rows:
        return otherwise
    counts: dict[str, int] = {}
    for row in rows:
        words = ANSWERS[row["verdict"]]
        counts[words] = counts.get(words, 0) + 1
    listed = ", ".join(f"{words} in {count}" for words, count in counts.items())
    noun = "programme" if len(rows) == 1 else "programmes"
    return f"**{len(rows)} {noun}** compared with colleagues who were as likely to join: {listed}."


def chosen_comparison(snapshot: Snapshot, title: str, event: str, *, otherwise: str, outcome: str) -> Mapping[str, Any]:
    """Heading with the answer, and the row of the chosen programme; where nothing is compared it says what to declare and ends the page.

    event: what the outcomes' names begin with. otherwise: the answer where there is none. outcome: an outcome to declare, as an example.
    """
    rows = queries.trial_estimates(snapshot, event)
    elements.heading(title, answer(rows, otherwise))
    own = [row for row in rows if row["programme_id"] == st.session_state[PROGRAMME]]
    if not own:
        _tell_declared(snapshot, event)
        others = sorted({str(row["programme_name"]) for row in rows})
        elsewhere = f" Compared are: {', '.join(others)}; choose one above." if others else ""
        elements.nothing_here(
            f"No {title.lower()} outcome is compared in this programme.{elsewhere} To compare it, add `{outcome}` under `impact: outcomes:` in the programme's file before results exist."
        )
        st.stop()
    return own[-1]


def _tell_declared(snapshot: Snapshot, event: str) -> None:
    """End the page with what is known of a declared outcome that has no curve: of a lottery, or refused."""
    declared = snapshot.frame(
        "from impact_estimates where programme_id = $1 and starts_with(outcome, $2) order by is_primary desc, outcome",
        [st.session_state[PROGRAMME], event],
    ).to_dicts()
    for row in declared:
        st.markdown(f"{verdict_badge(row)} · {wording.effect_sentence(row)}")
    if declared:
        st.markdown(f"No curve is drawn of it. [What it rests on](/impact?programme={declared[0]['programme_id']})")
        st.stop()


def curve_section(snapshot: Snapshot, row: Mapping[str, Any], *, outcome: str, key: str) -> None:
    """Sentence, curve with bands, table of people at risk; or why there is nothing to show."""
    st.markdown(f"{verdict_badge(row)} · {wording.effect_sentence(row)}")
    frame = queries.effect_frame(snapshot, "curves", row["programme_id"], row["outcome"])
    if row["estimate"] is None or frame.is_empty():
        elements.nothing_here(f"No curve is shown: {'; '.join(row['reasons'] or ['the data could not support one'])}.")
        return
    drawn = frame.sort("arm", descending=True, maintain_order=True).with_columns(
        pl.col("arm").replace(GROUPS).alias("group")
    )
    elements.chart_with_table(
        charts.curves,
        drawn,
        title=f"{row['outcome_label']}: {row['programme_name']}, with 95 % bands",
        outcome=outcome,
        key=f"{key}_curve",
        takeaway=wording.effect_sentence(row),
        source=f"{row['n_treated']:,} mentees and {row['n_control']:,} colleagues, weighted to be alike; declaration {row['declaration_hash']}, version {row['declaration_version']}",
        columns={"group": "Group", "month": "Month", "share": "Share", "ci_low": "95 % from", "ci_high": "95 % to", "people_at_risk": "At risk", "cumulative_events": "Events so far", "cumulative_left": "Left observation so far"},
    )  # fmt: skip
    followed = at_risk(drawn)
    block(
        reading_table(
            ["Group", *map(esc, followed.columns[1:])],
            [[esc(str(cell)) for cell in row] for row in followed.iter_rows()],
        )
    )
    st.caption(LEGEND)
    if row["months_gained"] is not None:
        st.caption(
            f"Time here within {row['months_since_start']:.0f} months: {_signed_months(row['months_gained'])} a person on average "
            f"(95 % interval {row['months_gained_low']:.2f} to {row['months_gained_high']:.2f} months)."
        )


def _signed_months(value: float) -> str:
    return f"{'+' if value >= 0 else '-'}{abs(value):.2f} months"


def evidence_link(row: Mapping[str, Any]) -> None:
    """The raw gap as what not to believe, and the way to everything that speaks for and against the estimate."""
    gap = wording.raw_gap_sentence(row)
    if gap:
        st.markdown(f":material/do_not_disturb_on: {gap}")
    st.markdown(
        f"[Balance, overlap, sensitivity and what was not testable](/impact?programme={row['programme_id']}&outcome={row['outcome']})"
    )


def described_rates(snapshot: Snapshot) -> None:
    """Promotion rates as they are, of every programme that has one."""
    described = queries.everywhere(snapshot, ["promotion_rate_12m"]).filter(pl.col("value").is_not_null())
    if described.height:
        st.header("For information: promotion rates as they are", anchor=False)
        shown = described.with_columns(label=pl.format("{} (n {})", "programme_name", "n_people"))
        elements.chart_with_table(
            charts.intervals,
            shown,
            title="Promoted within 12 months of enrolment, no comparison made",
            unit="share",
            key="promotion_rates",
            takeaway="; ".join(f"{one['label']}: {wording.metric_line(one)}" for one in shown.to_dicts()),
            source="metric promotion_rate_12m, Aalen-Johansen with leaving as the competing event",
            columns={"programme_name": "Programme", "value": "Share", "ci_low": "95 % from", "ci_high": "95 % to", "n_people": "People"},
        )  # fmt: skip
