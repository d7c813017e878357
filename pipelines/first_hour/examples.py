"""What marks a template: its sheet of explanations, and the example rows that are never taken for people."""

from collections.abc import Iterable

EXPLANATIONS = "How to fill this in"
MARK = "EXAMPLE "


def is_example(row: Iterable[str | None]) -> bool:
    """Whether a row is one of a template's examples: one of its cells begins with the mark."""
    return any(cell.lstrip().startswith(MARK) for cell in row if cell)
