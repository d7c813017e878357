"""A strict reader of delimited text: bytes in, columns of text out, with the line number and the raw text of each row.

Nothing is sniffed and nothing is padded: a sniffer that meets one short row may see one column in the whole file, without an error. A row with the wrong number of fields is a reject.
Lines without a quotation mark, nearly all of them, are split by Polars; the rest by Python's `csv`, so that
quoted fields over several lines work and an unclosed quotation mark costs one row, not the rest of the file.
"""

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW, clean_name, tidied
from pipelines.sources.disguises import disguise
from pipelines.sources.lists_below import list_below
from pipelines.sources.records import REJECT_SCHEMA, Finding, SourceFile, SourceRefused, rejected, rejects_frame

HEADER_WITHIN = 20  # lines in which the header must stand; exports begin with titles, not with chapters
MAX_RECORD_LINES = 500  # a quoted field longer than this is an unclosed quotation mark
LONGEST_LINE = 16 << 20  # characters; no export has a longer record, and a file that is one line is no table
MOST_COLUMNS = 16_384  # as many as a spreadsheet has
SEPARATORS = (",", ";", "\t", "|")
CHUNK = 20_000  # quoted lines read at once: few enough that Python's lists stay small
SAMPLE = 4096  # bytes that tell UTF-16 apart
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_Record = tuple[int, list[str] | None, str]
_MOJIBAKE_MARKS = ("Â", "Ã", "â€")
_MOJIBAKE = re.compile(
    "[ÂÃ][\u0080-\u00bf\u0192\u201e\u2026\u2030\u0160\u0152\u017d\u0178\u02dc\u201c\u201d\u2013\u2014\u02c6\u0161\u0153\u017e\u2122\u203a\u20ac]|â€."
)

csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class DelimitedText:
    """A file as text: `rows` has a text column per header name plus `__line` (1-based) and `__raw`. below: filled lines of other lists below the records.

    day_zero: the day from which a workbook counts its days; None for the usual one.
    """

    file: str
    header: tuple[str, ...]
    more_headers: tuple[tuple[str, ...], ...]
    rows: pl.DataFrame
    rejects: pl.DataFrame
    findings: list[Finding]
    below: int = 0
    day_zero: date | None = None


def normalised(name: str) -> str:
    """A header name for comparison: NFKC, without invisible marks, blanks collapsed, case folded."""
    return unicodedata.normalize("NFKC", clean_name(name)).casefold()


def encodings(declared: str | None) -> list[str]:
    """What is tried in turn on bytes that aren't UTF-16."""
    return ["utf-8-sig", *([declared] if declared else []), "cp1252"]


def utf_16_of(data: bytes) -> str | None:
    """The kind of UTF-16 in which bytes are written, by their mark, or by the zero bytes that nearly every letter has there; None for all else."""
    if data[:2] in UTF_16_MARKS:
        return "utf-16"
    start = data[:SAMPLE]
    even, odd = start[::2].count(0), start[1::2].count(0)
    mostly, hardly = 0.8 * len(start) / 2, 0.05 * len(start)
    if odd > mostly and even < hardly:
        return "utf-16-le"
    return "utf-16-be" if even > mostly and odd < hardly else None


def decode(file: SourceFile, encoding: str | None = None) -> str:
    """Text of `file`: UTF-8 strictly (a BOM is dropped), UTF-16 by its BOM or its zero bytes, the declared encoding, then cp1252."""
    data = file.data
    utf_16 = utf_16_of(data)
    what = disguise(data)
    if what is not None:
        raise SourceRefused(
            f"{file.name} is {what} by its content. Next step: export it again as CSV, or give it its own ending."
        )
    for candidate in [utf_16] if utf_16 else encodings(encoding):
        try:
            return data.decode(candidate)
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise SourceRefused(
                f"{file.name}: the mapping names an unknown encoding {candidate!r}. Next step: write one that Python knows, for example cp1252."
            ) from None
    tried = dict.fromkeys([utf_16] if utf_16 else ["UTF-8", *encodings(encoding)[1:]])
    raise SourceRefused(
        f"{file.name} is not text in {' or '.join(map(str, tried))}: its letters are written in another way. Next step: export it again as CSV in UTF-8, or save it as XLSX."
    )


def assumed_encoding(file: str) -> Finding:
    """What is told of a text that isn't in Unicode and whose encoding nobody declared: letters of other parts of Europe would come out as others."""
    detail = "it isn't in UTF-8 and is read as cp1252 (western Europe); if names look wrong, export it in UTF-8 or declare its `encoding:`"
    return Finding("encoding_assumed", "", file, detail)


def is_unicode(data: bytes) -> bool:
    """Whether bytes are UTF-8 or UTF-16."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return utf_16_of(data) is not None
    return True


def refuse_long_line(file: str, longest: int) -> None:
    """Raise `SourceRefused` where a line is longer than any record."""
    if longest > LONGEST_LINE:
        raise SourceRefused(
            f"{file} has a line of more than {LONGEST_LINE >> 20} million characters, so it is no table. Next step: export it again as CSV with a line a record."
        )


def read_delimited(
    file: SourceFile,
    *,
    required: Sequence[str] = (),
    delimiter: str | None = None,
    encoding: str | None = None,
    header_rows: int = 1,
    keep_unnamed: bool = False,
    first_list: bool = False,
) -> DelimitedText:
    """Read `file`; the header is the first of 20 lines that holds all `required` names. delimiter: without it a comma, or what else parts the required names.

    first_list: another list below the records is counted (`below`), not split.

    Raises `SourceRefused` for an empty file, a missing required column or bytes that are no text.
    """
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    text = decode(file, encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(text) > LONGEST_LINE:
        refuse_long_line(file.name, max(map(len, lines)))
    findings = [] if encoding or is_unicode(file.data) else [assumed_encoding(file.name)]
    if has_mojibake(text):
        lines, repaired = _repaired(lines)
        findings.append(
            Finding(
                "mojibake",
                "",
                file.name,
                f"{repaired} lines held UTF-8 read as cp1252 and were repaired; the export needs it too",
            )
        )
    head = head_of(file.name, lines, findings, required=required, delimiter=delimiter, header_rows=header_rows)
    end = list_below(lines, head.body, len(lines), head.delimiter, len(head.names)) if first_list else None
    below = filled_lines(lines[end:]) if end is not None else 0
    rows, rejects = split_records(
        file.name, lines[:end], head.body, head.delimiter, head.names, keep_unnamed=keep_unnamed
    )
    return DelimitedText(file.name, tuple(head.names), head.more, rows, rejects, findings, below)


def filled_lines(lines: Sequence[str]) -> int:
    """How many lines aren't blank."""
    return sum(1 for line in lines if line.strip())


@dataclass(frozen=True)
class Head:
    """What stands before the records: the separator, unique names, further header rows, the index of the first line after them."""

    delimiter: str
    names: list[str]
    more: tuple[tuple[str, ...], ...]
    body: int


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
    delimiter = delimiter or _separator(file, lines, first, required, findings)
    header_at, header = _find_header(file, lines, first, delimiter, required)
    headers, body = [header], _next_record(lines, header_at, delimiter)[1]
    for _ in range(header_rows - 1):
        fields, body = _next_record(lines, body, delimiter)
        headers.append(fields or [])
    if len(headers[0]) > MOST_COLUMNS:
        raise SourceRefused(
            f"{file} has a header of {len(headers[0]):,} columns, more than {MOST_COLUMNS:,}. Next step: export a table with a line a record."
        )
    names = unique_names(headers[0], file, findings)
    return Head(delimiter, names, tuple(tuple(h) for h in headers[1:]), body)


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
        fields = _next_record(lines, index, separator)[0] or []
        if wanted <= {normalised(field) for field in fields}:
            return True
    return False


def has_mojibake(text: str) -> bool:
    """Whether UTF-8 was read as cp1252 somewhere before, so that `ü` stands there as `Ã¼`."""
    return any(mark in text for mark in _MOJIBAKE_MARKS) and _MOJIBAKE.search(text) is not None


def _repaired(lines: list[str]) -> tuple[list[str], int]:
    """Lines with `Ã¼` read as `ü` again, and how many changed. What isn't UTF-8 read as cp1252 stays."""

    def again(match: re.Match[str]) -> str:
        try:
            return match.group().encode("cp1252").decode("utf-8")
        except UnicodeError:
            return match.group()

    fixed = [_MOJIBAKE.sub(again, line) for line in lines]
    return fixed, sum(new != old for new, old in zip(fixed, lines, strict=True))


def _next_record(lines: list[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that begins at `start` and the index after it; None where its quotation mark never closes."""
    if start >= len(lines):
        return None, start
    if '"' not in lines[start]:
        return lines[start].split(delimiter), start + 1
    window = lines[start : start + MAX_RECORD_LINES]
    used = 0

    def feed() -> Iterator[str]:
        nonlocal used
        for line in window:
            used += 1
            yield line + "\n"

    try:
        fields = next(csv.reader(feed(), delimiter=delimiter, strict=True, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return None, start + 1
    return fields, start + used


def _find_header(
    file: str, lines: list[str], first: int, delimiter: str, required: Sequence[str]
) -> tuple[int, list[str]]:
    wanted = {normalised(name): name for name in required}
    best: tuple[int, int, set[str]] | None = None
    for index in range(first, min(first + HEADER_WITHIN, len(lines))):
        fields = _next_record(lines, index, delimiter)[0]
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


def split_records(
    file: str,
    lines: list[str],
    body: int,
    delimiter: str,
    names: list[str],
    before: int = 0,
    *,
    keep_unnamed: bool = False,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split `lines` from index `body` on into typed-as-text rows and rejects; `before`: lines of the file that precede `lines`."""
    width = len(names)
    parts: list[pl.DataFrame] = []
    rejects: list[dict[str, Any]] = []
    frame = pl.DataFrame({LINE: range(body + 1, len(lines) + 1), RAW: pl.Series(lines[body:], dtype=pl.String)})
    frame = frame.with_columns(pl.col(LINE).cast(pl.Int64))
    quoted = frame.filter(pl.col(RAW).str.contains('"', literal=True))
    consumed: list[int] = []
    if quoted.height:
        part, consumed = _split_quoted(file, quoted, lines, delimiter, names, rejects, before)
        parts.append(part)
    plain = frame.filter(pl.col(RAW).str.contains(rf"[^\s{re.escape(delimiter)}]"))  # a line of separators is empty
    if consumed:
        plain = plain.filter(~pl.col(LINE).is_in(consumed))
    separators = pl.col(RAW).str.count_matches(delimiter, literal=True)
    for row in plain.filter(separators != width - 1).iter_rows(named=True):
        rejects.append(_wrong_width(file, row[LINE] + before, row[RAW].count(delimiter) + 1, width, row[RAW]))
    good = plain.filter(separators == width - 1) if plain.height else plain
    fields = (
        good[RAW].str.split_exact(delimiter, width - 1).struct.rename_fields(names).struct.unnest()
        if width > 1
        else good.select(pl.col(RAW).alias(names[0]))
    )
    parts.append(pl.concat([fields, good], how="horizontal"))
    rows = pl.concat([p.select(*names, LINE, RAW) for p in parts]).sort(LINE) if len(parts) > 1 else parts[0]
    kept = [name for name in names if keep_unnamed or not name.startswith("__unnamed_")]
    rows = tidied(rows.select(*kept, pl.col(LINE) + before, RAW))
    return rows, rejects_frame(rejects) if rejects else pl.DataFrame(schema=REJECT_SCHEMA)


def _split_quoted(
    file: str,
    quoted: pl.DataFrame,
    lines: list[str],
    delimiter: str,
    names: list[str],
    rejects: list[dict[str, Any]],
    before: int,
) -> tuple[pl.DataFrame, list[int]]:
    """Rows of the records that hold a quotation mark, and the numbers of the lines that they take up.

    A line with an odd number of marks opens (or closes) a record of several lines and is read alone; the others go
    through one reader a chunk, and one by one only if that did not give a record a line.
    """
    odd = pl.col(RAW).str.count_matches('"', literal=True) % 2 == 1
    consumed: set[int] = set()
    parts: list[pl.DataFrame] = []
    alone: list[_Record] = []

    def read_alone(number: int) -> None:
        if number in consumed:
            return
        fields, end = _next_record(lines, number - 1, delimiter)
        consumed.update(range(number, end + 1))
        if fields is not None and _swallows(lines[number - 1 : end], delimiter, len(names)):
            rejects.extend(_swallowed(file, at + before, lines[at - 1]) for at in range(number, end + 1))
            return
        alone.append((number, fields, "\n".join(lines[number - 1 : end])))

    for number in quoted.filter(odd)[LINE].to_list():
        read_alone(number)
    single = [number for number in quoted.filter(~odd)[LINE].to_list() if number not in consumed]
    for start in range(0, len(single), CHUNK):
        numbers = single[start : start + CHUNK]
        texts = [lines[number - 1] for number in numbers]
        try:
            fields_of_all = list(csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error:
            fields_of_all = []
        if len(fields_of_all) == len(numbers):
            consumed.update(numbers)
            parts.append(_framed(file, list(zip(numbers, fields_of_all, texts, strict=True)), names, rejects, before))
        else:
            for number in numbers:
                read_alone(number)
    return pl.concat([*parts, _framed(file, alone, names, rejects, before)]), sorted(consumed)


def _swallows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a record of several lines holds a line that is a record itself: a quotation mark was left open, and the next one closed it.

    Such a line has the header's number of fields if quotation marks don't count, and begins like the record does (a number where that has one).
    """
    if width < 3:
        return False
    own = _shape(lines[0].partition(delimiter)[0])
    return any(line.count(delimiter) == width - 1 and _shape(line.partition(delimiter)[0]) == own for line in lines[1:])


def _shape(text: str) -> str:
    """A field with its digits as 9 and its letters as a, repeats once: `AB-1042` is `a-9`."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text.strip().strip('"')))


def _framed(
    file: str, records: list[_Record], names: list[str], rejects: list[dict[str, Any]], before: int
) -> pl.DataFrame:
    """The records of the header's width as a frame; the others are added to `rejects`."""
    width = len(names)
    good = [record for record in records if record[1] is not None and len(record[1]) == width]
    if len(good) < len(records):
        for number, fields, raw in records:
            if fields is None:
                rejects.append(_open_quote(file, number + before, raw))
            elif len(fields) != width:
                rejects.append(_wrong_width(file, number + before, len(fields), width, raw))
    columns = list(zip(*(record[1] or () for record in good), strict=True)) if good else [()] * width
    data = {name: pl.Series(name, column, dtype=pl.String) for name, column in zip(names, columns, strict=True)}
    data[LINE] = pl.Series([record[0] for record in good], dtype=pl.Int64)
    data[RAW] = pl.Series([record[2] for record in good], dtype=pl.String)
    return pl.DataFrame(data)


def _open_quote(file: str, line: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "quotation_mark",
        f"line {line} has a quotation mark that is not closed or stands inside a field",
        "double the quotation mark in the source and export again",
        raw,
    )


def _swallowed(file: str, line: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "quotation_mark",
        f"line {line} is part of a record that runs over several lines, one of which looks like a record of its own: a quotation mark is not closed",
        "close or double the quotation mark in the source and export again",
        raw,
    )


def _wrong_width(file: str, line: int, fields: int, width: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "number_of_fields",
        f"line {line} has {fields} {'field' if fields == 1 else 'fields'}, the header has {width}",
        "look for a missing or unquoted separator in the source and export again",
        raw,
    )
