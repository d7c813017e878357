"""The text of one file by its kind (CSV, XLSX, Parquet), at once or in parts of bounded size."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.delimited_parts import PART, delimited_parts, encoding_of
from pipelines.sources.mapped_files.mapping import required_of
from pipelines.sources.parquet import parquet_parts, read_parquet
from pipelines.sources.records import FileOnDisk, SourceFile
from pipelines.sources.spreadsheets import read_spreadsheet
from pipelines.sources.text_encodings import WESTERN, assumed_encoding


def whole_text(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> DelimitedText:
    """The file at once, by its kind."""
    kind = _kind(file, entry, form)
    if kind == "parquet":
        return read_parquet(file, required=required_of(entry))
    if kind == "xlsx":
        return read_spreadsheet(
            file,
            required=required_of(entry),
            sheet=form.get("sheet", 0),
            header_rows=int(entry.get("header_rows", 1)),
            first_list=True,
            struck=form.get("struck"),
        )
    return read_delimited(file, encoding=form.get("encoding"), **_layout(entry, form))


def _kind(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    if form.get("kind", "csv") == "parquet" or file.name.lower().endswith(".parquet"):
        return "parquet"
    xlsx = file.name.lower().endswith(".xlsx") and "kind" not in entry.get("format", {})
    return "xlsx" if xlsx or form.get("kind", "csv") == "xlsx" else "csv"


def _layout(entry: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "required": required_of(entry),
        "delimiter": str(form["delimiter"]) if form.get("delimiter") else None,
        "header_rows": int(entry.get("header_rows", 1)),
        "first_list": True,
    }


def text_in_parts(
    file: FileOnDisk, entry: Mapping[str, Any], form: Mapping[str, Any], part: int = PART
) -> Iterator[DelimitedText]:
    """What `whole_text` gives, in parts of about `part` characters where the file's kind allows it; findings stand in the first."""
    kind = _kind(file, entry, form)
    if kind == "parquet":
        yield from parquet_parts(file, required=required_of(entry))
        return
    encoding = encoding_of(file.path, form.get("encoding")) if kind == "csv" else None
    if encoding is None:
        yield whole_text(file, entry, form)
    else:
        told = [assumed_encoding(file.name)] if encoding == WESTERN and not form.get("encoding") else []
        for text in delimited_parts(file, encoding=encoding, part=part, **_layout(entry, form)):
            yield replace(text, findings=[*told, *text.findings])
            told = []
