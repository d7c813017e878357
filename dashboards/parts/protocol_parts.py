"""How sure one may be, as tables: what every answer rests on, what a dot more would take, and the protocol of each comparison."""

from collections.abc import Sequence

import streamlit as st

from dashboards.design.blocks import block, esc, reading_table
from dashboards.facts.protocols import Protocol, as_csv

HEADS = ("Question", "What may be said", "How sure", "What the dots rest on")
DOTS = (
    ("5\u00a0of\u00a05", "Places were randomised, few enough outcomes are missing and about equally in both groups, and how it would be judged was registered before."),
    ("3\u00a0of\u00a05", "Places were randomised, but too many outcomes are missing or more in one group, few units were drawn, or the arms don't look randomised. Or not randomised, and two falsification tests passed."),
    ("2\u00a0of\u00a05", "Not randomised, and one falsification test passed."),
    ("1\u00a0of\u00a05", "Not randomised, and no falsification test was made and passed: a hint, no more."),
    ("0\u00a0of\u00a05", "A description, compared with nobody."),
)  # fmt: skip
LIMITS = """
- **Why it works.** Randomisation shows that the offer made the difference, not how it did so.
- **Anybody else.** It holds for those who were compared; other offices and other years may differ.
- **What nobody measured.** Where nothing was randomised, people who ask for a mentor may differ in what no file holds. Tests can find that; none can rule it out.
- **No effect.** "No clear difference" says how large an effect may be at most; it never says that there is none.
"""


def what_each_rests_on(rows: Sequence[tuple[str, str, str, str]]) -> None:
    """The ladder: one row per comparison, the surest first."""
    st.header("What each answer rests on")
    block(reading_table(HEADS, [[esc(cell) for cell in row] for row in rows]))


def what_a_dot_takes() -> None:
    """What the dots mean, from five to none."""
    st.header("What the dots mean")
    block(reading_table(("Dots", "When"), [[esc(cell) for cell in row] for row in DOTS]))
    st.caption("An evaluation that wasn't registered before its results has one dot less.")


def what_nobody_can_tell() -> None:
    """What no figure of the product says."""
    st.header("What no figure here can tell")
    st.markdown(LIMITS)


def each_protocol(rows: Sequence[Protocol]) -> None:
    """One table per comparison, closed until somebody asks."""
    st.header("The protocol of each comparison")
    if not rows:
        st.info(
            "No outcome of this programme has an estimate, so there is no protocol to show.", icon=":material/info:"
        )
    for place, row in enumerate(rows, start=1):
        with st.expander(f"{row.title}: {row.checklist}"):
            block(reading_table(("No.", "Item", "Here"), [[esc(cell) for cell in item] for item in row.numbered]))
            st.download_button(
                "Download this protocol (CSV)",
                as_csv(row),
                f"protocol_{place}.csv",
                "text/csv",
                key=f"protocol_{place}",
            )
