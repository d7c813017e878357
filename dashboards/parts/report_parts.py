"""The issued reports in three parts: what was issued, what was corrected, and every figure of one of them beside what it is today."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl
import streamlit as st

from dashboards import elements, queries
from dashboards.access.managers import data_folder
from dashboards.choices import choose
from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts.programmes import Published
from dashboards.facts.words import day_words, listed, plural
from dashboards.reports.archive import Report, issued, report_in
from dashboards.reports.register import Standing, standing
from dashboards.snapshot import Snapshot

FORMS = {"leadership_report.pdf": ("PDF", "application/pdf"), "leadership_report.html": ("HTML", "text/html"), "leadership_report.txt": ("Text", "text/plain")}  # fmt: skip
STATES = {
    "corrected": "corrected (the time was over when it was told, and the figure is another one now)",
    "not published": "not published any more (hidden to protect people, or no longer measured)",
    "moved on": "moved on with time",
    "as told": "as told",
}
SHOWN = {"name": "Claim", "text": "Told", "now": "Today", "state": "Does it hold?", "word": "Verdict told", "definition_version": "Definition", "release_id": "Release", "query": "Query"}  # fmt: skip


def reports_here() -> list[Report]:
    """All issued reports of this installation, the newest first."""
    return list(reversed(issued(data_folder() / "reports")))


def claims_now(snapshot: Published, folder: str) -> list[Standing]:
    """Every claim of the report in `folder`, beside what this release says."""
    return standing(report_in(Path(folder)).claims(), snapshot)


def title(last: Report, claims: Sequence[Standing]) -> str:
    """Which report is in force, and whether what it says of the past still stands."""
    corrected = sum(one.state == "corrected" for one in claims)
    stands = "none of its figures was corrected since" if not corrected else f"{plural(corrected, 'figure was', 'figures were')} corrected since"  # fmt: skip
    return f"Report {last.number} of {day_words(last.record['as_of'])}: {stands}"


def forms(report: Report) -> None:
    """The report itself, in each of its forms."""
    with st.container(horizontal=True, gap="small"):
        for name, (label, kind) in FORMS.items():
            st.download_button(
                label, data=partial(_bytes, report.folder / name), file_name=f"{report.report_id}{Path(name).suffix}", mime=kind,
                key=f"{report.report_id}_{label}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def issued_section(reports: Sequence[Report]) -> None:
    """Every issued report, the newest first."""
    st.header("Issued reports", anchor="issued")
    rows = [
        (f"<b>{report.number}</b>", esc(report.record["period"]), esc(day_words(report.record["as_of"])), esc(report.record["headline"]))
        for report in reports
    ]  # fmt: skip
    block(reading_table(("Report", "About", "Data as of", "It said"), rows))
    note("impact report reproduce NUMBER makes one again from its kept inputs and compares every byte.")


def corrections_section(reports: Sequence[Report]) -> None:
    """What each report told of the one before: changed verdicts and corrections."""
    st.header("What later reports told of earlier ones", anchor="corrections")
    told = [(report, line) for report in reports for line in (report.record["since"] or {}).get("since", [])]
    if not told:
        block("<p>No report had to change or correct what an earlier one said.</p>")
        return
    block(reading_table(("Report", "Told"), [(f"<b>{report.number}</b>", esc(line)) for report, line in told]))


def claims_section(snapshot: Snapshot, reports: Sequence[Report]) -> None:
    """The register of one report: each figure with the query that gives it, its release, its definition's version, and what it is today."""
    st.header("Every figure that was told", anchor="claims")
    names = {report.report_id: f"Report {report.number}, {day_words(report.record['as_of'])}" for report in reports}
    chosen = choose("Report", names, key="report", width=320)
    folder = next(str(report.folder) for report in reports if report.report_id == chosen)
    rows = queries.known(claims_now, snapshot, folder)
    counted = [f"{number:,} {words}" for state, words in STATES.items() if (number := sum(one.state == state for one in rows))]  # fmt: skip
    note(f"Of {plural(len(rows), 'figure')}, {listed(counted)}.")
    table = pl.DataFrame([{name: getattr(one, name) for name in SHOWN} for one in rows], schema=dict.fromkeys(SHOWN, pl.String))  # fmt: skip
    elements.table(table, SHOWN, key="claims", takeaway=f"{plural(len(rows), 'claim')} of {names[chosen]}")
