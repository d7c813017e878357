"""How an unknown file is laid out: separator, encoding, decimal mark, sheet, and the line that holds the headers. What isn't certain is refused, not guessed."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.conversions import Reading
from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.delimited_head import HEADER_WITHIN, refuse_wide
from pipelines.sources.mapped_files.header_row import header_row
from pipelines.sources.mapped_files.header_words import folded, known_names
from pipelines.sources.mapped_files.numbered_people import gathered, joined_names, put_together
from pipelines.sources.mapped_files.older_encodings import NAMES, older_encoding
from pipelines.sources.parquet import read_parquet
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.spreadsheets import read_spreadsheet, sheet_names
from pipelines.sources.text_encodings import SAMPLE, decode, utf_16_of
from pipelines.sources.text_lines import lines_of

DELIMITERS = (",", ";", "\t", "|")
ANSWERS_BELOW = frozenset("response|open ended response|antwort|offene antwort|reponse|reponse ouverte|respuesta|respuesta abierta|risposta|risposta aperta|antwoord|open antwoord|resposta".split("|"))  # fmt: skip
"""What SurveyMonkey writes below a question."""
LOOKED_AT = 200  # lines that decide the delimiter
_REPEATED = re.compile(r" \(\d+(\.\d+)?\)$")
"""The end of a name that stands a second time."""
ALIKE = 0.9  # share of lines that the separator must split alike


@dataclass(frozen=True)
class Layout:
    """A file as text, the `format:` and the words of its entry under which it was read, and in words what was taken for granted. above: cells of the line above the headers."""

    text: DelimitedText
    form: dict[str, Any]
    entry: dict[str, Any] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    above: tuple[str, ...] = ()

    @property
    def groups(self) -> dict[str, str]:
        """Header to what stands over it in the line above, as far as that reaches: `Mentee` over `Name` and `E-mail`; nothing where no name stands twice, since a title groups nothing."""
        names = list(self.text.header)
        told = [cell.strip() for cell in self.above]
        if sum(map(bool, told)) < 2 or not any(_REPEATED.search(name) for name in names):
            return {}
        found: dict[str, str] = {}
        group = ""
        for name, cell in zip(names, told, strict=False):
            group = cell or group
            if group and name in self.text.rows.columns and not name.startswith("__unnamed_"):
                found[name] = group
        return found

    @property
    def header(self) -> list[str]:
        """The columns' names."""
        return [name for name in self.text.rows.columns if name not in (LINE, RAW)]


def layout_of(file: SourceFile, *, delimiter: str | None = None, sheet: str | None = None) -> Layout:
    """The layout of `file`. Raises `SourceRefused` where it is empty, no text, or its separator isn't certain."""
    return _with_people_together(_layout_of(file, delimiter, sheet))


def _with_people_together(layout: Layout) -> Layout:
    """First and family names of a role, and columns that number its people, become one column."""
    together = {"join": joined_names(layout.header, layout.groups), "gather": gathered(layout.header)}
    entry = {word: columns for word, columns in together.items() if columns}
    if not entry:
        return layout
    reading = Reading(header=layout.header, file=layout.text.file, system="")
    text = replace(layout.text, rows=put_together(layout.text.rows, entry, reading))
    notes = [
        f"{', '.join(map(repr, parts))} are read as one column, {name!r}"
        for columns in entry.values()
        for name, parts in columns.items()
    ]
    return replace(layout, text=text, entry={**layout.entry, **entry}, taken=[*layout.taken, *notes])


def _layout_of(file: SourceFile, delimiter: str | None, sheet: str | None) -> Layout:
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    name = file.name.lower()
    if name.endswith(".parquet"):
        return Layout(read_parquet(file), {"kind": "parquet"})
    if name.endswith(".xlsx"):
        return _of_spreadsheet(file, sheet)
    if name.endswith((".xls", ".xlsm", ".xlsb", ".ods", ".numbers")):
        raise SourceRefused(
            f"{file.name}: only CSV, XLSX and Parquet are read. Next step: open it and save it as .xlsx or as CSV in UTF-8."
        )
    if b"\x00" in file.data[:SAMPLE] and utf_16_of(file.data) is None:
        raise SourceRefused(
            f"{file.name} holds zero bytes, so it is no text (or broken). Next step: export it again as CSV in UTF-8, XLSX or Parquet."
        )
    return _of_text(file, delimiter)


def _of_spreadsheet(file: SourceFile, sheet: str | None) -> Layout:
    sheets = sheet_names(file)
    chosen = sheet or _first_filled(file, sheets)
    rows = _top_rows(file, chosen)
    at = header_row(rows)
    names = [name.strip() for name in rows[at] if name and name.strip()]
    text = read_spreadsheet(file, required=tuple(dict.fromkeys(names)), sheet=chosen)
    others = ", ".join(name for name in sheets if name != chosen)
    taken = [f"the sheet {chosen!r} is read; the others ({others}) aren't: see --sheet"] if others else []
    form = {"kind": "xlsx", **({"sheet": chosen} if len(sheets) > 1 or sheet else {})}
    return Layout(text, form, {}, taken, tuple(rows[at - 1]) if at else ())


def _first_filled(file: SourceFile, sheets: Sequence[str]) -> str:
    """The first sheet whose top looks like a table, else the first: covers and notes have one column."""
    tables = (name for name in sheets if max((len(_filled(row)) for row in _top_rows(file, name)), default=0) > 1)
    return sheets[0] if len(sheets) == 1 else next(tables, sheets[0])


def _top_rows(file: SourceFile, sheet: str) -> list[list[str]]:
    """The rows among which the headers stand, empty ones left out. Raises `SourceRefused` for an empty sheet."""
    text = read_spreadsheet(file, sheet=sheet, keep_unnamed=True)
    names = ["" if name.startswith("__unnamed_") else name for name in text.header]
    values = text.rows.drop(LINE, RAW).head(HEADER_WITHIN - 1).rows()
    return [names, *([value or "" for value in row] for row in values)]


def _filled(row: Sequence[str]) -> list[str]:
    return [value for value in row if value.strip()]


def _of_text(file: SourceFile, delimiter: str | None) -> Layout:
    taken: list[str] = []
    form: dict[str, Any] = {"kind": "csv"}
    if utf_16_of(file.data) is None and not _is_utf_8(file.data):
        form["encoding"] = older_encoding(file.data)
        taken.append(
            f"the file isn't UTF-8 and is read as {NAMES[form['encoding']]}; if names look wrong, correct `encoding:`"
        )
    form["delimiter"] = delimiter or certain_delimiter(file, form.get("encoding"))
    lines = lines_of(decode(file, form.get("encoding")))
    header_at, header = header_line(lines, form["delimiter"])
    text = read_delimited(file, required=header, delimiter=form["delimiter"], encoding=form.get("encoding"))
    if header_at:
        taken.append(f"line {header_at + 1} holds the headers; what stands above it is left out")
    above = next(csv.reader([lines[header_at - 1]], delimiter=form["delimiter"]), []) if header_at else []
    layout = Layout(text, form, {}, taken, tuple(above))
    return _with_second_header(layout, file)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def header_line(lines: Sequence[str], delimiter: str) -> tuple[int, list[str]]:
    """Index and names of the line that holds the headers."""
    split = [next(csv.reader([line], delimiter=delimiter), []) for line in lines[:HEADER_WITHIN]]
    at = header_row(split)
    return at, [field.replace("\ufeff", "").strip() for field in split[at] if field.strip()]


def _with_second_header(layout: Layout, file: SourceFile) -> Layout:
    """A first row without a single digit, where some column has digits in all others, explains the headers: it is no record."""
    rows = layout.text.rows
    if rows.height < 4:
        return layout
    first, others = rows.select(layout.header).row(0), rows.slice(1)
    filled = [(name, value) for name, value in zip(layout.header, first, strict=True) if value and value.strip()]
    digits = any(character.isdigit() for _, value in filled for character in value)
    told = [name for name, _ in filled if others[name].drop_nulls().str.contains(r"\d").mean() == 1.0]
    explains = bool(told) or _lacks_what_all_others_have(layout.header, first, others)
    if digits or not filled or not explains:
        return layout
    form = layout.form
    again = read_delimited(
        file, required=layout.header, delimiter=form["delimiter"], encoding=form.get("encoding"), header_rows=2
    )
    note = f"line {rows[LINE][0]} is a second row of headers, no record ({layout.header[0]!r}: {first[0]!r})"
    return replace(layout, text=again, entry={"header_rows": 2}, taken=[*layout.taken, note])


def _lacks_what_all_others_have(header: Sequence[str], first: Sequence[str | None], others: pl.DataFrame) -> bool:
    """Whether a row says that answers stand below it (SurveyMonkey's `Response`), and is empty in two columns or more that every other row fills."""
    if not any(folded(value or "") in ANSWERS_BELOW for value in first):
        return False
    empty = [name for name, value in zip(header, first, strict=True) if not (value and value.strip())]
    return sum(others[name].str.strip_chars().replace("", None).null_count() == 0 for name in empty) >= 2


def certain_delimiter(file: SourceFile, encoding: str | None = None) -> str:
    """The only separator that splits nearly all lines alike into several fields. Raises `SourceRefused` where there is none, or more than one.

    Lines that it doesn't split at all are titles and notes; they don't speak against it as long as most lines are split.
    """
    every = [line for line in lines_of(decode(file, encoding))[:LOOKED_AT] if line.strip()]
    refuse_wide(
        file.name, max((line.count(mark) + 1 for line in every[:HEADER_WITHIN] for mark in DELIMITERS), default=0)
    )
    plain = [line for line in every if '"' not in line]
    fitting, said = [], []
    for delimiter in DELIMITERS:
        if len(plain) >= 2:
            counts = [line.count(delimiter) for line in plain]
        else:
            counts = [len(fields) - 1 for fields in csv.reader(every, delimiter=delimiter)]
        split = [count for count in counts if count > 0]
        usual = max(set(split), key=split.count, default=0)
        counts = counts[min(counts.index(usual) if usual else 0, HEADER_WITHIN) :]  # titles stand above the headers
        split = [count for count in counts if count > 0]
        if split and len(split) >= len(counts) / 2:
            said.append(f"{delimiter!r} splits {split.count(usual)} of {len(counts)} into {usual + 1}")
            if split.count(usual) >= ALIKE * len(split):
                fitting.append(delimiter)
    named = [delimiter for delimiter in fitting if known_names(header_line(every, delimiter)[1])]
    if len(fitting) > 1 and len(named) == 1:  # `1234,50` stands in every line, but only `;` parts names that are known
        return named[0]
    if len(fitting) != 1:
        found = (
            f"no separator splits its lines into equally many fields ({'; '.join(said) or 'none splits most of them'})"
            if not fitting
            else f"{' and '.join(map(repr, fitting))} both split its lines alike"
        )
        raise SourceRefused(
            f"{file.name}: {found}. Next step: name it, for example --delimiter ';' (nothing is guessed), or export the file again."
        )
    return fitting[0]


def thousands_doubt(values: pl.Series) -> tuple[str, str] | None:
    """The mark that may be one of thousands or of decimals (`1.234`), and a number with it; None where the numbers leave no doubt."""
    for mark in (".", ","):
        other = "," if mark == "." else "."
        marked = values.filter(values.str.contains(mark, literal=True))
        grouped = marked.str.contains(rf"^-?[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+$")
        if marked.len() and grouped.all() and not values.str.contains(other, literal=True).any():
            return mark, str(marked[0])
    return None


def both_marks(values: pl.Series) -> dict[str, str]:
    """The marks of thousands and decimals, where a number has both (`1.234,50`)."""
    for thousands, decimal in ((".", ","), (",", ".")):
        if values.str.contains(rf"\d{re.escape(thousands)}\d{{3}}{re.escape(decimal)}\d").any():
            return {"thousands": thousands, "decimal": decimal}
    return {}


def decimal_mark(values: pl.Series) -> str | None:
    """`,` where numbers are written with a comma and none with a point; None where it can't be told or is the usual point."""
    if thousands_doubt(values) is not None:
        return None
    comma = values.str.contains(r"^-?\d+,\d+$").any()
    point = values.str.contains(r"^-?\d+\.\d+$").any()
    return "," if comma and not point else None
