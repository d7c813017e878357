"""The sections of the page Administration."""

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.access.who import as_text
from dashboards.administration import standing as facts
from dashboards.administration.standing import Entry, Standing
from dashboards.choices import choose
from dashboards.design.blocks import block, esc, note, reading_table
from pipelines.access.settings import AccessSettings
from pipelines.audit_log import Verdict
from pipelines.counted import counted
from pipelines.operations.health import Health

EVERY_ACTION = {"all": "Every action"}


def to_do(now: Standing) -> None:
    """What needs the administrator, each with its next step."""
    for sentence in now.to_do:
        st.warning(sentence, icon=":material/priority_high:")


def runs(found: Health) -> None:
    """How the last run of each job ended."""
    st.header("Runs", anchor="runs")
    rows = facts.runs(found)
    if rows.is_empty():
        elements.nothing_here("No run has ended in this data folder yet. `impact run` makes one.")
        return
    names = {"job": "What ran", "outcome": "How it ended", "ended": "When", "succeeded": "Last success"}
    _listed(rows, names)


def roles(access: AccessSettings | None) -> None:
    """Who may see what."""
    st.header("Who may see what", anchor="roles")
    if access is None:
        st.markdown("No sign-in is set up: the pages answer this computer only, and whoever uses it sees everything. `access:` in the workspace file changes that (docs/guides/access.md).")  # fmt: skip
        return
    if access.sign_in == "proxy":
        st.markdown("A proxy signs people in and tells nobody's name: everybody is a viewer.")
        return
    hours = f"{access.session_hours:g} {'hour' if access.session_hours == 1 else 'hours'}"
    others = "sees published figures" if access.everybody == "viewer" else "sees nothing"
    st.markdown(f"People sign in again after {hours}. Whoever signs in and isn't listed {others}. The workspace file is read at every click: who is taken off it is out at once.")  # fmt: skip
    names = {"who": "Who", "role": "Role", "reach": "Sees"}
    _listed(facts.grants(access), names)


def audit_log(entries: Sequence[Entry], verdict: Verdict) -> None:
    """What has been done, by whom, and whether the record holds."""
    st.header("What has been done", anchor="log")
    if not entries:
        elements.nothing_here("Nothing has been decided, exported, erased or changed yet.")
        return
    if verdict.problem:
        st.error(f"{verdict.problem}.", icon=":material/link_off:")
    else:
        st.markdown(f"{counted(verdict.entries, 'record')}, each with the hash of the one before: the chain holds. Its head is `{verdict.head[:16]}`; a report's stamp shows the head of its day, and `impact log verify HEAD` finds it again.")  # fmt: skip
    actions = sorted({entry["action"] for entry in entries})
    chosen = choose("Action", {**EVERY_ACTION, **{name: name.capitalize() for name in actions}}, key="action", width=320)  # fmt: skip
    rows = facts.logged([entry for entry in entries if chosen in ("all", entry["action"])])
    names = {"at": "When", "actor": "Who", "action": "What", "details": "About", "number": "No."}
    elements.table(rows, names, key="log", takeaway="Records of the audit log, newest first")


def keeping(retention: Mapping[str, int] | None, entries: Sequence[Entry]) -> None:
    """How long data stay, and what was copied or erased."""
    st.header("Keeping data", anchor="keeping")
    backup = facts.last(entries, facts.BACKED_UP)
    removed = facts.last(entries, facts.RETAINED)
    st.markdown(
        f"Last backup: {_when(backup)}. Last removal of what outlived its days: {_when(removed)}. What to do and what each copy holds: docs/guides/keeping-data.md."
    )
    if retention is None:
        elements.nothing_here(
            "This server was started without its workspace (`impact dashboard` starts it with one), so how long data are kept can't be told here."
        )
        return
    names = {"kind": "What", "days": "Kept"}
    _listed(facts.kept(retention), names)
    erased = sum(entry["action"] == facts.ERASED for entry in entries)
    note(f"{counted(erased, 'erasure')} on request; their receipts are in the data folder, under erasures." if erased else "Nobody has been erased. The command impact erase removes one person everywhere, with a receipt.")  # fmt: skip


def _listed(rows: pl.DataFrame, names: Mapping[str, str]) -> None:
    """A short table to read; names: column to heading."""
    block(reading_table(list(names.values()), ([esc(cell) for cell in row] for row in rows.select(*names).iter_rows())))


def _when(entry: Entry | None) -> str:
    return f"{facts.at(entry):{facts.AT}} by {as_text(entry['actor'])}" if entry else "never"
