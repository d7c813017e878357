"""The page that says what was tried is what the cases and tests are."""

from pathlib import Path

import yaml

from pipelines.sources.connectors import CONNECTORS
from tests.cases.tried import HERE, PAGE, declared, written


def test_the_table_of_what_was_tried_is_made_of_the_cases() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run python -m tests.cases.tried"


def test_every_case_says_kinds_that_are_known() -> None:
    known = set(declared()["kinds"])
    told = {path.parent.name: yaml.safe_load(path.read_text()).get("kinds") for path in HERE.glob("sources/*/expect.yaml")}  # fmt: skip
    assert {name: kinds for name, kinds in told.items() if not kinds or not set(kinds) <= known} == {}


def test_what_other_tests_hold_names_tests_that_there_are() -> None:
    told = declared()
    assert set(told["elsewhere"]) - {"all_remote", "all_files"} <= set(CONNECTORS)
    assert {name for one in told["not_applicable"] for name in one["connectors"]} <= set(CONNECTORS)
    files = {Path(file) for kinds in told["elsewhere"].values() for file in kinds.values()}
    assert [str(file) for file in files if not (HERE.parent / file).exists()] == []
