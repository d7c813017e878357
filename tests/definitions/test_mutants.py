"""The modules that must not break unseen are named with tests that exist, however they are parted."""

from pathlib import Path

from tests.mutants import TESTS

PROJECT = Path(__file__).parents[2]


def test_each_module_that_is_broken_on_purpose_and_each_of_its_tests_exist() -> None:
    assert [module for module in TESTS if not (PROJECT / module).is_file()] == []
    for named in (test for tests in TESTS.values() for test in tests):
        file, _, function = named.partition("::")
        assert f"def {function}" in (PROJECT / file).read_text(encoding="utf-8"), named


def test_every_module_of_the_disclosure_control_is_broken_on_purpose() -> None:
    there = {str(path.relative_to(PROJECT)) for path in (PROJECT / "pipelines/serving").glob("disclosure*.py")}
    assert there - set(TESTS) == set()
