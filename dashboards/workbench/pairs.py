"""Proposed pairs: the list with reasons and warnings, one pair at a time with its alternatives, and what may be decided about it."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.workbench.deciding import decide_button
from dashboards.workbench.desk import Desk, by_mentee
from pipelines.matching import MatchProblemError

FILTERS = {
    "all": "All",
    "warned": "With warnings",
    "open": "Not approved",
    "changed": "Not as published",
    "locked": "Locked",
}
TOLD_OF_PAIRS = ("mentee_application_id", "mentor_application_id", "score", "rank", "mentee_fit", "reasons")
FAR_APART_HOURS = 4
LOW_RANK = 5


def pairs_section(desk: Desk) -> None:
    """The list, the bulk decisions, and one pair in detail."""
    frame = listed(desk)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        chosen = st.segmented_control(
            "Show", list(FILTERS), format_func=FILTERS.__getitem__, default="all", required=True, key="pairs_shown"
        )
        shown = filtered(frame, chosen or "all")
        _bulk(desk, shown)
    if shown.is_empty():
        elements.nothing_here("No proposed pair is in this selection.")
    else:
        elements.table(
            shown,
            {"mentee": "Mentee", "mentor": "Mentor", "score": "Score", "rank": "Rank", "standing": "Standing",
             "published": "Against published", "warnings": "Warnings", "why": "Why"},
            key="pairs",
            takeaway=f"{shown.height} proposed pairs, those with warnings and the lowest scores first",
        )  # fmt: skip
    _gone(desk)
    _one_pair(desk, frame)


def listed(desk: Desk) -> pl.DataFrame:
    """One row per proposed pair, in words; those with warnings and the lowest scores first."""
    low = desk.found.quality["p5_score"][0]
    rows = []
    for pair in desk.found.unpriced.select(TOLD_OF_PAIRS).to_dicts():
        mentee, mentor = pair["mentee_application_id"], pair["mentor_application_id"]
        warnings = warnings_of(pair, desk.people[mentee], desk.people[mentor], low)
        rows.append(
            {
                "mentee_id": mentee,
                "mentor_id": mentor,
                "mentee": desk.name(mentee),
                "mentor": desk.name(mentor),
                "score": round(pair["score"], 3),
                "rank": pair["rank"],
                "standing": ", ".join(standing(desk, (mentee, mentor))),
                "published": against_published(desk, mentee, mentor),
                "warnings": "; ".join(warnings),
                "why": "; ".join(pair["reasons"]),
                "is_warned": bool(warnings),
            }
        )
    schema = dict.fromkeys(("mentee_id", "mentor_id", "mentee", "mentor"), pl.String)
    frame = (
        pl.DataFrame(rows) if rows else pl.DataFrame(schema={**schema, "is_warned": pl.Boolean, "score": pl.Float64})
    )
    return frame.sort("is_warned", "score", "mentee_id", descending=[True, False, False])


def warnings_of(
    pair: Mapping[str, Any], mentee: Mapping[str, Any], mentor: Mapping[str, Any], low: float | None
) -> list[str]:
    """What somebody should look at before approving; hard rules are never broken, so these are about quality."""
    found = []
    if low is not None and pair["score"] <= low:
        found.append("among the lowest scores of this run")
    if pair["rank"] is not None and pair["rank"] > LOW_RANK:
        found.append(f"{pair['rank'] - 1} mentors would suit the mentee better")
    if pair["mentee_fit"] == 0:
        found.append("offers nothing that the mentee named")
    hours = [person["utc_offset_hours"] for person in (mentee, mentor)]
    if None not in hours and abs(hours[0] - hours[1]) >= FAR_APART_HOURS:
        found.append(f"time zones {abs(hours[0] - hours[1]):g} hours apart")
    if mentee["department"] and mentee["department"] == mentor["department"]:
        found.append("same department")
    return found


def standing(desk: Desk, pair: tuple[str, str]) -> list[str]:
    """What was decided about a pair."""
    state = desk.state
    published = state.published.pairs if state.published else frozenset()
    words = {"locked": pair in state.locks, "approved": pair in state.approved, "published": pair in published}
    return [word for word, holds in words.items() if holds] or ["proposed"]


def against_published(desk: Desk, mentee: str, mentor: str) -> str:
    """kept, new, or changed from whom: a mentor of the same mentee who is no longer proposed."""
    before = desk.current.get(mentee, [])
    if mentor in before:
        return "kept"
    gone = [one for one in before if (mentee, one) not in desk.proposed]
    return f"changed from {' and '.join(map(desk.name, gone))}" if gone else "new"


def filtered(frame: pl.DataFrame, chosen: str) -> pl.DataFrame:
    """The rows of one of `FILTERS`."""
    if frame.is_empty():
        return frame
    wanted = {
        "all": pl.lit(value=True),
        "warned": pl.col("is_warned"),
        "open": ~pl.col("standing").str.contains("approved"),
        "changed": pl.col("published") != "kept",
        "locked": pl.col("standing").str.contains("locked"),
    }
    return frame.filter(wanted[chosen])


def _bulk(desk: Desk, shown: pl.DataFrame) -> None:
    """Approve what is shown, publish what is approved."""
    pairs = list(shown.select("mentee_id", "mentor_id").iter_rows()) if shown.height else []
    waiting = [pair for pair in pairs if pair not in desk.state.approved]
    outdated = outdated_approvals(desk)
    published = desk.state.published.pairs if desk.state.published else frozenset()
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        decide_button(
            desk, "approve", f"Approve {len(waiting)} shown", key="approve_shown", disabled=not waiting, pairs=tuple(waiting),
            run_id=desk.run["run_id"],
        )  # fmt: skip
        decide_button(
            desk, "publish", f"Publish {len(desk.state.approved)} approved", key="publish_approved", primary=True,
            disabled=not desk.state.approved or bool(outdated) or desk.state.approved == published,
            pairs=tuple(sorted(desk.state.approved)), run_id=desk.run["run_id"],
        )  # fmt: skip


def outdated_approvals(desk: Desk) -> list[tuple[str, str]]:
    """Approved pairs that the proposal no longer holds; publishing waits until they are withdrawn or approved anew."""
    return sorted(desk.state.approved - set(desk.pairs))


def _gone(desk: Desk) -> None:
    outdated = outdated_approvals(desk)
    if not outdated:
        return
    listed_pairs = "; ".join(f"{desk.name(mentee)} with {desk.name(mentor)}" for mentee, mentor in outdated[:5])
    st.warning(
        f"{len(outdated)} approved pairs are no longer proposed: {listed_pairs}. Publishing waits: withdraw the approval, approve what is proposed now, or lock the pair.",
        icon=":material/sync_problem:",
    )
    decide_button(desk, "withdraw", "Withdraw these approvals", key="withdraw_outdated", pairs=tuple(outdated))


def _one_pair(desk: Desk, frame: pl.DataFrame) -> None:
    st.header("One mentee", anchor=False)
    mentees = desk.found.problem.mentees["application_id"].to_list()
    mentee = st.selectbox("Mentee", mentees, format_func=desk.name, key=desk.key("mentee_chosen"), width=420)
    if mentee is None:
        return
    row = frame.filter(pl.col("mentee_id") == mentee)
    if row.is_empty():
        about = desk.found.unmatched.filter(pl.col("application_id") == mentee)["detail"]
        st.markdown(
            f"**{desk.name(mentee)}** has no mentor in this proposal: {desk.named(about[0]) if len(about) else 'not told'}."
        )
    for place, pair in enumerate(row.to_dicts()):
        _pair_words(pair)
        _pair_buttons(desk, (mentee, pair["mentor_id"]), place)
    left, right = st.columns(2, gap="large")
    with left:
        _alternatives(desk, mentee)
    with right:
        _another_mentor(desk, mentee)
        if row.height == 1:
            _swap(desk, mentee, str(row["mentor_id"][0]))


def _pair_words(pair: Mapping[str, Any]) -> None:
    st.markdown(
        f"**{pair['mentee']}** with **{pair['mentor']}**: score {pair['score']:.3f}, {pair['standing']}. Why: {pair['why']}."
    )
    if pair["warnings"]:
        st.markdown(f":material/warning: Look at this: {pair['warnings']}.")


def _pair_buttons(desk: Desk, pair: tuple[str, str], place: int = 0) -> None:
    """What may be decided about one pair. place: which of the mentee's pairs it is, 0 = the first."""
    more = f"_{place}" if place else ""
    locked, approved = pair in desk.state.locks, pair in desk.state.approved
    with st.container(horizontal=True):
        decide_button(
            desk, *(("unlock", "Unlock") if locked else ("lock", "Lock")), key=f"lock_pair{more}", pairs=(pair,)
        )
        decide_button(desk, "forbid", "Forbid", key=f"forbid_pair{more}", disabled=locked, pairs=(pair,))
        decide_button(
            desk, *(("withdraw", "Withdraw approval") if approved else ("approve", "Approve")), key=f"approve_pair{more}", pairs=(pair,)
        )  # fmt: skip


def _alternatives(desk: Desk, mentee: str) -> None:
    st.markdown("**Alternatives**, and what they would cost")
    frame = desk.found.explain(mentee)["alternatives"]
    if frame.is_empty():
        elements.nothing_here("No other mentor may have this mentee, or the pair is locked.")
        return
    lines = [
        f"- **{desk.name(row['mentor_application_id'])}**, score {row['score']:.3f}: {desk.named(row['words'])}."
        for row in frame.to_dicts()
    ]
    st.markdown("\n".join(lines))


def _another_mentor(desk: Desk, mentee: str) -> None:
    mentors = desk.found.problem.mentors["application_id"].to_list()
    mentor = st.selectbox(
        "Another mentor",
        mentors,
        index=None,
        format_func=desk.name,
        key=desk.key("mentor_chosen"),
        placeholder="Why not ...?",
    )
    if mentor is None:
        return
    try:
        st.markdown(desk.named(desk.found.why_not(mentee, mentor).words))
    except MatchProblemError as problem:
        st.markdown(str(problem))
    forbidden = (mentee, mentor) in desk.state.forbidden
    with st.container(horizontal=True):
        decide_button(
            desk, "lock", "Lock with this mentor", key="lock_other", disabled=forbidden, pairs=((mentee, mentor),)
        )
        decide_button(desk, *(("allow", "Allow again") if forbidden else ("forbid", "Forbid this mentor")), key="forbid_other", pairs=((mentee, mentor),))  # fmt: skip


def _swap(desk: Desk, mentee: str, mentor: str) -> None:
    mentors = {other: theirs[0] for other, theirs in by_mentee(desk.pairs).items() if len(theirs) == 1}
    others = [other for other in mentors if other != mentee and mentors[other] != mentor]
    other = st.selectbox(
        "Swap mentors with",
        others,
        index=None,
        format_func=desk.name,
        key=desk.key("swap_chosen"),
        placeholder="Another mentee",
    )
    if other is not None:
        decide_button(desk, "swap", "Swap", key="swap_pairs", pairs=((mentee, mentor), (other, mentors[other])))
