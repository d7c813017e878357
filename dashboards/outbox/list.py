"""The page's parts: counts, batches with their buttons, and the table of single messages."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import polars as pl
import streamlit as st

from dashboards import elements, navigation
from dashboards.access.doors import PermittedOutbox, outbox_for
from dashboards.access.who import actor, as_text, current_principal, draw_again_if_refused
from dashboards.design.blocks import block, esc
from dashboards.facts.words import plural
from dashboards.outbox.desk import OutboxUnreachable, preview
from dashboards.outbox.standing import RECENT_DAYS, SHOWN, Batch, Standing, rows, standing
from pipelines.access.principal import Refused

WIDTHS = (5.0, 2.0, 3.2)
COUNTS = (("draft", "Wait for approval"), ("approved", "Approved"), ("held", "Held"), ("failed", "Failed"))
ASKED, DONE = "outbox_asked", "outbox_done"


def own_outbox() -> PermittedOutbox:
    """The messages of who asks, now. Raises NotForYou, OutboxUnreachable."""
    return outbox_for(current_principal(), st.session_state["snapshot"])


def counts(now: Standing) -> None:
    """How many there are in each state that somebody may have to look at."""
    for column, (state, name) in zip(st.columns(len(COUNTS) + 1), COUNTS, strict=False):
        column.metric(name, now.counts.get(state, 0))
    st.columns(1)[0].caption(f"{plural(now.recent, 'message')} sent within the last {RECENT_DAYS} days, {now.counts.get('sent', 0)} in all; {now.counts.get('suppressed', 0)} not sent on purpose (opted out, out of date, no longer due).")  # fmt: skip


def batches(now: Standing) -> None:
    """One row per batch: what, since when, and what can be done with it."""
    with st.container(border=True, key="list", gap=None):
        for place, batch in enumerate(now.batches):
            _batch(batch, place)


def _batch(batch: Batch, place: int) -> None:
    with st.container(key=f"item-{place}"):
        what, whose, step = st.columns(WIDTHS, gap="medium", vertical_alignment="center")
        with what:
            block(f'<p class="strong">{esc(batch.title)}</p><p class="small muted">{esc(batch.sentence)}</p>')
        with whose:
            block(f'<p class="small">{esc(batch.programme)}</p>')
        with step, st.container(horizontal=True):
            about = f"{batch.title}, {batch.programme}"
            st.button(
                "Preview", key=f"preview-{place}", help=f"Preview: {about}", on_click=_ask, args=("preview", batch)
            )
            st.button(f"Approve {len(batch.messages)}", key=f"approve-{place}", type="primary" if place == 0 else "secondary", help=f"Approve: {about}", on_click=_ask, args=("approve", batch))  # fmt: skip
            st.button("Hold", key=f"hold-{place}", help=f"Hold: {about}", on_click=_hold, args=(batch.keys,))


def _ask(what: str, batch: Batch) -> None:
    st.session_state[ASKED] = (what, batch.keys[0])


def _forget() -> None:
    st.session_state.pop(ASKED, None)


def question(now: Standing, programmes: Mapping[str, str]) -> None:
    """The dialog that a button asked for; one about a batch that isn't there any more is forgotten."""
    if ASKED not in st.session_state:
        return
    what, key = st.session_state[ASKED]
    batch = next((one for one in now.batches if key in one.keys), None)
    if batch is None:
        _forget()
    elif what == "preview":
        st.dialog("Preview", width="large", on_dismiss=_forget)(_preview)(batch, programmes)
    else:
        st.dialog("Approve messages", width="medium", on_dismiss=_forget)(_approve)(batch)


def _preview(batch: Batch, programmes: Mapping[str, str]) -> None:
    """The first message of a batch, with placeholders for names."""
    draw_again_if_refused()
    words = preview(own_outbox(), batch.messages[0], programmes)
    if isinstance(words, str):
        st.error(words, icon=":material/error:")
        return
    st.markdown(f"**Subject:** {words.subject}")
    st.text(words.text)
    st.caption("Names and addresses are read from the vault only when a message is sent; `impact messages preview KEY` shows them on the machine that holds the vault.")  # fmt: skip


def _approve(batch: Batch) -> None:
    """Approval has a name and is asked for once more."""
    draw_again_if_refused()
    st.markdown(f"**{batch.title}, {batch.programme}: {plural(len(batch.messages), 'message')}**")
    st.caption(f"Kept as approved by {as_text(actor())}. They leave within each recipient's working hours, with the next sending.")  # fmt: skip
    if st.button("Approve", type="primary", key="outbox_approve"):
        changed = own_outbox().approve(batch.keys, datetime.now(UTC))
        st.session_state[DONE] = f"{plural(changed, 'message')} approved."
        _forget()
        st.rerun()


def _hold(keys: list[str]) -> None:
    with suppress(Refused):  # the page that is drawn next says why
        changed = own_outbox().hold(keys, datetime.now(UTC))
        st.session_state[DONE] = f"{plural(changed, 'message')} held."


def toast() -> None:
    """What was done last."""
    if DONE in st.session_state:
        st.toast(st.session_state.pop(DONE), icon=":material/check:")


def singles(now: Standing, programmes: Mapping[str, str]) -> None:
    """Every message in the states that the reader chooses, with why it stands there."""
    offered = [state for state in SHOWN if now.counts.get(state)]
    state = st.segmented_control("State", offered, format_func=lambda one: f"{SHOWN[one].capitalize()} {now.counts[one]}", default=offered[0], required=True, key="outbox_state")  # fmt: skip
    chosen = [message for message in now.messages if message.state == state]
    elements.table(
        pl.DataFrame(rows(chosen, programmes)),
        {"message": "Message", "to": "To", "programme": "Programme", "due": "Due", "state": "State", "why": "Why", "by": "Approved by", "key": "Key"},
        key="outbox_rows",
        takeaway=f"{plural(len(chosen), 'message')}, the last changed first",
    )  # fmt: skip
    if state == "held":
        st.button("Approve all that is held", key="release_held", on_click=_release, args=([one.key for one in chosen],))  # fmt: skip


def _release(keys: list[str]) -> None:
    with suppress(Refused):
        changed = own_outbox().approve(keys, datetime.now(UTC))
        st.session_state[DONE] = f"{plural(changed, 'message')} approved."


def link_from_work(programmes: Mapping[str, str]) -> None:
    """On To do: how many messages wait for approval, and the way there; nothing where none does or the outbox doesn't answer."""
    try:
        waiting = standing(own_outbox(), programmes, datetime.now(UTC)).counts.get("draft", 0)
    except OutboxUnreachable:
        return
    if waiting:
        navigation.link("messages", f"{plural(waiting, 'message')} {'waits' if waiting == 1 else 'wait'} for approval", arrow=True)  # fmt: skip
