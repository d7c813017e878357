"""The guide's example runs and says what the guide says; its grammar is the grammar."""

import csv
import re
import shlex
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching import block_from_text
from pipelines.matching_inputs.sheet_writing import write_workbook

GUIDE = (Path(__file__).parents[3] / "docs/guides/matching.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.S)


def test_the_notebook_example_does_what_its_comments_say() -> None:
    names: dict = {}
    (code,) = blocks("python")
    exec(code, names)
    result = names["result"]
    assert dict(result.pairs.select("mentee_application_id", "mentor_application_id").iter_rows()) == {
        "ann": "lee",
        "bob": "kim",
    }
    assert result.gap == 0.0
    assert "fall under the floor of 1.000" in result.why_not("ann", "kim").words
    assert result.what_if(seats={"kim": 1}).words.startswith("2 of 2 mentees are matched (+0)")


def files_of_the_guide(folder: Path) -> None:
    """The sheets that the guide shows, as files; those of a workbook as its sheets."""
    workbook: dict[str, pl.DataFrame] = {}
    for title, text in re.findall(r'```csv title="(.*?)"\n(.*?)```', GUIDE, flags=re.S):
        if ", " in title:
            header, *rows = csv.reader(text.splitlines())
            workbook[title.split(", ")[1]] = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
        else:
            (folder / title).write_text(text)
    write_workbook(workbook, folder / "forms.xlsx")


COMMANDS = [
    (command, answers.strip().splitlines())
    for block in blocks("console")
    for command, answers in re.findall(r"^\$ impact (.*?)\n(.*?)(?=^\$|\Z)", block, flags=re.S | re.M)
]


@pytest.mark.parametrize(("command", "answers"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_each_command_of_the_guide_answers_as_it_quotes(
    command: str, answers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of_the_guide(tmp_path)
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(app, shlex.split(command), env={"COLUMNS": "200"})
    said = " ".join(ended.output.split())
    assert ended.exit_code == 0, said
    assert [line for line in answers if " ".join(line.split()) not in said] == [], said


def test_every_frame_has_the_columns_that_the_guide_names() -> None:
    names: dict = {}
    exec(blocks("python")[0], names)
    result = names["result"]
    for frame, _, columns in re.findall(
        r"^\| `(pairs|unmatched|alternatives|candidates|prices|rules)` \| (.*?) \| (.*?) \|$", GUIDE, flags=re.M
    ):
        plain = re.sub(r"\(.*?\)", "", columns).replace(" in words", "")
        named = {word.strip() for word in plain.split(",")}
        assert named <= set(getattr(result, frame).columns), frame


def test_the_declared_example_is_valid() -> None:
    (block,) = blocks("yaml")
    assert block_from_text(block, "guide.yaml")["aims"]["keep_bonus"] == 0.05
