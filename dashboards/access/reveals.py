"""Names, for who may see them: asked for by a switch, and each time somebody turns it on it is in the audit log."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from dashboards.access.managers import KEEP_SECONDS, data_folder
from dashboards.access.who import current_principal
from dashboards.snapshot import Snapshot
from pipelines.access.names import NoNames, names_of
from pipelines.access.principal import Principal
from pipelines.audit_log import append, log_of

ACTION = "saw names"
_TOLD = "names_told"


def names_switch(page: str, about: str, people: Sequence[str], snapshot: Snapshot) -> Mapping[str, str]:
    """The switch, and the names by pseudonym while it is on; empty without sign-in, where nobody could say who looked. about: the programmes, as the audit log tells it."""
    principal = current_principal()
    if not principal.is_signed_in or not people:
        return {}
    if not st.toggle("Show names", key=f"names_{page}", help="Each time somebody looks is kept in the audit log."):
        return {}
    try:
        names = _names(str(data_folder()), tuple(sorted(set(people))))
    except NoNames as why:
        st.caption(f"{why} Until then pseudonyms are shown.")
        return {}
    _note(principal, page, about, len(names), snapshot)
    return names


@st.cache_data(ttl=KEEP_SECONDS, max_entries=64, show_spinner=False)
def _names(data: str, people: tuple[str, ...]) -> dict[str, str]:
    return names_of(Path(data), people)


def _note(principal: Principal, page: str, about: str, people: int, snapshot: Snapshot) -> None:
    """One entry per look: while the switch stays on over the same release it isn't another one."""
    look = (principal.who, page, about, snapshot.path.name)
    told = st.session_state.setdefault(_TOLD, set())
    if look not in told:
        append(log_of(data_folder()), ACTION, {"page": page, "programmes": about, "people": people, "release": snapshot.path.stem}, actor=principal.who)  # fmt: skip
        told.add(look)
