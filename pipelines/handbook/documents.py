"""Blocks as documents: HTML to read, Word to change, PDF to print. The same blocks give the same bytes."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from pipelines.handbook.blocks import Block, Runs

STYLE = (Path(__file__).parent / "texts" / "handbook.css").read_text(encoding="utf-8")
LAYOUT = (Path(__file__).parent / "texts" / "handbook.typ").read_text(encoding="utf-8")
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""The day inside the files: none of a run, so that the same handbook is the same file."""


def html(title: str, blocks: Sequence[Block]) -> bytes:
    """One file with everything inside; reads on a telephone and prints on A4."""
    body: list[str] = []
    for i, block in enumerate(blocks):
        is_item = block.kind == "item"
        if is_item and (i == 0 or blocks[i - 1].kind != "item"):
            body.append("<ul>")
        body.append(_html_block(block))
        if is_item and (i + 1 == len(blocks) or blocks[i + 1].kind != "item"):
            body.append("</ul>")
    page = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{"".join(body)}</main></body></html>'
    return page.encode()


def _html_block(block: Block) -> str:
    if block.kind == "table":
        return _html_table(block)
    tag = {"heading": f"h{block.level}", "paragraph": "p", "item": "li", "quote": "blockquote"}[block.kind]
    return f"<{tag}>{_html_runs(block.runs)}</{tag}>"


def _html_table(block: Block) -> str:
    head, *rows = block.rows
    told = any(head[1:]) or bool(head[0])
    top = (
        f"<thead><tr>{''.join(f'<th scope=col>{_html_runs(cell)}</th>' for cell in head)}</tr></thead>" if told else ""
    )
    lines = (
        f"<tr><th scope=row>{_html_runs(first)}</th>{''.join(f'<td>{_html_runs(cell)}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    return f"<div class=table tabindex=0 role=group aria-label=table><table>{top}<tbody>{''.join(lines)}</tbody></table></div>"


def _html_runs(runs: Runs) -> str:
    def one(text: str, bold: bool, italic: bool) -> str:
        text = escape(text)
        text = f"<em>{text}</em>" if italic else text
        return f"<strong>{text}</strong>" if bold else text

    return "".join(one(run.text, run.bold, run.italic) for run in runs)


def docx(title: str, blocks: Sequence[Block]) -> bytes:
    """A Word document whose headings, lists and tables are Word's own, so that a programme can go on writing in it."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = WRITTEN
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    for block in blocks:
        if block.kind == "table":
            _docx_table(document, block)
        elif block.kind == "heading":
            document.add_heading("".join(run.text for run in block.runs), level=min(block.level, 3))
        else:
            style = {"item": "List Bullet", "quote": "Intense Quote"}.get(block.kind)
            _docx_runs(document.add_paragraph(style=style), block.runs)
    return _same_bytes(document.save)


def _docx_table(document: object, block: Block) -> None:
    rows = [row for row in block.rows if any(row)]
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")  # type: ignore[attr-defined]
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, runs in zip(cells.cells, row, strict=True):
            _docx_runs(cell.paragraphs[0], runs)
    document.add_paragraph()  # type: ignore[attr-defined]


def _docx_runs(paragraph: object, runs: Runs) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)  # type: ignore[attr-defined]
        written.bold, written.italic = run.bold or None, run.italic or None


def _same_bytes(save: Callable[[io.BytesIO], None]) -> bytes:
    """A zip holds the time of writing of each part; here it is one day for all."""
    import zipfile

    first, second = io.BytesIO(), io.BytesIO()
    save(first)
    with zipfile.ZipFile(first) as read, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            write.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), read.read(name), zipfile.ZIP_DEFLATED)
    return second.getvalue()


def pdf(title: str, blocks: Sequence[Block]) -> bytes:
    """PDF/UA-1 for paper and screen readers. Raises typst.TypstError where the document fails its checks."""
    import json

    import typst

    told = json.dumps({"title": title, "blocks": [_plain(block) for block in blocks]})
    return typst.compile(
        LAYOUT.encode(),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(WRITTEN.timestamp()),
        sys_inputs={"handbook": told},
    )


def _plain(block: Block) -> dict[str, Any]:
    def runs(parts: Runs) -> list[dict[str, Any]]:
        return [{"text": run.text, "bold": run.bold, "italic": run.italic} for run in parts]

    return {
        "kind": block.kind,
        "level": block.level,
        "runs": runs(block.runs),
        "rows": [[runs(cell) for cell in row] for row in block.rows],
    }


FORMATS: Mapping[str, Callable[[str, Sequence[Block]], bytes]] = {"html": html, "docx": docx, "pdf": pdf}
