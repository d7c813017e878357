"""One row isn't "1 rows": what counts rows and lists takes its noun from a function that knows one from many."""

import re
from pathlib import Path

import pytest

from tests.demo_run import PROJECT

COUNTED = re.compile(r"(?<!of )(?<!All )(?<!these )(?<!else f.)\{(?:len\([^{}]*\)|[\w.]+\.height)(?::,)?\} ([a-z]+s)\b")
"""A length or height straight before a noun in the plural. Behind `of`, `All`, `these` and `else` it was compared with another count first."""
ALWAYS_MANY = {"tables", "columns", "metrics", "steps", "months"}
"""The tables of an export, columns that meetings are spread over, all metrics, steps of a scale, months of a line."""
PLACES = ("dashboards", "pipelines/commands", "pipelines/first_hour")


@pytest.mark.parametrize("place", PLACES)
def test_a_count_of_one_has_its_noun_in_the_singular(place: str) -> None:
    found = {
        f"{path.relative_to(PROJECT)}: {one.group(0)}"
        for path in sorted(Path(PROJECT / place).rglob("*.py"))
        for one in COUNTED.finditer(path.read_text())
        if one.group(1) not in ALWAYS_MANY
    }
    assert found == set()
