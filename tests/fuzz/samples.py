"""Small sound samples of every format that a connector reads: those cases of tests/cases/sources that nothing is wrong with."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.sources.records import SourceFile
from tests.cases.outcome import files_of

CASES = Path(__file__).parents[1] / "cases" / "sources"
NAMED = (
    "csv_quoted_text_over_lines",
    "csv_correction_in_newer_file",
    "csv_utf16_nobom",
    "teams_attendance_mapped",
    "csv_utf8_with_a_broken_letter",
    "microsoft_forms_other_words",
    "xlsx_dates",
    "xlsx_error_cells",
    "ics_rdate_and_long_daily_rule",
    "ics_thisandfuture",
    "zoom_new_header_email",
    "zoom_two_meetings_at_one_time",
    "teams_report",
    "surveymonkey_matrix_headers",
    "surveymonkey_xlsx_two_headers",
    "gforms_csv_gmt_stamp",
    "scim_ids_and_addresses",
    "google_calendar_odd_records",
    "msgraph_calendar_odd_records",
    "zoom_api_odd_records",
    "scim_odd_records",
)


@dataclass(frozen=True, repr=False)
class Sample:
    """A source's files with the connector and the options that read them."""

    name: str
    connector: str
    options: dict[str, Any]
    files: tuple[SourceFile, ...]

    @property
    def is_json(self) -> bool:
        return self.files[0].name.endswith(".json")

    def __repr__(self) -> str:
        return self.name

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(self.name)


def _of_case(name: str) -> Sample:
    source = yaml.safe_load((CASES / name / "source.yaml").read_text(encoding="utf-8"))
    mapping = {"mapping": source["mapping"]} if "mapping" in source else {}
    options = {
        **(source.get("options") or {}),
        "source_id": "src",
        "levels": {},
        "as_of": date(2026, 10, 31),
        **mapping,
    }
    files = tuple(SourceFile(file.name, file.data) for file in files_of(CASES / name / "files"))
    return Sample(name, source["connector"], options, files)


def _as_parquet(sample: Sample) -> Sample:
    """The same table as Parquet."""
    frame = pl.read_csv(sample.files[0].data, infer_schema=False)
    stream = BytesIO()
    frame.write_parquet(stream)
    return Sample("parquet", sample.connector, sample.options, (SourceFile("people.parquet", stream.getvalue()),))


SAMPLES = [*map(_of_case, NAMED), _as_parquet(_of_case("csv_list_within_a_quoted_text"))]
