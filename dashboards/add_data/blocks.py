"""The page's own blocks as HTML: steps, tables that become cards on a phone, tags with a sign and a word."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

STYLE = """<style>
.ad { font-size: .95rem; line-height: 1.45; max-width: 76ch; }
.ad.wide { max-width: none; }
.ad ol.steps { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0; margin: 0 0 .25rem 0; }
.ad ol.steps li { padding: 0 0 .25rem 0; margin: 0; color: light-dark(#55606F, #A7B2C0); font-size: .9rem; }
.ad ol.steps li[aria-current] { color: light-dark(#12436D, #8CBCEB); font-weight: 650; border-bottom: 3px solid currentColor; }
.ad table { width: 100%; border-collapse: collapse; margin: 0 0 .5rem 0; }
.ad th { text-align: left; font-weight: 600; font-size: .85rem; color: light-dark(#55606F, #A7B2C0); padding: .4rem .6rem .4rem 0; border-bottom: 1px solid light-dark(#7A8593, #7F8B9B); }
.ad td { padding: .5rem .6rem .5rem 0; border-bottom: 1px solid light-dark(#D3DAE2, #343E4B); vertical-align: top; overflow-wrap: break-word; }
.ad .n { text-align: right; font-variant-numeric: tabular-nums; }
.ad .tag { display: inline-block; border: 1px solid light-dark(#7A8593, #7F8B9B); border-radius: 6px; padding: .05rem .5rem; font-weight: 600; font-size: .85rem; margin: .5rem 0 .1rem 0; }
.ad .tag.used { background: light-dark(#E4EDF5, #1C2F43); color: light-dark(#12436D, #8CBCEB); }
.ad .muted { color: light-dark(#55606F, #A7B2C0); }
.ad ul { margin: 0; padding-left: 1.2rem; } .ad li { margin: 0 0 .3rem 0; }
.ad .big { font-size: 1.1rem; }
.st-key-add_data [role="radiogroup"] [data-testid="stCaptionContainer"] { color: light-dark(#55606F, #A7B2C0); opacity: 1; }
@media (max-width: 640px) {
  .ad table.stack thead { position: absolute; left: -9999px; }
  .ad table.stack tr { display: block; padding: .4rem 0; border-bottom: 1px solid light-dark(#7A8593, #7F8B9B); }
  .ad table.stack td { display: block; border: 0; padding: .1rem 0; text-align: left; }
  .ad table.stack td[data-l]::before { content: attr(data-l) ": "; color: light-dark(#55606F, #A7B2C0); }
}
</style>"""
STEPS = ("Add files", "Answer questions", "Dry run", "Load")
SIGNS = {"used": "✓", "unused": "◌", "never": "🔒︎"}
USES = {"used": "Used", "unused": "Not used", "never": "Never loaded"}


def block(html: str, *, wide: bool = False) -> None:
    """One piece of HTML in the page's style."""
    st.html(f'<div class="ad{" wide" if wide else ""}">{html}</div>')


def steps(current: int) -> None:
    """The four steps on one line; those before `current` (0-based) are done."""
    items = "".join(
        f"<li{' aria-current=step' if place == current else ''}>{'✓' if place < current else place + 1} {words}</li>"
        for place, words in enumerate(STEPS)
    )
    block(f'<ol class="steps">{items}</ol>', wide=True)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: frozenset[int] = frozenset()) -> None:
    """Rows that are read: a table, and one card a row on a phone. Cells are text, except those that `bold` made."""
    head = "".join(
        f'<th scope="col"{_right(place, numbers)}>{escape(words)}</th>' for place, words in enumerate(headings)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-l="{escape(headings[place])}"{_right(place, numbers)}>{_cell(cell)}</td>'
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    block(f'<table class="stack"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>', wide=True)


def _right(place: int, numbers: frozenset[int]) -> str:
    return ' class="n"' if place in numbers else ""


def _cell(text: str) -> str:
    return f"<b>{escape(text[2:-2])}</b>" if text.startswith("**") and text.endswith("**") else escape(text)


def column_groups(columns: Mapping[str, tuple[str, str]]) -> None:
    """Every column of a sheet under Used, Not used or Never loaded."""
    parts = []
    for use, title in USES.items():
        rows = [(name, why) for name, (its, why) in columns.items() if its == use]
        if rows:
            body = "".join(
                f"<tr><td style='width:42%'><b>{escape(name)}</b></td><td>{escape(why)}</td></tr>" for name, why in rows
            )
            parts.append(
                f'<div><span class="tag {use}">{SIGNS[use]} {title}: {len(rows)}</span></div><table><tbody>{body}</tbody></table>'
            )
    block("".join(parts), wide=True)


def bullets(entries: Sequence[tuple[str, str]]) -> None:
    """A list whose entries begin with a bold word."""
    items = "".join(f"<li><b>{escape(head)}</b> {escape(rest)}</li>" for head, rest in entries)
    block(f"<ul>{items}</ul>")


def muted(text: str) -> None:
    """A line of small print."""
    block(f'<p class="muted" style="margin:0">{escape(text)}</p>')
