"""What a row of headings says as a whole: that it is one, and whose table it begins."""

import re
from collections.abc import Sequence

from pipelines.expressions import expression
from pipelines.matching_inputs.headers import FIRST_NAMES, MAILS, NAMES, SIDES, asks_for, opposes
from pipelines.matching_inputs.heading_words import bare, plain

_ONLY = {"mentees": ("demand",), "mentors": ("capacity", "taken", "left", "minimum", "reports", "pool", "pool_seats")}
_OWN_NAME = expression(r"(mentor|mentee|coach|coachee)_(name|email|e_mail|mail)")
_OF_ANOTHER = expression(r"mentor|mentee|coach|manager|boss|supervisor|partner|buddy|not|avoid|exclu|block")


def names_people(cells: Sequence[str]) -> bool:
    """Whether a row is a header with a column that names people, by a usual name."""
    known = {*MAILS, *NAMES, *FIRST_NAMES}
    return sum(bool(cell.strip()) for cell in cells) > 1 and any(
        plain(cell) in known or bare(cell) in known or _OWN_NAME.fullmatch(plain(cell)) for cell in cells
    )


def is_address(header: str) -> bool:
    """Whether a column is an address of whoever stands in the row, `Personal email`."""
    words = plain(header).replace("e_mail", "email")
    return bool(re.search(r"(^|_)(email|mail|epost|courriel|correo)s?(_|$)", words)) and not _OF_ANOTHER.search(words)


def side_like(headers: Sequence[str]) -> str | None:
    """The side whose questions alone a header asks; None where it could be either's."""
    like = [side for side in SIDES if looks_like(headers, side)]
    return like[0] if len(like) == 1 else None


def looks_like(headers: Sequence[str], side: str) -> bool:
    """Whether a sheet that should hold one side may: not where all that it says of skills, and of seats or mentors wanted, is the other side's."""
    other = next(name for name in SIDES if name != side)
    own_marks, marks = (sum(asks_for(one, of) in _ONLY[of] for one in headers) for of in (side, other))
    skills = [one for one in headers if asks_for(one, side) == "skills"]
    return (
        own_marks > 0
        or not skills
        or not all(opposes(one, side) for one in skills)
        or (marks == 0 and side == "mentees")
    )
