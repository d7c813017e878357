"""Decisions of a coordinator about the kept company's cohort that is being formed, made by whatever version this is run with: one pair forbidden, two approved, one of them published."""

import sys
from datetime import UTC, datetime

from pipelines.decisions import Decision, DecisionStore

COHORT = "M-2026"
WHEN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
MADE = (
    ("forbid", (("f37", "f81"),), "They share a project."),
    ("approve", (("f37", "f82"), ("f38", "f79")), "Both said yes."),
    ("publish", (("f37", "f82"),), "The first round goes out."),
)


def decide(url: str) -> None:
    """Append the decisions to the store at `url`."""
    store = DecisionStore(url)
    for revision, (kind, pairs, reason) in enumerate(MADE, start=1):
        store.record(Decision(COHORT, revision, kind, pairs=pairs, actor="coordinator", reason=reason, made_at=WHEN))


if __name__ == "__main__":
    decide(sys.argv[1])
