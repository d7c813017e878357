"""Cases of `impact match`: two sheets as people have them, and what must come of them. The next case is one more folder.

`expect.yaml`: why; pairs (mentee to mentor, all of them) or mentees (mentee to the mentors that are right); says (words of the answer); says_not (words that would be wrong); first (how it begins, before any
figure); refused (words of the refusal); least_score; words (more arguments); written_without_formulas.
"""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app

CASES = sorted(path.parent for path in (Path(__file__).parent / "matching").glob("*/expect.yaml"))


def written_pairs(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_pairs(expected: dict[str, Any], pairs: list[dict[str, str]]) -> None:
    found = {row["mentee"]: row["mentor"] for row in pairs}
    if "pairs" in expected:
        assert found == expected["pairs"]
    for mentee, right in expected.get("mentees", {}).items():
        assert found[str(mentee)] in [str(mentor) for mentor in right]
    assert all(float(row["score"]) >= expected.get("least_score", 0) for row in pairs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_sheets_are_matched_as_people_mean_them(case: Path, tmp_path: Path) -> None:
    expected = yaml.safe_load((case / "expect.yaml").read_text(encoding="utf-8"))
    out = tmp_path / "pairs.csv"
    words = [
        "match",
        str(case / "mentees.csv"),
        str(case / "mentors.csv"),
        "--out",
        str(out),
        *expected.get("words", []),
    ]
    ended = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    said = " ".join(ended.output.split())
    if "refused" in expected:
        assert ended.exit_code == 1
        assert [one for one in expected["refused"] if one not in said] == []
        return
    assert ended.exit_code == 0, ended.output
    assert [one for one in expected.get("says", []) if one not in said] == [], said
    assert [one for one in expected.get("says_not", []) if one in said] == [], said
    if "first" in expected:
        assert " ".join(ended.stdout.split()).startswith(expected["first"])
    check_pairs(expected, written_pairs(out))
    if expected.get("written_without_formulas"):
        cells = [
            cell for path in tmp_path.glob("*.csv") for row in csv.reader(path.open(encoding="utf-8")) for cell in row
        ]
        assert not [cell for cell in cells if cell[:1] in "=+-@" and cell[1:2].isalpha()]
