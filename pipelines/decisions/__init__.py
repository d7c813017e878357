"""What people decided about a cohort's pairs: an append-only log, the state that follows from it, and the store that keeps it.

store = DecisionStore("sqlite:////data/decisions.sqlite")
store.record(Decision("C-2026", 1, "lock", pairs=(("a-1", "a-2"),), actor="coordinator", reason="they asked for it", made_at=now))
state_of(store.decisions("C-2026")).locks
"""

from pipelines.contracts.model import DECISION_KINDS as KINDS
from pipelines.decisions.decision import Decision, DecisionRefused, told
from pipelines.decisions.export import export_decisions
from pipelines.decisions.rows import decisions_from_rows, rows_of
from pipelines.decisions.state import Pairing, State, state_of, undoable
from pipelines.decisions.store import DecisionStore, StaleRevision, StoreUnreachable

__all__ = [
    "KINDS",
    "Decision",
    "DecisionRefused",
    "DecisionStore",
    "Pairing",
    "StaleRevision",
    "State",
    "StoreUnreachable",
    "decisions_from_rows",
    "export_decisions",
    "rows_of",
    "state_of",
    "told",
    "undoable",
]
