"""The guide's example runs and says what the guide says; its grammar is the grammar."""

import re
from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching import block_from_text

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


def test_the_two_sheets_of_the_guide_give_the_answers_that_it_quotes(tmp_path: Path) -> None:
    for name, sheet in zip(("mentees", "mentors"), blocks("csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(sheet)
    ((words, answers),) = re.findall(
        r"^`impact match mentees.csv mentors.csv (.*?)` says.*?\n```\n(.*?)```", GUIDE, flags=re.S | re.M
    )
    sheets = [str(tmp_path / f"{name}.csv") for name in ("mentees", "mentors")]
    ended = CliRunner().invoke(app, ["match", *sheets, *words.split()])
    said = " ".join(ended.output.split())
    assert [line for line in answers.splitlines() if line not in said] == [], said


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
