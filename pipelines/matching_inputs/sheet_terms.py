"""What readers of people's own sheets share: how a row is numbered, what a side's sheet is called, and the refusal."""

from collections.abc import Callable

from pipelines.expressions import expression

SIDE_WORDS = {
    "mentees": expression(
        r"mentee|mentorado|mentorando|mentorizad|prot[eé]g|aprendi[zc]|mentorée?s?\b|coachee|adept|aktori|podopieczn|メンティ|멘티|学员"
    ),
    "mentors": expression(r"mentor(?!ee|é|ado|ando|izad|ing)|\bcoach(?!ee)|メンター|멘토|导师"),
}
"""What a sheet or a table is called that holds one side."""
HEADER_WITHIN = 20
"""So many rows are looked at for the header."""
ROW = "__row"
Row = tuple[int, list[str]]
"""A row's number in the file, from 1, and its cells."""
IsHeader = Callable[[list[str]], int]
"""How much a row looks like the header; 0 = not at all."""


class SheetRefused(ValueError):
    """A spreadsheet can't be used as it is; the message names file, column, row and what would be right."""


def side_said(text: str) -> str | None:
    """The one side that a title or a sheet's name says; None where it says none, or both."""
    said = [side for side, words in SIDE_WORDS.items() if words.search(text.casefold())]
    return said[0] if len(said) == 1 else None
