"""Cases of Add data: files as people drop them, and what must come of them. The next case is one more folder of `add_data/`.

files/: what is dropped. `expect.yaml`: why; answers (question to answer; the others get their first option); kinds (table to what a row of it is); asks (words of the questions); asks_not;
says (words of the notes, of what is left out and of what stands in the way); says_not; uses (heading to used, unused or never); measures (heading to words of its entry in the catalogue of a survey);
rows (source to table to all its rows, these columns, in any order).
"""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.first_hour.plan import Plan
from pipelines.first_hour.plan_sources import sources_of
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceFile
from tests.cases.outcome import plain_value
from tests.unit.first_hour.made import TODAY, answered, planned

CASES = sorted(path.parent for path in (Path(__file__).parent / "add_data").glob("*/expect.yaml"))
WORDS = frozenset("why answers kinds asks asks_not says says_not uses measures rows".split())


def files_of(case: Path) -> list[SourceFile]:
    return [SourceFile(path.name, path.read_bytes()) for path in sorted((case / "files").iterdir())]


def said_by(plan: Plan) -> str:
    return " | ".join([*plan.problems, *(words for one in plan.tables for words in [*one.notes, *one.left_out])])


def measured(plan: Plan) -> dict[str, Any]:
    return {
        header: entry
        for one in plan.tables
        for survey in (one.mapping or {}).get("surveys", [])
        for header, entry in survey["questions"].items()
    }


def rows_of(plan: Plan, source: str, table: str) -> pl.DataFrame:
    made = sources_of(plan)[source]
    options = {"mapping": made.mapping, "source_id": source, "as_of": TODAY}
    batches = CONNECTORS[made.connector].read(list(made.files), options).batches
    return pl.concat([batch.rows for batch in batches if batch.table == table])


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr({name: plain_value(value) for name, value in sorted(row.items())}) for row in rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_files_become_what_their_owner_means(case: Path) -> None:
    expected = yaml.safe_load((case / "expect.yaml").read_text(encoding="utf-8"))
    assert set(expected) <= WORDS
    first = planned(*files_of(case), **expected.get("answers", {}))
    asked = " | ".join(question.words for question in first.open)
    assert [words for words in expected.get("asks", []) if words not in asked] == [], asked
    assert [words for words in expected.get("asks_not", []) if words in asked] == [], asked
    plan = answered(*files_of(case), given=expected.get("answers"))
    kinds = {**{one.sheet.title: one.kind for one in plan.tables}, **{one.title: "unknown" for one in plan.unknown}}
    assert {name: kinds.get(name) for name in expected.get("kinds", {})} == expected.get("kinds", {})
    said = said_by(plan)
    assert [words for words in expected.get("says", []) if words not in said] == [], said
    assert [words for words in expected.get("says_not", []) if words in said] == [], said
    uses = {header: use for one in plan.tables for header, (use, _) in one.columns.items()}
    assert {name: uses.get(name) for name in expected.get("uses", {})} == expected.get("uses", {})
    entries = measured(plan)
    for header, words in expected.get("measures", {}).items():
        assert {name: entries[header].get(name) for name in words} == words
    for source, tables in expected.get("rows", {}).items():
        for table, rows in tables.items():
            found = rows_of(plan, source, table).select(list(rows[0])).to_dicts()
            assert in_order(found) == in_order(rows)
