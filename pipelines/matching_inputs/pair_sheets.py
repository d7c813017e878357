"""Further sheets of a workbook that hold pairs: who must not meet, who met before, who is agreed, and scores of one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.expressions import expression
from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.cells import folded, without_accents
from pipelines.matching_inputs.headers import header_score
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.own_scores import score_columns, scores_of_frame, scores_score
from pipelines.matching_inputs.sheet_files import below_header
from pipelines.matching_inputs.sheet_terms import ROW, SheetRefused
from pipelines.matching_inputs.sheets import some
from pipelines.matching_inputs.told_meanings import IGNORE
from pipelines.matching_inputs.workbook_rows import Workbook, cleared, sheet_of, workbook_of

Couple = tuple[str, str]
"""Keys of a mentee and a mentor."""
MEANINGS = {
    "excluded": expression(
        r"\b(not|don.?t|never|no|apart)\b|separate|block|exclu|conflict|forbid|avoid|incompat|\bnicht|getrennt|ausschl|sperr|konflikt|evit|escl|uitgesl|\binte\b|\bikke\b|wyklucz|避け|不可|禁止"
    ),
    "previous": expression(
        r"previous|earlier|\blast\b|\bpast\b|former|histor|\bold\b|bisher|fruh|vorjahr|vorig|ancien|preced|anterior|passat|pasad|precedent|tidigare|tidliger|poprzed|aiem|以前|过去"
    ),
    "agreed": expression(r"agreed|\bfixed\b|confirmed|locked|vereinbart|bestatigt|convenu|acordad|concordat"),
}
"""What the name of a sheet of pairs says of them; tried in this order."""
_RANKED = expression(
    r"\brank|\b1 ?(=|is|st|:|–|-) ?(the )?(best|first|top|most|highest)|rangfolge|\brang\b|reihenfolge|1 ?= ?(am )?beste|classement|\bordre\b|1 ?= ?(mejor|meilleur|migliore|melhor)"
)
_YEAR = expression(r"(?:19|20)\d\d")


@dataclass
class PairSheets:
    """Couples by what they are, and scores of one's own, from further sheets. asked: sheet to the question, where its name doesn't say. left: sheets that aren't read, by file."""

    couples: dict[str, set[Couple]] = field(default_factory=dict)
    scores: pl.DataFrame | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def of(self, meaning: str) -> set[Couple]:
        """The couples of one meaning."""
        return self.couples.get(meaning, set())


def pair_sheets(
    paths: Mapping[str, Path],
    register: Register,
    names: pl.DataFrame,
    told: Mapping[str, str],
    as_of: date,
    said: list[str],
) -> PairSheets:
    """What the further sheets of the sides' workbooks hold. names: side, application_id, name, email of everybody. told: sheet, folded, to its meaning. What is made of them, and which sheets aren't read, is said. Raises `SheetRefused`."""
    found = PairSheets()
    for path in dict.fromkeys(path for path in paths.values() if path.suffix.lower() == ".xlsx"):
        book, left = workbook_of(path), []
        chosen = {sheet_of(book.rows, header_score, side) for side, one in paths.items() if one == path}
        for name in (one for one in book.rows if one not in chosen):
            if told.get(folded(name)) == IGNORE or not _taken(book, name, found, register, names, told, as_of, said):
                left.append(name)
        if left:
            said.append(f"{path.name}: not read: {', '.join(map(repr, left))}.")
    return found


def _taken(
    book: Workbook,
    name: str,
    found: PairSheets,
    register: Register,
    names: pl.DataFrame,
    told: Mapping[str, str],
    as_of: date,
    said: list[str],
) -> bool:
    """Whether something is made of a sheet."""
    file = f"{book.file.name}, sheet {name!r}"
    try:
        frame = below_header(file, cleared(book, name, scores_score, []), scores_score, [])
    except SheetRefused:
        return False
    columns = score_columns(frame)
    if columns["mentee"] is None or columns["mentor"] is None:
        columns |= _of_two(frame, register)
    if None in (columns["mentee"], columns["mentor"]) or columns["score"] is not None:
        return _scored(file, frame, found, names, said)
    meaning = told.get(folded(name)) or _meaning(name, as_of)
    if meaning is None:
        found.asked[name] = f"{file} holds pairs, and its name doesn't say what they are."
        return True
    rows = list(frame.select(str(columns["mentee"]), str(columns["mentor"]), ROW).iter_rows())
    couples, unknown = _couples(rows, register)
    found.couples.setdefault(meaning, set()).update(couples)
    words = {
        "excluded": "aren't proposed",
        "previous": "aren't proposed again",
        "current": "stand now, and are kept where nothing better is found",
        "agreed": "are agreed, and stay",
    }
    said.append(f"{file}: {len(couples)} of {len(rows)} pairs {words.get(meaning, 'are read')}.")
    if unknown:
        said.append(
            f"{file} names {some(unknown)}, not found in the sheets (or found more than once) and left aside. Check the spelling."
        )
    return True


def _of_two(frame: pl.DataFrame, register: Register) -> dict[str, str]:
    """Two columns, whatever their headings, that name somebody of either side in most rows; empty where there are none or more."""
    naming = [
        name
        for name in frame.columns
        if name != ROW and 2 * sum(bool(_is_somebody(text, register)) for text in frame[name]) > frame.height
    ]
    return dict(zip(("mentee", "mentor"), naming, strict=True)) if len(naming) == 2 else {}


def _is_somebody(text: str | None, register: Register) -> bool:
    return bool(text) and not (text or "").strip().isdigit() and bool(register.found(text or ""))


def _scored(file: str, frame: pl.DataFrame, found: PairSheets, names: pl.DataFrame, said: list[str]) -> bool:
    """Whether a sheet holds scores of pairs, as rows or as a table of one side by the other."""
    scores = scores_of_frame(file, frame, names)
    if scores is None:
        return False
    if found.scores is not None:
        raise SheetRefused(f"{file} is a second sheet with scores of pairs. Next step: keep one of them.")
    is_rank = bool(_RANKED.search(without_accents(f"{file} {frame.columns[0]}".casefold())))
    best = 1 + max(scores["score"].to_list(), default=0.0)  # a rank of 1 is the best
    found.scores = scores.with_columns((best - pl.col("score")).alias("score")) if is_rank else scores
    said.append(
        f"{file}: {scores.height} {'ranks' if is_rank else 'scores'} of pairs are read, {'1 is the best' if is_rank else 'the higher the better'}, in the place of those worked out."
    )
    return True


def _meaning(name: str, as_of: date) -> str | None:
    plain = without_accents(name.casefold())
    years = [int(year) for year in _YEAR.findall(plain)]
    said = next((meaning for meaning, words in MEANINGS.items() if words.search(plain)), None)
    return said or ("previous" if years and max(years) < as_of.year else None)


def _couples(rows: Sequence[tuple[str, str, int]], register: Register) -> tuple[set[Couple], list[str]]:
    couples, unknown = set[Couple](), list[str]()
    for mentee, mentor, _ in rows:
        one, other = _sides(register, mentee or "", mentor or "")
        if len(one) == len(other) == 1:
            couples.add((next(iter(one)), next(iter(other))))
        else:
            unknown += [text for text, keys in ((mentee, one), (mentor, other)) if text and len(keys) != 1]
    return couples, unknown


def _sides(register: Register, one: str, other: str) -> tuple[set[str], set[str]]:
    """Whom two cells name as mentee and as mentor, the other way round where only that makes a couple."""
    ways = [
        (
            register.found(mentee, "mentees") & register.sides["mentees"],
            register.found(mentor, "mentors") & register.sides["mentors"],
        )
        for mentee, mentor in ((one, other), (other, one))
    ]
    return next((way for way in ways if all(way)), ways[0])


def with_couples(frames: dict[str, pl.DataFrame], found: PairSheets) -> dict[str, pl.DataFrame]:
    """Frames in which couples of further sheets are ruled out, or count as earlier ones."""
    mentees = frames["mentees"]
    for column, meaning in (("excluded", "excluded"), ("previous_partners", "previous")):
        lists = [
            list(dict.fromkeys([*own, *sorted(mentor for mentee, mentor in found.of(meaning) if mentee == key)]))
            for own, key in mentees.select(column, "person_key").iter_rows()
        ]
        mentees = mentees.with_columns(pl.Series(column, lists, dtype=TEXT_LIST))
    return {**frames, "mentees": mentees}
