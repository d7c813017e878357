"""What stands before the records of a delimited file: its separator, its header among titles, and names that tell columns apart."""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.sources.cleaning import clean_name
from pipelines.sources.delimited_records import next_record
from pipelines.sources.records import Finding, SourceRefused

HEADER_WITHIN = 20  # lines in which the header must stand; exports begin with titles, not with chapters
FIRST_RECORDS = 4  # lines by which a separator at the end of every record is told
MOST_COLUMNS = 16_384  # as many as a spreadsheet has
SEPARATORS = (",", ";", "\t", "|")


def normalised(name: str) -> str:
    """A header name for comparison: NFKC, without invisible marks, blanks collapsed, case folded."""
    return unicodedata.normalize("NFKC", clean_name(name)).casefold()


@dataclass(frozen=True)
class Head:
    """What stands before the records: the separator, unique names, further header rows, the index of the first line after them. ends: records end with a separator more than the header."""

    delimiter: str
    names: list[str]
    more: tuple[tuple[str, ...], ...]
    body: int
    ends: bool = False

    @property
    def width(self) -> int:
        """Fields of a record."""
        return len(self.names) + self.ends


def head_of(
    file: str,
    lines: list[str],
    findings: list[Finding],
    *,
    required: Sequence[str],
    delimiter: str | None,
    header_rows: int,
) -> Head:
    """The head of a file of these lines. Raises `SourceRefused` where a required column is missing."""
    first = 0
    if re.fullmatch(r'"?sep=(.)"?', lines[0].strip(" ")):  # Excel's own hint; it may name a tab
        delimiter = lines[0].strip(" ").strip('"')[4:]
        first = 1
    delimiter = declared_separator(file, delimiter) if delimiter else _separator(file, lines, first, required, findings)
    header_at, header = _find_header(file, lines, first, delimiter, required)
    headers, body = [header], next_record(lines, header_at, delimiter)[1]
    for _ in range(header_rows - 1):
        fields, body = next_record(lines, body, delimiter)
        headers.append(fields or [])
    refuse_wide(file, len(headers[0]))
    kept, ends = _agreed(headers[0], _first_records(lines, body, delimiter))
    names = unique_names(headers[0][:kept], file, findings)
    return Head(delimiter, names, tuple(tuple(h[:kept]) for h in headers[1:]), body, ends)


def refuse_wide(file: str, columns: int) -> None:
    """Raise `SourceRefused` where a header has more columns than any table."""
    if columns > MOST_COLUMNS:
        raise SourceRefused(
            f"{file} has a header of {columns:,} columns, more than {MOST_COLUMNS:,}. Next step: export a table with a line a record."
        )


def declared_separator(file: str, delimiter: str) -> str:
    """A declared separator. Raises `SourceRefused` where it can be none."""
    named = {"\\t": "\t", "tab": "\t"}.get(delimiter.lower(), delimiter)
    if len(named) != 1 or named in '"\r\n\0':
        raise SourceRefused(
            f"{file}: {delimiter!r} can't separate fields (`delimiter:`): it takes one character, and no quotation mark. Next step: correct it in the mapping, or export with commas or semicolons."
        )
    return named


def _first_records(lines: list[str], body: int, delimiter: str) -> list[list[str]]:
    """The first few records as they are split, whatever their width."""
    found: list[list[str]] = []
    for at in range(body, min(body + FIRST_RECORDS, len(lines))):
        fields = next_record(lines, at, delimiter)[0] if lines[at].strip() else None
        found += [fields] if fields and any(map(str.strip, fields)) else []
    return found


def _agreed(header: list[str], records: Sequence[list[str]]) -> tuple[int, bool]:
    """How many names of the header are columns, and whether records end with a separator more. Programs write one behind every record, or behind the header alone: nothing stands there, so no field has moved.

    The first few records must all say so; later ones that don't are rejected for their width.
    """
    widths = {len(fields) for fields in records}
    if len(widths) != 1:
        return len(header), False
    width = widths.pop()
    if 1 < width < len(header) and not any(header[width:]):
        return width, False
    return len(header), width == len(header) + 1 and not any(fields[-1].strip() for fields in records)


def _separator(file: str, lines: list[str], first: int, required: Sequence[str], findings: list[Finding]) -> str:
    """A comma, unless another separator alone parts the required names: then that one, and it is told."""
    if not required or _stands(lines, first, SEPARATORS[0], required):
        return SEPARATORS[0]
    fitting = [separator for separator in SEPARATORS[1:] if _stands(lines, first, separator, required)]
    if len(fitting) != 1 or (len(required) == 1 and not any(fitting[0] in line for line in lines[:HEADER_WITHIN])):
        return SEPARATORS[0]
    detail = f"its fields are separated by {fitting[0]!r}; declare it as `delimiter:`"
    findings.append(Finding("separator_found", "", file, detail))
    return fitting[0]


def _stands(lines: list[str], first: int, separator: str, required: Sequence[str]) -> bool:
    wanted = {normalised(name) for name in required}
    for index in range(first, min(first + HEADER_WITHIN, len(lines))):
        fields = next_record(lines, index, separator)[0] or []
        if wanted <= {normalised(field) for field in fields}:
            return True
    return False


def _find_header(
    file: str, lines: list[str], first: int, delimiter: str, required: Sequence[str]
) -> tuple[int, list[str]]:
    wanted = {normalised(name): name for name in required}
    best: tuple[int, int, set[str]] | None = None
    for index in range(first, min(first + HEADER_WITHIN, len(lines))):
        fields = next_record(lines, index, delimiter)[0]
        if fields is None or not any(field.strip() for field in fields):
            continue
        present = {normalised(field) for field in fields}
        if wanted.keys() <= present:
            return index, [clean_name(field) for field in fields]
        hits = len(wanted.keys() & present)
        if best is None or hits > best[1]:
            best = (index, hits, present)
    missing = [name for key, name in wanted.items() if best is None or key not in best[2]]
    where = f"line {best[0] + 1} comes nearest to a header" if best else "it has no header"
    columns = ", ".join(repr(name) for name in missing) or "a header"
    raise SourceRefused(
        f"{file}: required column {columns} is missing in the first {HEADER_WITHIN} lines ({where}; fields separated by {delimiter!r}). "
        "Next step: export the file with that column, or correct the name or the delimiter in the mapping file."
    )


def unique_names(header: list[str], file: str, findings: list[Finding]) -> list[str]:
    """Header names made unique; a nameless column keeps a placeholder and is never read."""
    names: dict[str, None] = {}
    taken = set(header)
    for position, name in enumerate(header, start=1):
        unique = name or f"__unnamed_{position}"
        if unique in names:
            unique = next(made for made in _numbered(name, position) if made not in names and made not in taken)
            findings.append(
                Finding("repeated_column", "", f"{file}: {name}", f"a second column of the name is read as {unique!r}")
            )
        names[unique] = None
    return list(names)


def _numbered(name: str, position: int) -> Iterator[str]:
    """`Name (4)`, and other numbers where a column is called so itself."""
    yield f"{name} ({position})"
    for number in itertools.count(2):
        yield f"{name} ({position}.{number})"
