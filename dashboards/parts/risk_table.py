"""The table under a curve: who is still followed, to whom it has happened, and who left observation (Morris et al. 2019, KMunicate)."""

from collections.abc import Mapping
from typing import Any

import polars as pl

GROUPS = {"treated": "mentees", "comparison": "comparable colleagues"}
MONTHS_LISTED = (0, 3, 6, 9, 12, 18, 24, 36)
COUNTED = (
    ("people_at_risk", "at risk"),
    ("cumulative_events", "events so far"),
    ("cumulative_left", "left observation so far"),
)
LEGEND = (
    "At risk: still followed, and it hasn't happened yet. Left observation: no longer followed before it could happen, because the data end or the person joined the programme later. "
    "A colleague may be compared with several starts and counts once, as early as it happens. People at risk are rounded to 5, and curves and counts move in steps of at least as many "
    "people as may be shown. “few”: too few people to show."
)


def at_risk(frame: pl.DataFrame) -> pl.DataFrame:
    """People at risk, events and people who left observation at some months, one row per group and what is counted; "few" where too few to show.

    frame: group, month and the columns of `COUNTED`, null where hidden.
    """
    last = int(frame["month"].to_numpy().max()) if frame.height else 0
    months = [month for month in MONTHS_LISTED if month <= last]
    rows = []
    for group in (name for name in GROUPS.values() if (frame["group"] == name).any()):
        own = {row["month"]: row for row in frame.filter(pl.col("group") == group).to_dicts()}
        for column, words in COUNTED:
            cells = {f"month {month}": _count(own.get(month), column) for month in months}
            rows.append({"Group": f"{group}, {words}", **cells})
    return pl.DataFrame(rows)


def _count(row: Mapping[str, Any] | None, column: str) -> str:
    if row is None or row[column] is None:
        return "–" if row is None or column == "people_at_risk" else "few"
    return f"{row[column]:,.0f}"
