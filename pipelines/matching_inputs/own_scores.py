"""Scores of one's own for pairs, from a file: mentee, mentor, score, or a table of one side by the other, with people named as in the sheets."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from pipelines.matching.affinity import OWN_SCHEMA
from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.identities import name_key, normal_mail, number_key
from pipelines.matching_inputs.sheet_files import read_table
from pipelines.matching_inputs.sheet_terms import ROW, SheetRefused

COLUMNS = {
    "mentee": (
        "mentee",
        "mentees",
        "mentee_id",
        "mentee_email",
        "mentee_name",
        "paper",
        "student",
        "mentoree",
        "mentore",
        "mentorado",
        "aktori",
        "adept",
        "メンティー",
        "学员",
        "멘티",
    ),
    "mentor": (
        "mentor",
        "mentors",
        "mentor_id",
        "mentor_email",
        "mentor_name",
        "reviewer",
        "supervisor",
        "mentorin",
        "mentora",
        "mentori",
        "メンター",
        "导师",
        "멘토",
    ),
    "score": (
        "score",
        "scores",
        "value",
        "weight",
        "fit",
        "points",
        "similarity",
        "rating",
        "punkte",
        "wert",
        "bewertung",
        "note",
        "points_attribues",
        "puntuacion",
        "puntos",
        "valor",
        "punteggio",
        "pontuacao",
        "pisteet",
        "puan",
        "poang",
        "スコア",
        "得点",
        "分数",
        "점수",
    ),
}
_WORDS = {word for some in COLUMNS.values() for word in some}
MOST_TOLD = 5
Cells = tuple[str, str, str, int]
"""Mentee, mentor and score as they are written, and the row."""


def read_own_scores(path: Path, names: pl.DataFrame) -> pl.DataFrame:
    """`OWN_SCHEMA` from a file with a row a pair, or a row a mentee and a column a mentor (or the other way round). names: side, application_id, name, email of both sheets.

    An empty cell of such a table is no score. Raises `SheetRefused` with all that is wrong.
    """
    frame = read_table(path, scores_score)
    found = scores_of_frame(path.name, frame, names)
    if found is None:
        raise SheetRefused(
            f"{path.name} lacks the columns mentee, mentor, score, and is no table with the mentees below each other and the mentors beside. "
            "Next step: write one row per pair, such as ann, kim, 0.8."
        )
    return found


def scores_score(cells: Sequence[str]) -> int:
    """How much a row looks like the header of a list of pairs."""
    return len({plain(cell) for cell in cells} & _WORDS)


def score_columns(frame: pl.DataFrame) -> dict[str, str | None]:
    """The columns of mentee, mentor and score; None for one that isn't there."""
    by_plain = {plain(column): column for column in reversed(frame.columns)}
    return {name: next((by_plain[word] for word in some if word in by_plain), None) for name, some in COLUMNS.items()}


def scores_of_frame(file: str, frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame | None:
    """`OWN_SCHEMA` from a table with a row a pair, or a row a mentee and a column a mentor (or the other way round); None where it is neither. Raises `SheetRefused`."""
    known = {side: _known(names.filter(pl.col("side") == f"{side}s")) for side in ("mentee", "mentor")}
    chosen = score_columns(frame)
    if None not in chosen.values():
        return _scored(file, list(frame.select(*(str(column) for column in chosen.values()), ROW).iter_rows()), known)
    cells = _of_a_matrix(frame, known)
    return None if cells is None else _scored(file, cells, known)


def _of_a_matrix(frame: pl.DataFrame, known: Mapping[str, Mapping[str, str]]) -> list[Cells] | None:
    """Mentee, mentor, score and row of every filled cell of a table with one side's people below each other and the other's beside."""
    first, *others = [name for name in frame.columns if name != ROW]
    below = [_key(text) for text in frame[first]]
    for one, other in (("mentee", "mentor"), ("mentor", "mentee")):
        beside = [name for name in others if _key(name) in known[other]]
        if (
            len(beside) > 1
            and 2 * len(beside) > len(others)
            and 2 * sum(key in known[one] for key in below) > len(below)
        ):
            cells = [
                (text, name, score, number)
                for name in others
                for text, score, number in frame.select(first, name, ROW).iter_rows()
                if score and score.strip()
            ]
            return [(b, a, *rest) for a, b, *rest in cells] if one == "mentor" else cells
    return None


def _scored(file: str, lines: Sequence[Cells], known: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    problems: list[str] = []
    rows = []
    for *cells, number in lines:
        try:
            rows.append((known["mentee"][_key(cells[0])], known["mentor"][_key(cells[1])], _score(cells[2])))
        except KeyError:
            side = "mentor" if _key(cells[0]) in known["mentee"] else "mentee"
            problems.append(
                f"{file}, row {number}: {cells[side == 'mentor']!r} is no {side} of the sheets, or several."
            )
        except ValueError:
            problems.append(f"{file}, row {number}: the score is {cells[2]!r}, not a number.")
    if problems:
        more = f" And {len(problems) - MOST_TOLD} more." if len(problems) > MOST_TOLD else ""
        raise SheetRefused("\n".join(problems[:MOST_TOLD]) + more + " Next step: correct the rows.")
    return pl.DataFrame(rows, schema=OWN_SCHEMA, orient="row")


def _score(text: str) -> float:
    """A score as it is written: `0.8`, `0,8`, `80 %`. Raises `ValueError`."""
    plainly = text.strip().replace(",", ".")
    return float(plainly.removesuffix("%")) / 100 if plainly.endswith("%") else float(plainly)


def _key(text: str) -> str:
    return normal_mail(text) or number_key(text)


def _known(people: pl.DataFrame) -> dict[str, str]:
    """Address, id or name to the application; what two people share is left out."""
    found: dict[str, set[str]] = {}
    for application, name, mail in people.select("application_id", "name", "email").iter_rows():
        ways = (application, mail, name, ", ".join(name_key(name)) if name else None)
        for way in ways:
            if way:
                found.setdefault(_key(way), set()).add(application)
    return {key: next(iter(some)) for key, some in found.items() if len(some) == 1}
