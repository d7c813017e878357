"""Every connector has its page, and the overview is what the code says."""

import re
from pathlib import Path

import pytest
import yaml

from pipelines.components.source_pages import PAGES, written
from pipelines.contracts import TABLES
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.mapped_files import read
from pipelines.sources.records import SourceFile, SourceRefused

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "docs/sources"


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_connectors_and_options_are_made_of_their_specs(page: str) -> None:
    assert (FOLDER / page).read_text() == written(page), "run python -m pipelines.components.source_pages"


def test_every_page_says_what_to_ask_for_what_is_never_loaded_and_against_what_it_was_tested() -> None:
    for page in {spec.documentation.page for spec in CONNECTORS.values()} - {"files.md", "surveys.md"}:
        text = (FOLDER / page).read_text()
        for words in ("Ask your administrator for", "**Limits**", "**Tested against**"):
            assert words in text, f"{page}: {words}"
        assert "ever loaded" in text, page


def test_the_ready_made_mapping_reads_its_documented_columns_and_refuses_an_undeclared_date() -> None:
    mapping = yaml.safe_load((PROJECT / "data/examples/platforms/mentorloop_signups.yaml").read_text())
    data = b"Role ID,Name,Approved (True/False),Verified Email,Email,Signup Date,Completion\n7,Ada,True,True,Ada@arbor.example,2026-05-01 10:00,100\n"
    file = SourceFile("signups_activity.csv", data)
    with pytest.raises(SourceRefused, match="names no format of its time"):
        read([file], {"mapping": mapping})
    mapping["files"][0]["tables"][0]["columns"]["submitted_at"] |= {
        "instant": "%Y-%m-%d %H:%M",
        "zone": "Europe/Berlin",
    }
    row = read([file], {"mapping": mapping}).batch("applications").rows.row(0, named=True)
    assert (row["person_id"], row["decision"]) == ("email:ada@arbor.example", "accepted")


def test_constants_of_mappings_in_the_documentation_are_values_that_their_columns_allow() -> None:
    allowed: dict[str, set[str]] = {}
    for column in (column for table in TABLES for column in table.columns if column.values):
        allowed.setdefault(column.name, set()).update(map(str, column.values or ()))
    written = [
        (page.name, *found)
        for page in (PROJECT / "docs").rglob("*.md")
        for found in re.findall(r"(\w+): \{const: (\w+)\}", page.read_text())
    ]
    assert written
    assert [one for one in written if one[1] in allowed and one[2] not in allowed[one[1]]] == []
