"""What a month's signal may be called: a figure that fell to nothing is never in the usual range because that range reaches down to nothing."""

from collections.abc import Mapping
from typing import Any

NO_FALL = "its months differ so much that a fall to none can't be told from chance"


def signal_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Signal and why there is none, of a row of `metric_signals`; of what should be high, a fall to nothing within limits that begin at nothing is no comfort."""
    why = row["no_limits_reason"] or ""
    fell = row["value"] == 0 and (row["baseline_mean"] or 0) > 0 and not row["limit_low"]
    if row["signal"] == "within" and fell and row["direction"] != "decrease":
        return "cannot_tell", NO_FALL
    return row["signal"], why
