"""Which pairs have stopped meeting, which milestones are late, who waits for an answer: pseudonyms, from the managers' file."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.design.blocks import block, note
from dashboards.facts.drifting import DRIFT_FACTOR, drifting
from dashboards.facts.measured import to_date
from dashboards.facts.programmes import programmes
from dashboards.facts.waiting import Overdue, applicants, milestones
from dashboards.facts.words import plural
from dashboards.snapshot import Snapshot

DAY = st.column_config.DateColumn(format="D MMM YYYY")


def _is_unmeasured(snapshot: Snapshot, programme_id: str) -> bool:
    return queries.known(to_date, snapshot, "drifting_pairs", programme_id).is_unmeasured


def silent_pairs(managers: Snapshot, today: date) -> None:
    """Pairs by how many agreed intervals they have been silent."""
    snapshot = st.session_state["snapshot"]
    known = [one for one in queries.known(programmes, snapshot) if not _is_unmeasured(snapshot, one.programme_id)]
    pairs = queries.known(drifting, managers, today, {one.programme_id: one.name for one in known})
    st.header("Pairs that have stopped meeting", anchor="pairs")
    if not known:
        block("<p>No meetings are loaded, so nobody can say which pairs have stopped.</p>")
        return
    if not pairs:
        block(f"<p>No open pair has been silent for {DRIFT_FACTOR:g} times its agreed interval.</p>")
        return
    note(
        f"{plural(len(pairs), 'pair')}, silent for more than {DRIFT_FACTOR:g} times the agreed interval. Pair numbers of the mentoring platform, no names."
    )
    frame = pl.DataFrame(
        [
            (pair.pair_id, pair.programme, pair.days, f"{pair.last_met.day} {pair.last_met:%b %Y}" if pair.last_met else "never", pair.times, pair.held, pair.planned)
            for pair in pairs
        ],
        schema=["Pair", "Programme", "Days silent", "Last met", "Times the agreed interval", "Meetings held", "Planned"],
        orient="row",
    )  # fmt: skip
    st.dataframe(
        frame, hide_index=True, key="silent", alt=f"{plural(len(pairs), 'pair')} that have stopped meeting, the longest silent first",
        column_config={
            "Days silent": st.column_config.ProgressColumn(min_value=0, max_value=max(pair.days for pair in pairs), format="%d"),
            "Times the agreed interval": st.column_config.NumberColumn(format="%.1f ×"),
        },
    )  # fmt: skip


def late_and_waiting(managers: Snapshot, today: date, kind: str) -> None:
    """Late milestones and applicants without an answer, each with its age."""
    names = {one.programme_id: one.name for one in queries.known(programmes, st.session_state["snapshot"])}
    late, waiting = queries.known(milestones, managers, today, names), queries.known(applicants, managers, today, names)
    if kind in ("all", "milestones") and late:
        st.header("Late milestones", anchor="milestones")
        said = f"{plural(len(late), 'late milestone')}, the oldest first"
        _listed(late, ("Pair", "Programme", "Milestone", "Due", "Days late"), key="late", alt=said)
    if kind in ("all", "applicants") and waiting:
        st.header("Applicants without an answer", anchor="applicants")
        said = f"{plural(len(waiting), 'applicant')} without an answer, the longest waiting first"
        _listed(waiting, ("Application", "Programme", "State", "Applied", "Days waiting"), key="waiting", alt=said)


def _listed(rows: Sequence[Overdue], names: tuple[str, str, str, str, str], *, key: str, alt: str) -> None:
    """Rows with their number, programme, what waits, since when and for how many days, under `names`."""
    frame = pl.DataFrame(
        [(one.number, one.programme, one.what, one.since, one.days) for one in rows], schema=list(names), orient="row"
    )
    st.dataframe(frame, hide_index=True, key=key, column_config={names[3]: DAY}, alt=alt)
