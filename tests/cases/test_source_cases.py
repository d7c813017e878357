"""Every folder of `sources/`: an input that somebody's system really gives, and what must come of it (README.md says how to add one)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cases.expectation import differences
from tests.cases.worker import Worker

CASES = sorted(path.parent for path in Path(__file__).parent.glob("sources/*/expect.yaml"))
BOUNDS = {"seconds": 5, "megabytes": 400}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    process = Worker()
    yield process
    process.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_source_gives_what_is_expected_in_bounded_time_and_memory(case: Path, worker: Worker):
    expected = yaml.safe_load((case / "expect.yaml").read_text(encoding="utf-8"))
    bounds = {**BOUNDS, **expected.get("within", {})}
    found = worker.outcome(case, bounds["seconds"])
    wrong = differences(expected, found)
    assert not wrong, "\n".join(wrong)
    assert found["seconds"] <= bounds["seconds"]
    assert found["megabytes"] <= bounds["megabytes"]


def test_every_folder_says_what_is_expected_and_why():
    folders = [path for path in Path(__file__).parent.glob("sources/*") if path.is_dir()]
    assert [path.name for path in folders if not (path / "expect.yaml").exists()] == []
    assert [path.name for path in CASES if not yaml.safe_load((path / "expect.yaml").read_text()).get("why")] == []
