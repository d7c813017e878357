"""What is shown instead of a page: signing in, having no role, a page for others; and the sidebar's line on who is signed in."""

from typing import NoReturn

import streamlit as st

from dashboards.access import who
from dashboards.access.who import needs_sign_in, sign_out
from dashboards.design.blocks import block, esc
from dashboards.navigation import show_logo
from dashboards.pages import PAGES
from pipelines.access.principal import NoRole, Principal, Role, SignInNeeded

AUDIENCES = {
    Role.VIEWER: "everybody who is signed in",
    Role.MANAGER: "programme managers",
    Role.ADMINISTRATOR: "administrators",
}

SUBJECTS = {Role.MANAGER: "single people", Role.ADMINISTRATOR: "how this installation is run"}


def stop_before_pages(why: Exception) -> NoReturn:
    """One calm page for whoever isn't let in: sign in, or whom to ask."""
    _know_addresses()
    show_logo()
    with st.sidebar:  # the logo stands in it; alone it would lie over the title
        block('<p class="xs muted">These pages open when you have signed in.</p>')
    if isinstance(why, SignInNeeded):
        _sign_in(why)
    elif isinstance(why, NoRole):
        _no_role(why)
    else:
        st.title("Nobody can be let in now", anchor="main")
        st.markdown("The list of who may see what can't be read. Whoever runs this dashboard finds the reason in its log.")  # fmt: skip
    st.stop()


def _know_addresses() -> None:
    """Every address of a page leads here, and none is told to be unknown."""
    first, *others = PAGES
    paths = [*(page.path for page in others), first.path, *(old for page in PAGES for old in page.old)]
    st.navigation([st.Page(_nothing, title="Sign in", default=True), *(st.Page(_nothing, title="Sign in", url_path=path) for path in paths)], position="hidden")  # fmt: skip


def _nothing() -> None:
    """Its place is taken by what stands around it."""


def _sign_in(why: SignInNeeded) -> None:
    st.title("Sign in again" if who.claims() else "Sign in", anchor="main")
    st.markdown(f"{why} These pages are for people of this organisation.")
    st.button("Sign in", type="primary", on_click=st.login, key="sign_in")


def _no_role(why: NoRole) -> None:
    st.title("You have no role here yet", anchor="main")
    st.markdown(f"{who.as_text(str(why))} Ask whoever runs this dashboard to add you.")
    st.button("Sign out", on_click=st.logout, key="sign_out")


def refused(audience: Role, why: str = "") -> NoReturn:
    """In place of a page for others, whatever its address was."""
    st.title(f"This page is for {AUDIENCES[audience]}", anchor="main")
    st.markdown(why or f"What it shows is about {SUBJECTS[audience]}. All published figures are on the other pages.")
    st.stop()


def show_who(principal: Principal) -> None:
    """The sidebar's line on who is signed in, with the way out; or that nobody has to be."""
    with st.sidebar:
        if principal.is_signed_in:
            block(f'<p class="xs muted">Signed in as {esc(principal.known_as)}, {principal.role.words}.</p>')
            st.button("Sign out", on_click=sign_out, key="sign_out", type="tertiary")
        else:
            block(f'<p class="xs muted">{_unsigned(principal)}</p>')


def _unsigned(principal: Principal) -> str:
    if principal.role is Role.ADMINISTRATOR:
        return "Not signed in: this dashboard answers this computer only."
    return "Not signed in: published figures only." if not needs_sign_in() else "Signed in by the proxy: published figures only."  # fmt: skip
