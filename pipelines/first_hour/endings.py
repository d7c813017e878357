"""How pairs begin and end: days that are still to come are planned ones, and an end is told by its reason or asked about."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.first_hour.dropped_out import leaving_columns, marks, with_broken_off
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.column_proposals import nothing_written
from pipelines.sources.mapped_files.header_words import folded, recognised
from pipelines.sources.mapped_files.written_times import read_by

if TYPE_CHECKING:
    from pipelines.first_hour.facts import Context, Facts

OF_PAIRS = ("pairs.actual_start_date", "pairs.actual_end_date", "pairs.status")
MOST_REASONS = 12
"""More different words than these are sentences, and can't be asked about one by one."""
_EARLY = re.compile(
    r"\b(left|leav\w*|resign\w*|chemistry|conflict|no time|time|workload|maternity|paternity|parental|ill|illness|sick\w*|drop\w*|withdr\w*|stopp\w*|cancel\w*|early|moved|relocat\w*|lost contact|no contact|no show|not a good|mismatch|"
    r"abgebroch\w*|abbruch|vorzeitig\w*|gekundigt|kundigung|keine zeit|zeitmangel|elternzeit|krank\w*|passt\w* nicht|ausgeschieden|kontakt|depart|demission|manque de temps|conge|abandon\w*|interromp\w*|baja|renuncia|falta de tiempo)\b"
)
_AS_PLANNED = re.compile(
    r"\b(finish\w*|complet\w*|as planned|regular\w*|(end of|ended with) (the )?(program\w*|cohort|term|year)|(program\w*|cohort) (end\w*|over)|goals? (reached|achieved|met)|"
    r"abgeschlossen|abschluss|planmassig|regular\w*|programmende|ziel\w* erreicht|comme prevu|fin du programme|objectifs? atteints?|termin\w*|fin del programa|objetivos? (logrado|cumplido)s?)\b"
)
_NOT = re.compile(r"\b(not|never|nicht|pas|no|kein\w*|sin|sans)\b")


def endings(
    sheet: Sheet,
    answers: Answers,
    context: "Context",
    formats: Mapping[str, Any],
    said: Mapping[str, str | None],
    facts: "Facts",
) -> None:
    """Which days are planned ones, and how the pairs that have ended did: by a column of reasons, else asked once. said: `table.column` to the heading that its owner named."""
    named = {name.removeprefix("pairs."): header for name, header in said.items() if header and name in OF_PAIRS}
    found = {**recognised("pairs", sheet.header), **named}
    began, ended = found.get("actual_start_date"), found.get("actual_end_date")
    if began and "planned_start_date" not in found and _lies_ahead(sheet, began, formats, context.today, whole=True):
        facts.columns |= {"pairs.actual_start_date": None, "pairs.planned_start_date": began}
        facts.notes.append(f"“{began}” holds days that are all still to come, so it is read as the planned start")
    if ended is not None and _lies_ahead(sheet, ended, formats, context.today):
        facts.columns |= {"pairs.actual_end_date": None, "pairs.planned_end_date": ended}
        facts.notes.append(f"“{ended}” holds days that are still to come, so it is read as the planned end")
        ended = None
    if "status" in found:
        return
    if ended is not None and not formats.get(ended):
        ended = None  # nothing in it can be read, so it tells of no end
    left = leaving_columns(sheet, found.values())
    _how_they_ended(sheet, answers, ended, found.get("close_reason"), formats, left, facts)
    with_broken_off(sheet, left, ended, formats, facts)


def _how_they_ended(
    sheet: Sheet,
    answers: Answers,
    ended: str | None,
    reason: str | None,
    formats: Mapping[str, Any],
    left: Sequence[str],
    facts: "Facts",
) -> None:
    """The state of pairs by their last day and by a column of reasons, else asked once. left: columns that mark those who broke off, who aren't asked about."""
    nothing = _no_days(sheet, ended, formats[ended]) if ended is not None else []
    if ended is None or sheet.values(ended).is_in(nothing).all():
        facts.constants["pairs.status"] = "active"
        return
    if reasons := _reasons(sheet, reason, answers, facts):
        facts.specs["pairs.status"] = {"from": reason, "map": reasons, "default": "active"}
        return
    count = _ended_otherwise(sheet, ended, nothing, left)
    if not count:
        facts.specs["pairs.status"] = {"from": ended, "filled": "cancelled", "default": "active"}
        return
    question = Question(
        f"{sheet.key}|ended|{ended}",
        f"{count:,} {'pair has' if count == 1 else 'pairs have'} a date in “{ended}”. Did {'it' if count == 1 else 'they'} end as planned?",
        (
            Option("completed", "Yes, they ran as long as planned"),
            Option("cancelled", "No, they stopped early"),
            Option(
                "active",
                "Some of each, or nobody wrote it down",
                "Completed and broken-off pairs can’t be told apart then",
            ),
        ),
        "No column says how a pair ended."
        if reason is None
        else f"“{reason}” says it in more than {MOST_REASONS} ways.",
    )
    facts.questions.append(question)
    state = question.answer(answers) or "active"
    facts.specs["pairs.status"] = {
        "from": ended,
        **({"null": nothing} if nothing else {}),
        "filled": state,
        "default": "active",
    }


def _ended_otherwise(sheet: Sheet, ended: str, nothing: Sequence[str], left: Sequence[str]) -> int:
    """How many pairs have a last day and no mark that they broke off."""
    rows = sheet.rows.filter(pl.col(ended).str.strip_chars().replace("", None).is_not_null())
    rows = rows.filter(~pl.col(ended).str.strip_chars().is_in(list(nothing)))
    for name in left:
        rows = rows.filter(~pl.col(name).fill_null("").str.strip_chars().is_in(marks(sheet, name)))
    return rows.height


def _reasons(sheet: Sheet, header: str | None, answers: Answers, facts: "Facts") -> dict[str, str]:
    """A column's reasons to how a pair ended by them; those that don't say are asked about. Empty where there is no such column, or it holds sentences."""
    words = sheet.values(header).unique().sort().to_list() if header else []
    if not words or len(words) > MOST_REASONS:
        return {}
    found = {}
    for word in words:
        ended = _ended_by(word)
        if ended is None:
            question = Question(
                f"{sheet.key}|reason|{header}|{word}",
                f"Did pairs with “{word}” in “{header}” end as planned?",
                (
                    Option("completed", "Yes, they ran as long as planned"),
                    Option("cancelled", "No, they stopped early"),
                    Option("active", "Nobody knows", "They count as neither"),
                ),
            )
            facts.questions.append(question)
            ended = question.answer(answers) or "active"
        found[word] = ended
    return found


def _ended_by(reason: str) -> str | None:
    plain = folded(reason)
    planned, early = bool(_AS_PLANNED.search(plain)) and not _NOT.search(plain), bool(_EARLY.search(plain))
    return None if planned == early else "completed" if planned else "cancelled"


def _no_days(sheet: Sheet, header: str, written: str | Sequence[str]) -> list[str]:
    """The cells of a column of days in which no day stands: words for none, and what none of its patterns reads."""
    values = sheet.values(header).unique()
    patterns = [one for one in ([written] if isinstance(written, str) else written) if "%" in one]
    read = [values.filter(read_by(values, one).is_not_null()) for one in patterns]
    unread = values.filter(~values.is_in(pl.concat(read).implode())) if read else values.clear()
    return sorted({*nothing_written(values), *unread})


def _lies_ahead(sheet: Sheet, header: str, formats: Mapping[str, Any], today: date, *, whole: bool = False) -> bool:
    """Whether a day of a column is still to come; whole: whether all are."""
    given = formats.get(header)
    patterns = [given] if isinstance(given, str) else list(given or [])
    values = sheet.values(header)
    values = values.filter(~values.is_in(nothing_written(values)))
    days = [read_by(values, one).dt.date().drop_nulls() for one in patterns if "%" in one]
    ahead = [day > today for one in days for day in one]
    return bool(ahead) and (all(ahead) if whole else any(ahead))
