"""Which pairs have stopped meeting, which milestones are late, who waits for an answer: from the managers' file, with names for who may see them."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.access.reveals import names_switch
from dashboards.design.blocks import block, note
from dashboards.facts.drifting import DRIFT_FACTOR, drifting
from dashboards.facts.measured import to_date
from dashboards.facts.people_waiting import everybody_in, people_waiting, told
from dashboards.facts.programmes import programmes
from dashboards.facts.waiting import Overdue, applicants, milestones
from dashboards.facts.words import plural
from dashboards.snapshot import Snapshot
from pipelines.access.principal import Principal

DAY = st.column_config.DateColumn(format="D MMM YYYY")


def named_by_switch(managers: Snapshot, principal: Principal) -> Mapping[str, str]:
    """Number of a pair or an application to names, while the switch is on; empty else."""
    people = queries.known(people_waiting, managers)
    about = ", ".join(sorted({share.programme for share in principal.shares})) or "all"
    names = names_switch("todo", about, everybody_in(people), st.session_state["snapshot"])
    return told(people, names) if names else {}


def _with_names(frame: pl.DataFrame, named: Mapping[str, str]) -> pl.DataFrame:
    """The names beside the number, which is the first column."""
    number = frame.columns[0]
    who = pl.Series("Who", [named.get(one, "") for one in frame[number]], dtype=pl.String)
    return frame.select(number, who, pl.exclude(number)) if named else frame


def _is_unmeasured(snapshot: Snapshot, programme_id: str) -> bool:
    return queries.known(to_date, snapshot, "drifting_pairs", programme_id).is_unmeasured


def silent_pairs(managers: Snapshot, today: date, named: Mapping[str, str]) -> None:
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
        f"{plural(len(pairs), 'pair')}, silent for more than {DRIFT_FACTOR:g} times the agreed interval. Pair numbers of the mentoring platform{'' if named else ', no names'}."
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
        _with_names(frame, named), hide_index=True, key="silent", alt=f"{plural(len(pairs), 'pair')} that have stopped meeting, the longest silent first",
        column_config={
            "Days silent": st.column_config.ProgressColumn(min_value=0, max_value=max(pair.days for pair in pairs), format="%d"),
            "Times the agreed interval": st.column_config.NumberColumn(format="%.1f ×"),
        },
    )  # fmt: skip


def late_and_waiting(managers: Snapshot, today: date, kind: str, named: Mapping[str, str]) -> None:
    """Late milestones and applicants without an answer, each with its age."""
    names = {one.programme_id: one.name for one in queries.known(programmes, st.session_state["snapshot"])}
    late, waiting = queries.known(milestones, managers, today, names), queries.known(applicants, managers, today, names)
    if kind in ("all", "milestones") and late:
        st.header("Late milestones", anchor="milestones")
        said = f"{plural(len(late), 'late milestone')}, the oldest first"
        _listed(late, ("Pair", "Programme", "Milestone", "Due", "Days late"), named=named, key="late", alt=said)
    if kind in ("all", "applicants") and waiting:
        st.header("Applicants without an answer", anchor="applicants")
        said = f"{plural(len(waiting), 'applicant')} without an answer, the longest waiting first"
        _listed(
            waiting,
            ("Application", "Programme", "State", "Applied", "Days waiting"),
            named=named,
            key="waiting",
            alt=said,
        )


def _listed(
    rows: Sequence[Overdue], names: tuple[str, str, str, str, str], *, named: Mapping[str, str], key: str, alt: str
) -> None:
    """Rows with their number, programme, what waits, since when and for how many days, under `names`."""
    frame = pl.DataFrame(
        [(one.number, one.programme, one.what, one.since, one.days) for one in rows], schema=list(names), orient="row"
    )
    st.dataframe(_with_names(frame, named), hide_index=True, key=key, column_config={names[3]: DAY}, alt=alt)
