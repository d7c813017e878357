"""Colours by role, light and dark. Every meaning that a colour has is also told by a shape and a word.

Contrast on the page's background is at least 4.5 for text, accent and concern, 3 for grey graphics; `line` and `band` only decorate or have an edge.
"""

import streamlit as st

LIGHT = {
    "bg": "#FFFFFF", "surface": "#F4F6F8", "line": "#D3DAE2", "text": "#18212C", "muted": "#55606F", "grey": "#7A8593",
    "accent": "#12436D", "tint": "#E4EDF5", "concern": "#A63D00", "concern_tint": "#FCEFE6", "band": "#DDE6EE",
}  # fmt: skip
DARK = {
    "bg": "#11161D", "surface": "#1A212B", "line": "#343E4B", "text": "#E6EBF2", "muted": "#A7B2C0", "grey": "#7F8B9B",
    "accent": "#8CBCEB", "tint": "#1C2F43", "concern": "#FFA366", "concern_tint": "#3A2617", "band": "#243140",
}  # fmt: skip


def is_dark() -> bool:
    """Whether the reader's browser shows the dark theme."""
    return bool(st.context.theme) and st.context.theme.type == "dark"


def palette() -> dict[str, str]:
    """The colours of the theme that the reader sees."""
    return DARK if is_dark() else LIGHT


def variables() -> str:
    """All colours as CSS custom properties that follow the theme."""
    return "".join(f"--mi-{name.replace('_', '-')}:light-dark({LIGHT[name]},{DARK[name]});" for name in LIGHT)
