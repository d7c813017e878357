"""The tables in the files that people drop: each tab of a workbook by itself, bounded in size before anything is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import polars as pl

from pipelines.first_hour.examples import EXPLANATIONS, MARK, is_example
from pipelines.sources.cleaning import LINE, TOTAL
from pipelines.sources.mapped_files.file_layout import Layout, layout_of
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.spreadsheets import sheet_names
from pipelines.sources.struck_rows import struck_rows
from pipelines.sources.workbooks import SheetOf
from pipelines.sources.workbooks import sheets_of as workbook_sheets

LARGEST = 50 * 1024 * 1024
MOST_FILES = 30
READ = (".csv", ".tsv", ".txt", ".xlsx")


@dataclass(frozen=True)
class Sheet:
    """One table of one file. tab: None for a text file. today: the day on which it is looked at. without_struck: whether rows that are struck through are left out."""

    file: SourceFile
    tab: str | None
    layout: Layout
    today: date = field(default_factory=date.today)
    without_struck: bool = False

    @property
    def key(self) -> str:
        """What answers about it are kept under."""
        return f"{self.file.name}|{self.tab or ''}"

    @property
    def title(self) -> str:
        """What it is called on the page: the tab, or the file."""
        return self.tab or self.file.name

    @property
    def header(self) -> list[str]:
        return self.layout.header

    @property
    def own_names(self) -> set[str]:
        """The headings as the file has them; one that stands a second time has been given a number."""
        names = self.layout.text.header
        return {name for name in names if not any(name.startswith(f"{other} (") for other in names)}

    @property
    def rows(self) -> pl.DataFrame:
        """The records as they stand below the header, texts."""
        return self._records.select(self.header)

    @cached_property
    def _records(self) -> pl.DataFrame:
        """The rows that may be people, pairs or answers: no totals, no examples of a template."""
        rows = self.layout.text.rows
        marked = [pl.col(name).str.strip_chars().str.starts_with(MARK).fill_null(value=False) for name in self.header]
        totals = [
            pl.col(name).str.strip_chars().is_in(cells).fill_null(value=False) for name, cells in self.totals.items()
        ]
        kept = rows.filter(~pl.any_horizontal(*marked, *totals))
        return kept.filter(~pl.col(LINE).is_in(self._struck_lines)) if self.without_struck else kept

    def values(self, header: str) -> pl.Series:
        """The filled cells of a column, trimmed, totals left out."""
        return self._records[header].str.strip_chars(" \t\u00a0\r").replace("", None).drop_nulls()

    @cached_property
    def struck(self) -> list[str]:
        """What stands first in each record that is struck through in its workbook."""
        rows = self.layout.text.rows.filter(pl.col(LINE).is_in(self._struck_lines)).select(self.header)
        return [next((cell for cell in row if cell), "") for row in rows.iter_rows()]

    @cached_property
    def _struck_lines(self) -> list[int]:
        if self.tab is None:
            return []
        sheet = workbook_sheets(self.file).get(self.tab, SheetOf(self.tab))
        return [place + 1 for place in struck_rows(self.file, sheet)]

    @property
    def around(self) -> list[str]:
        """What stands above and between the records and is none, in words."""
        lines = self.layout.text.rows[LINE]
        first, last = min(lines.to_list()), max(lines.to_list())
        blank = last - first + 1 - lines.n_unique()
        above = (
            ["what stands above the headings"] if first > 2 + int(self.layout.entry.get("header_rows", 1)) - 1 else []
        )
        is_workbook = self.tab is not None  # records of a text file may span lines
        return above + ([f"{blank:,} blank {'row' if blank == 1 else 'rows'}"] if blank and is_workbook else [])

    @cached_property
    def totals(self) -> dict[str, list[str]]:
        """Header to the cells in it that say that their line is a total; the leftmost only."""
        for name in self.header[:3]:
            cells = self.layout.text.rows[name].str.strip_chars()
            found = cells.filter(cells.str.contains(TOTAL) & ~cells.str.contains(r"^\d")).unique().to_list()
            if found:
                return {name: sorted(found)}
        return {}

    @cached_property
    def examples(self) -> int:
        """How many rows are the examples of a template that nobody has taken out."""
        return sum(is_example(row) for row in self.layout.text.rows.select(self.header).iter_rows())


@dataclass(frozen=True)
class Unread:
    """A file or tab that can't be used, and why, with what to do."""

    file: str
    tab: str | None
    words: str


def check_size(name: str, size: int, files: int = 0) -> None:
    """Raise `SourceRefused` for a file that is too large, of another kind, or one too many."""
    if not name.lower().endswith(READ):
        raise SourceRefused(f"{name}: CSV and XLSX are read here. Next step: open it and save it as .xlsx or .csv.")
    if size > LARGEST:
        raise SourceRefused(
            f"{name} is larger than {LARGEST // 1024**2} MB. Next step: split it by year, or let an engineer load its folder (docs/sources/files.md)."
        )
    if files >= MOST_FILES:
        raise SourceRefused(
            f"{name}: {MOST_FILES} files are read here at most. Next step: put exports of the same kind into one file."
        )


def sheets_of(file: SourceFile, today: date | None = None) -> Iterator[Sheet | Unread]:
    """Every table of `file` as of `today`; a tab that holds none is left out in silence only where it is empty or explains a template."""
    try:
        tabs: list[str | None] = list(sheet_names(file)) if file.name.lower().endswith(".xlsx") else [None]
    except SourceRefused as refused:
        yield Unread(file.name, None, str(refused))
        return
    for tab in tabs:
        if tab == EXPLANATIONS:
            continue
        found = _sheet(file, tab)
        if isinstance(found, Sheet) and today is not None:
            found = replace(found, today=today)
        if found is not None:
            yield found


def _sheet(file: SourceFile, tab: str | None) -> Sheet | Unread | None:
    try:
        layout = layout_of(file, sheet=tab)
    except SourceRefused as refused:
        return None if tab is not None and _is_empty(file, tab) else Unread(file.name, tab, str(refused))
    except (IndexError, pl.exceptions.PolarsError):  # a sheet of one cell has no table
        return None
    if len(layout.header) < 2 or layout.text.rows.is_empty():
        return None if tab is not None and layout.text.rows.is_empty() else _no_table(file, tab, layout)
    sheet = Sheet(file, tab, layout)
    if {"sourcedid", "givenname"} <= {name.casefold() for name in layout.header}:
        return Unread(file.name, tab, f"{sheet.title} is a register in the form of OneRoster, which says itself who is a student. Next step: let an engineer load its folder (docs/sources/files.md), or save the columns name, e-mail, role and first day as a list of your own.")  # fmt: skip
    if _has_import_ids(layout):
        return Unread(file.name, tab, f"{sheet.title} is an export of Qualtrics, with three rows of headings. Next step: copy the questions of its second row over the first, delete the second and third, and drop it again; or let an engineer load it as it is (docs/sources/surveys.md).")  # fmt: skip
    if sheet.examples and sheet.rows.is_empty():
        return Unread(
            file.name,
            tab,
            f"{sheet.title} of {file.name} holds the template’s examples only. Next step: write your own rows below them, save it and drop it again.",
        )
    return sheet


def _has_import_ids(layout: Layout) -> bool:
    """Whether the rows begin with the texts of questions and Qualtrics' own ids of them."""
    return any('"ImportId"' in str(cell) for row in layout.text.rows.head(2).iter_rows() for cell in row)


def _no_table(file: SourceFile, tab: str | None, layout: Layout) -> Unread | None:
    if len(layout.header) < 2 and tab is not None:
        return None  # a cover or a note
    what = "has a header and no row below it" if layout.text.rows.is_empty() else "holds one column only"
    return Unread(file.name, tab, f"{tab or file.name} {what}. Next step: export it again with its rows and columns.")


def _is_empty(file: SourceFile, tab: str) -> bool:
    import fastexcel

    try:
        cells = fastexcel.read_excel(file.data).load_sheet(tab, header_row=None, dtypes="string").to_polars()
    except Exception:  # the reader raises its own and Arrow's errors, for a chart sheet too
        return True
    return cells.is_empty() or max(len([c for c in row if c and c.strip()]) for row in cells.iter_rows()) < 2
