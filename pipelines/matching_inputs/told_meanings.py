"""What a person says that a column or a sheet means, where its heading doesn't; and which columns must be asked about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipelines.matching_inputs.cells import folded, says_nothing
from pipelines.matching_inputs.headers import JOINED, MEANINGS, Columns
from pipelines.matching_inputs.identities import Register, normal_mail
from pipelines.matching_inputs.people_named import people_parts
from pipelines.matching_inputs.sheet_terms import ROW, SheetRefused
from pipelines.matching_inputs.sheets import Sheet, cells_of, some
from pipelines.matching_inputs.whole_headers import is_address

IGNORE = "ignore"
OF_PEOPLE = {
    "excluded": "not to be matched",
    "preferred": "wished for",
    "previous": "matched before",
    "current": "a pair now",
    "agreed": "a pair that is agreed",
    "manager": "the manager",
    IGNORE: "none of these",
}
"""What a column that names people may mean, in words."""
KNOWN = (*dict.fromkeys(MEANINGS.values()), IGNORE)


class ColumnsAsked(SheetRefused):
    """Columns or sheets whose meaning only a person knows. asked: heading to the question."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        self.asked = dict(asked)
        super().__init__("\n".join(f"{question} {_next_step(heading)}" for heading, question in asked.items()))


def _next_step(heading: str) -> str:
    ways = ", ".join(f"{meaning} ({words})" for meaning, words in OF_PEOPLE.items())
    return f"Next step: say it, --means '{heading}=excluded', with one of {ways}."


def told_meanings(words: Iterable[str]) -> dict[str, str]:
    """Heading or sheet, folded, to its meaning from words such as `Buddies=previous`. Raises `SheetRefused` for a meaning that isn't known."""
    told = {}
    for word in words:
        heading, _, meaning = word.rpartition("=")
        if not heading or meaning.strip() not in KNOWN:
            raise SheetRefused(
                f"--means {word!r} isn't understood. Next step: write 'HEADING=MEANING' with one of {', '.join(KNOWN)}."
            )
        told[folded(heading)] = meaning.strip()
    return told


def as_told(columns: Columns, headers: Sequence[str], told: Mapping[str, str]) -> Columns:
    """Columns with the meanings that somebody told."""
    for header in headers:
        meaning = told.get(folded(header))
        if meaning is not None:
            columns = _with(_without(columns, header), header, meaning)
    return columns


def _without(columns: Columns, header: str) -> Columns:
    return replace(
        columns,
        chosen={meaning: one for meaning, one in columns.chosen.items() if one != header},
        ranked=tuple(one for one in columns.ranked if one != header),
        unused=tuple(one for one in columns.unused if one != header),
        twice=tuple(one for one in columns.twice if header not in one[1:]),
        more={meaning: tuple(one for one in some if one != header) for meaning, some in columns.more.items()},
        takes_part=tuple(one for one in columns.takes_part if one != header),
        role=None if columns.role == header else columns.role,
    )


def _with(columns: Columns, header: str, meaning: str) -> Columns:
    if meaning == IGNORE:
        return columns
    if meaning not in columns.chosen:
        return replace(columns, chosen={**columns.chosen, meaning: header})
    if meaning == "preferred":
        return replace(columns, ranked=(*columns.ranked, header))
    if meaning in (*JOINED, "manager", "previous", "excluded"):
        return replace(columns, more={**columns.more, meaning: (*columns.more.get(meaning, ()), header)})
    return replace(columns, twice=(*columns.twice, (meaning, columns.chosen[meaning], header)))


def unexplained_people(sheet: Sheet, register: Register) -> dict[str, str]:
    """Columns that name people of the other sheet under a heading that doesn't say why, to the question about them."""
    asked = {}
    for column in (one for one in sheet.columns.unused if not is_address(one)):
        naming = _naming(sheet, column, register)
        filled = [text for text in cells_of(sheet.rows, column) if text and not says_nothing(text)]
        surely = [text for text in naming.values() if normal_mail(text) or " " in text.strip()]
        if 2 * len(naming) >= len(filled) and (surely or len(naming) > 1):
            row, text = next(iter(naming.items()))
            asked[column] = (
                f"{sheet.file}: {column!r} names people of the other sheet (row {row}: {text[:60]!r}), and its heading doesn't say what for."
            )
    return asked


def _naming(sheet: Sheet, column: str, register: Register) -> dict[int, str]:
    """Row to cell, of the cells that are nothing but people of the other sheet."""
    side = "mentors" if sheet.side == "mentees" else "mentees"
    naming = {}
    for row, text in zip(sheet.rows[ROW], cells_of(sheet.rows, column), strict=True):
        parts = people_parts(text or "", register, side)
        if parts and all(not part.isdigit() and register.found(part) & register.sides[side] for part in parts):
            naming[row] = text or ""
    return naming


def mentions(sheet: Sheet, register: Register) -> list[str]:
    """Sentences about answers that nothing is made of and that mention somebody of the other sheet: only a reader knows what they mean."""
    side = "mentors" if sheet.side == "mentees" else "mentees"
    said = []
    for column in sheet.columns.unused:
        rows = zip(sheet.rows[ROW], cells_of(sheet.rows, column), strict=True)
        named = [f"row {row}: {key}" for row, text in rows for key in register.mentioned(text or "", side)]
        if named:
            said.append(
                f"{sheet.file}: {column!r} isn't used and mentions people of the other sheet ({some(named)}). Read these answers; who must not meet belongs into a column `excluded`, who is wished for into `preferred`."
            )
    return said
