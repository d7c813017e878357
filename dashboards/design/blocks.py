"""HTML in small parts, escaped; pictures as images with a text, since Streamlit's sanitiser drops inline SVG and a screen reader reads an image's text."""

import base64
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

import streamlit as st

from dashboards.design.tokens import variables

STYLESHEET = Path(__file__).with_name("stylesheet.css")


def apply_stylesheet() -> None:
    """The page frame, type and focus of every page."""
    st.html(f"<style>:root{{{variables()}}}\n{STYLESHEET.read_text(encoding='utf-8')}</style>")


def esc(text: object) -> str:
    """`text` for HTML."""
    return html.escape(str(text), quote=True)


def block(body: str, *, width: str = "stretch") -> None:
    """A piece of HTML in the page's type. Whatever comes from data must have gone through `esc`."""
    st.html(f'<div class="mi">{body}</div>', width=width)  # type: ignore[arg-type]


def lead(text: str) -> None:
    """The sentence under a page's title; `text` is HTML."""
    block(f'<p class="lead">{text}</p>')


def note(text: str) -> None:
    """A small line in grey: unit, who, period, source."""
    block(f'<p class="small muted">{esc(text)}</p>')


def picture(body: str, words: str, width: int, height: int, box: tuple[float, float] | None = None) -> str:
    """SVG as an image of `width` x `height` pixels; `words` say what it shows, "" where text beside it does. box: size of its coordinates."""
    across, down = box or (width, height)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:g} {down:g}" width="{width}" height="{height}">{body}</svg>'
    data = base64.b64encode(drawing.encode()).decode()
    tip = f' title="{esc(words)}"' if words else ""
    return f'<img width="{width}" height="{height}" alt="{esc(words)}"{tip} src="data:image/svg+xml;base64,{data}">'


def with_icon(icon: str, words: str) -> str:
    """An icon and its words on one line; `words` is HTML."""
    return f'<span class="ic">{icon}<span>{words}</span></span>'


def reading_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, kind: str = "stack") -> str:
    """A table that people read: real headers; on a phone each row becomes a block with its labels. heads and cells are HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + "".join(_cell(name, cell, first=not place) for place, (name, cell) in enumerate(zip(heads, row, strict=True)))
        + "</tr>"
        for row in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(name: str, cell: str, *, first: bool) -> str:
    if not cell.strip():
        return '<td class="none"></td>'
    return f"<td>{cell}</td>" if first or "<" in name else f'<td data-l="{esc(name)}">{cell}</td>'
