"""Navigation from the registry: four groups, old addresses that still lead somewhere, links to pages, and the sidebar's line on the data."""

from collections.abc import Callable, Collection, Mapping

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards.access.who import current_principal
from dashboards.design.blocks import block, esc
from dashboards.design.tokens import palette
from dashboards.facts.freshness import Freshness
from dashboards.pages import GROUPS, PAGES, PageSpec, page_at
from pipelines.access.principal import Principal

ROOT = "app_pages"


def navigate(principal: Principal, hidden: Collection[str] = ()) -> tuple[PageSpec, StreamlitPage]:
    """The page that the address names, after showing those that the principal may open. hidden: pages that have nothing to show here. Addresses of pages that aren't listed are known all the same: whoever runs the page refuses it. Never returns from an old address: it leads on."""
    unlisted = {*hidden, *(page.path for page in PAGES if not principal.may_open(page.audience))}
    shown = {
        page.path: _visible(page, first=not place, hidden=page.path in unlisted) for place, page in enumerate(PAGES)
    }
    # the first page's address is "/"; its own name leads there, as an old address does
    moved = [_moved(PAGES[0].path, PAGES[0]), *(_moved(old, page) for page in PAGES for old in page.old)]
    groups = {group: [shown[page.path] for page in PAGES if page.group == group] for group in GROUPS}
    chosen = st.navigation({**{name: found for name, found in groups.items() if found}, "Moved": moved}, expanded=True)
    here = next((page for page in PAGES if shown[page.path] == chosen), PAGES[0])
    return here, chosen


def _visible(page: PageSpec, *, first: bool, hidden: bool) -> StreamlitPage:
    path = None if first else page.path
    return st.Page(
        page.file,
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=path,
        default=first,
        visibility="hidden" if hidden else "visible",
    )


def _moved(old: str, page: PageSpec) -> StreamlitPage:
    """An address that a page had before: it leads to the page with whatever was chosen."""
    return st.Page(_leads_to(page, old), title=page.title, url_path=old, visibility="hidden")


def _leads_to(page: PageSpec, old: str) -> Callable[[], None]:
    def lead_on() -> None:
        st.switch_page(_file(page), query_params=st.query_params.to_dict())

    lead_on.__name__ = f"moved_{old}"
    return lead_on


def _file(page: PageSpec) -> str:
    return f"{ROOT}/{page.module}.py"


def link(
    path: str, label: str, *, choices: Mapping[str, str] | None = None, arrow: bool = False, back: bool = False
) -> None:
    """A link to a page with its choices, for whom the page is. arrow: a step forward, back: the way up. Raises UnknownPage."""
    if not current_principal().may_open(page_at(path).audience):
        return
    icon = ":material/arrow_forward:" if arrow else ":material/chevron_left:" if back else None
    st.page_link(
        _file(page_at(path)),
        label=label,
        icon=icon,
        icon_position="right" if arrow else "left",
        query_params=dict(choices or {}),
    )


def go(path: str, choices: Mapping[str, str]) -> None:
    """Open a page with its choices; nothing after it is run. Raises UnknownPage."""
    st.switch_page(_file(page_at(path)), query_params=dict(choices))


def show_logo() -> None:
    """Two linked rings and the product's name, in the theme's colours."""
    colours = palette()
    ring = f'r="6" fill="none" stroke="{colours["accent"]}" stroke-width="2.4"'
    st.logo(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 214 28" width="214" height="28"><circle cx="9" cy="14" {ring}/><circle cx="18" cy="14" {ring}/>'
        f'<text x="33" y="19.5" font-family="sans-serif" font-size="16" font-weight="700" fill="{colours["text"]}">Mentoring impact</text></svg>',
        size="large",
    )


def show_freshness(fresh: Freshness) -> None:
    """The sidebar's last line: as of when, whether sources are as fresh as agreed, and that a demo is made up."""
    with st.sidebar:
        tone = "concern" if fresh.stale else "muted"
        lines = [
            f"Data as of {fresh.as_of.day} {fresh.as_of:%B %Y}.",
            *([f'<span class="{tone}">{esc(fresh.words)}</span>']),
        ]
        lines += ["Made-up demo company."] if fresh.is_demo else []
        lines += [f"Release {esc(fresh.release_id)}."]
        block(f'<p class="xs muted">{"<br>".join(lines)}</p>')
