"""What the page works with in one drawing: the workspace, what was added and answered, and what it comes to."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import streamlit as st

from dashboards.access.doors import workspace_for
from dashboards.access.who import current_principal
from pipelines.first_hour.intake import Intake
from pipelines.first_hour.opening import Opened
from pipelines.first_hour.plan import Plan
from pipelines.first_hour.progress import Progress, forget, progress_of

PLANS = "add_data_plans"


@dataclass
class Desk:
    """One workspace's intake, for one drawing of the page."""

    opened: Opened
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = self.opened.intake

    @cached_property
    def stamp(self) -> str:
        """Changes with every file and every answer."""
        return sha256(repr(self.intake.stamp).encode()).hexdigest()[:16]

    @property
    def has_files(self) -> bool:
        return bool(self.intake.stamp[0])

    @property
    def progress(self) -> Progress | None:
        """The last dry run or run."""
        return progress_of(self.intake.folder)

    @cached_property
    def plan(self) -> Plan:
        """What the files come to; worked out once for the same files and answers."""
        plans = st.session_state.setdefault(PLANS, {})
        if self.stamp not in plans:
            plans.clear()
            plans[self.stamp] = self.opened.plan(self.intake, st.context.timezone or "UTC")
        return plans[self.stamp]

    def answer(self, key: str, widget: str) -> None:
        """Keep what was chosen in a widget (None takes the answer back), and put the last dry run aside."""
        given = st.session_state.get(widget)
        self.intake.answer(key, None if given is None else str(given))
        self.forget()

    def forget(self) -> None:
        """Something was changed: the last dry run says nothing any more."""
        forget(self.intake.folder)
        self.__dict__.pop("stamp", None)
        self.__dict__.pop("plan", None)


def the_desk() -> Desk | None:
    """The desk of the workspace that this server may write to; None where it only reads. Raises NotForYou."""
    found = workspace_for(current_principal())
    return None if found is None else Desk(found)
