"""Markdown as a list of blocks: headings, paragraphs, lists, tables and quotations, each with runs of plain and bold text."""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Block:
    """kind: heading, paragraph, item, quote or table. level: of a heading. rows: of a table, the first is its head."""

    kind: str
    runs: Runs = ()
    level: int = 0
    rows: tuple[tuple[Runs, ...], ...] = ()


def blocks(markdown: str) -> list[Block]:
    """The blocks of `markdown` in their order. HTML, links and images are text: a programme's own words can't call out."""
    parser = (
        MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink", "reference"])
    )
    return [block for node in SyntaxTreeNode(parser.parse(markdown)).children for block in _of(node)]


def _of(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield Block("heading", _runs(node), level=int(node.tag[1:]))
    elif node.type == "paragraph":
        yield Block("paragraph", _runs(node))
    elif node.type in ("bullet_list", "ordered_list"):
        for item in node.children:
            yield Block("item", _runs(item))
    elif node.type == "blockquote":
        yield Block("quote", _runs(node))
    elif node.type == "table":
        rows = [tuple(_runs(cell) for cell in row.children) for part in node.children for row in part.children]
        yield Block("table", rows=tuple(rows))
    elif node.content:
        yield Block("paragraph", (Run(node.content.strip()),))


def _runs(node: SyntaxTreeNode, *, bold: bool = False, italic: bool = False) -> Runs:
    if node.type in ("softbreak", "hardbreak"):
        return (Run(" ", bold, italic),)
    if node.type in ("text", "code_inline"):
        return (Run(node.content, bold, italic),) if node.content else ()
    bold, italic = bold or node.type == "strong", italic or node.type == "em"
    return tuple(run for child in node.children for run in _runs(child, bold=bold, italic=italic))
