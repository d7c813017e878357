"""Scores of one's own for pairs, from a file: mentee, mentor, score, with people named as in the sheets."""

from pathlib import Path

import polars as pl

from pipelines.matching.affinity import OWN_SCHEMA
from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.identities import name_key, normal_mail, number_key
from pipelines.matching_inputs.sheet_files import ROW, SheetRefused, read_table

COLUMNS = {
    "mentee": ("mentee", "mentees", "mentee_id", "mentee_email", "mentee_name", "paper", "student"),
    "mentor": ("mentor", "mentors", "mentor_id", "mentor_email", "mentor_name", "reviewer", "supervisor"),
    "score": ("score", "scores", "value", "weight", "fit", "points", "similarity"),
}
MOST_TOLD = 5


def read_own_scores(path: Path, names: pl.DataFrame) -> pl.DataFrame:
    """`OWN_SCHEMA` from a file. names: side, application_id, name, email of both sheets. Raises `SheetRefused` with all that is wrong."""
    words = {word for some in COLUMNS.values() for word in some}
    frame = read_table(path, lambda cells: len({plain(cell) for cell in cells} & words))
    by_plain = {plain(column): column for column in reversed(frame.columns)}
    chosen = {name: next((by_plain[word] for word in some if word in by_plain), None) for name, some in COLUMNS.items()}
    if None in chosen.values():
        raise SheetRefused(
            f"{path.name} lacks the columns mentee, mentor, score. Next step: write one row per pair, such as ann, kim, 0.8."
        )
    known = {side: _known(names.filter(pl.col("side") == f"{side}s")) for side in ("mentee", "mentor")}
    problems: list[str] = []
    rows = []
    for *cells, number in frame.select(*(str(column) for column in chosen.values()), ROW).iter_rows():
        try:
            rows.append(
                (known["mentee"][_key(cells[0])], known["mentor"][_key(cells[1])], float(cells[2].replace(",", ".")))
            )
        except KeyError:
            side = "mentor" if _key(cells[0]) in known["mentee"] else "mentee"
            problems.append(
                f"{path.name}, row {number}: {cells[side == 'mentor']!r} is no {side} of the sheets, or several."
            )
        except ValueError:
            problems.append(f"{path.name}, row {number}: the score is {cells[2]!r}, not a number.")
    if problems:
        more = f" And {len(problems) - MOST_TOLD} more." if len(problems) > MOST_TOLD else ""
        raise SheetRefused("\n".join(problems[:MOST_TOLD]) + more + " Next step: correct the rows.")
    return pl.DataFrame(rows, schema=OWN_SCHEMA, orient="row")


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
