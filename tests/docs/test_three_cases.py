"""The guide's worked cases are run as they stand, and print what the guide says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
GUIDE = PROJECT / "docs/guides/three-cases.md"
CASES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)


@pytest.mark.parametrize("number", range(3))
def test_a_worked_case_prints_what_the_guide_shows(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    code, shown = CASES[number]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, f"{GUIDE.name}, case {number + 1}", "exec"), {})
    assert printed.getvalue() == shown


def test_the_guide_has_three_cases() -> None:
    assert len(CASES) == 3
