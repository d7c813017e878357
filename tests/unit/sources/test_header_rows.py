"""Header rows as people really have them: `impact map` proposes the right tables and columns, and what it proposes can be read at once."""

from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.contracts import BY_NAME
from pipelines.sources.mapped_files import read
from pipelines.sources.mapped_files.file_layout import layout_of
from pipelines.sources.mapped_files.proposal import Proposal, propose
from pipelines.sources.records import Extract, SourceFile, SourceRefused

pytestmark = pytest.mark.slow

ROWS = yaml.safe_load(Path(__file__).with_name("header_rows.yaml").read_text(encoding="utf-8"))
REFUSED = [row for row in ROWS if "refused" in row]
TAKEN = [row for row in ROWS if "refused" not in row]


def _proposal(row: dict[str, Any], file: SourceFile) -> Proposal:
    return propose(file, layout_of(file), zone=row.get("zone"))


def _text(row: dict[str, Any]) -> SourceFile:
    return SourceFile("table.csv", row["text"].encode())


def _filled(found: Proposal) -> dict[str, list[dict[str, Any]]]:
    """Table to the columns of each of its entries."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for spec in found.mapping["files"][0]["tables"]:
        tables.setdefault(spec["table"], []).append(spec["columns"])
    return tables


def _without_what_is_open(found: Proposal) -> dict[str, Any]:
    entry = found.mapping["files"][0]
    ready = [spec for spec in entry["tables"] if all(spec["columns"].values())]
    return {**found.mapping, "files": [{**entry, "tables": ready}]}


def _loaded(found: Proposal, file: SourceFile) -> Extract:
    return read([file], {"mapping": _without_what_is_open(found), "source_id": "my_source"})


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: row["name"])
def test_a_header_row_gets_the_tables_and_columns_that_it_means(row: dict[str, Any]) -> None:
    found = _proposal(row, _text(row))
    filled = _filled(found)
    for table, columns in row["tables"].items():
        written = {
            name: {str(spec.get("from")) for entry in filled[table] for n, spec in entry.items() if n == name}
            for name in columns
        }
        assert {name: header in written[name] for name, header in columns.items()} == dict.fromkeys(columns, True), (
            table
        )
    assert found.unused == row.get("unused", [])
    waiting = {name for entries in filled.values() for columns in entries for name, spec in columns.items() if not spec}
    assert waiting == set(row.get("open", []))
    for words in row.get("says", []):
        assert any(words in note for note in found.notes.taken), words
    for words in row.get("asks", []):
        assert any(words in question for question in found.questions), words


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: row["name"])
def test_what_is_proposed_reads_every_record_and_keeps_its_times(row: dict[str, Any]) -> None:
    file = _text(row)
    extract = _loaded(_proposal(row, file), file)
    assert {batch.table: batch.rejects.height for batch in extract.batches if batch.rejects.height} == {}
    for table, rows in row.get("loads", {}).items():
        entries = [batch.rows.height for batch in extract.batches if batch.table == table]
        assert entries, table
        assert set(entries) in ({rows}, {2 * rows}), table
    for place, values in row.get("holds", {}).items():
        table, column = place.split(".")
        assert [moment.isoformat() for moment in extract.batch(table).rows[column]] == values


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: row["name"])
def test_the_same_rows_mean_the_same_in_a_spreadsheet_with_a_title_and_a_count_of_rows(row: dict[str, Any]) -> None:
    as_text = layout_of(_text(row))
    values = as_text.text.rows.select(as_text.header).rows()
    cells = [("List of the programme office", *[None] * len(as_text.header)), ("No.", *as_text.header)]
    cells += [(str(number), *record) for number, record in enumerate(values, start=1)]
    stream = BytesIO()
    pl.DataFrame(cells, orient="row", schema=[f"c{at}" for at in range(len(cells[0]))]).write_excel(
        stream, include_header=False
    )
    file = SourceFile("table.xlsx", stream.getvalue())
    found = _proposal(row, file)
    assert found.unused == ["No.", *row.get("unused", [])]
    assert "No." not in found.mapping["files"][0].get("key", [])
    extract = _loaded(found, file)
    for table, rows in row.get("loads", {}).items():
        assert extract.batch(table).rows.height in (rows, 2 * rows), table


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["name"])
def test_a_survey_keeps_its_header_and_is_sent_to_its_connector(row: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=row["refused"]):
        _proposal(row, _text(row))


def test_thirty_header_rows_are_tried_and_every_table_of_theirs_is_one_of_ours() -> None:
    assert len(ROWS) >= 30
    assert {table for row in TAKEN for table in row["tables"]} <= BY_NAME.keys()
