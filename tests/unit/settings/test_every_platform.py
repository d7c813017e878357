"""What only some systems can do stands nowhere."""

import re

import pytest

from tests.demo_run import PROJECT

SOURCES = [path for folder in ("pipelines", "dashboards", "mentorship_impact") for path in (PROJECT / folder).rglob("*.py")]  # fmt: skip


@pytest.mark.parametrize("folder", ["pipelines", "dashboards", "mentorship_impact"])
def test_dates_are_written_as_every_systems_library_can(folder: str) -> None:
    """`%-d` is glibc's: elsewhere it is an error or other text."""
    found = [path for path in (PROJECT / folder).rglob("*.py") if re.search(r"%-[a-zA-Z]", path.read_text(encoding="utf-8"))]  # fmt: skip
    assert found == []


def test_text_files_are_read_in_the_encoding_that_they_are_written_in() -> None:
    """Without one, Python takes the system's: cp1252 on many a Windows."""
    bare = re.compile(r"\.(?:read_text|write_text)\(\)|\.open\(\"[rw]t?\"\)")
    assert [f"{path}: {found[0]}" for path in SOURCES if (found := bare.search(path.read_text(encoding="utf-8")))] == []
