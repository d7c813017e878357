"""Break the modules that must not break unseen, one change at a time, and say which changes no test noticed: `make mutate`.

Each module is tried by its own tests alone, in a copy of the tree: tests of whole searches and runs reach the same lines at many times the cost.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
UNIT = "tests/unit"
DISCLOSURE = f"{UNIT}/serving/test_disclosure"
RELEASES = tuple(
    f"{UNIT}/serving/test_releases.py::test_{name}"
    for name in (
        "changes_add_up_over_releases_until_they_can_be_shown",
        "one_newcomers_answer_stands_in_no_figure_until_others_changed_too",
        "what_the_total_and_the_other_parts_would_tell_is_held_with_it",
    )
)
TESTS: dict[str, tuple[str, ...]] = {
    "pipelines/serving/disclosure.py": (
        f"{DISCLOSURE}_neighbours.py",
        f"{DISCLOSURE}_changes.py",
        f"{DISCLOSURE}.py",
        *RELEASES,
    ),
    "pipelines/serving/disclosure_bounds.py": (f"{DISCLOSURE}_bounds.py",),
    "pipelines/serving/disclosure_curves.py": (f"{DISCLOSURE}_curves.py",),
    "pipelines/serving/disclosure_rule.py": (f"{DISCLOSURE}_rule.py", f"{DISCLOSURE}.py"),
    "pipelines/serving/disclosure_sums.py": (f"{DISCLOSURE}_sums.py",),
    "pipelines/serving/gate.py": (
        f"{UNIT}/serving/test_gate.py",
        f"{UNIT}/serving/test_audit.py::test_the_gate_hides_more_where_the_hiding_overlooked_something",
        f"{UNIT}/serving/test_audit.py::test_what_no_hiding_helps_against_is_counted",
        *RELEASES,
    ),
    "pipelines/serving/published_cells.py": (
        f"{DISCLOSURE}.py::test_months_of_cohorts_and_segments_of_months_are_not_published",
    ),
    "pipelines/loading/landing.py": (f"{UNIT}/loading/test_landed_loads.py", f"{UNIT}/loading/test_landing.py"),
    "pipelines/loading/rewritten.py": (f"{UNIT}/loading/test_landed_loads.py",),
    "pipelines/loading/masking.py": (f"{UNIT}/loading/test_masking.py",),
    "pipelines/loading/pseudonyms.py": (f"{UNIT}/loading/test_pseudonyms.py",),
    "pipelines/impact/judgement.py": (f"{UNIT}/impact/test_rules.py",),
    "pipelines/impact/rules.py": (f"{UNIT}/impact/test_rules.py",),
    "pipelines/impact/verdicts.py": (f"{UNIT}/impact/test_verdicts.py",),
    "pipelines/matching/declared_rules.py": (f"{UNIT}/matching/test_hard_rules.py",),
    "pipelines/matching/eligibility.py": (f"{UNIT}/matching/test_hard_rules.py",),
    "pipelines/matching/policy.py": (f"{UNIT}/matching/test_policy.py",),
    "pipelines/matching/quotas.py": (f"{UNIT}/matching/test_quotas.py",),
}
"""Each module with its own tests, the fastest first."""
LIVED = {0, 5, 33, 34, 35, None}
"""How a mutant ends that no test noticed, or that no test reaches; of the others a test failed or took too long."""


def main(chosen: list[str]) -> None:
    """Try the modules whose path holds one of the words, all without any, and print what lived, and a line of the table in docs/measurements.md for each."""
    lines = []
    for module, tests in TESTS.items():
        if not chosen or any(word in module for word in chosen):
            ended = _tried(module, tests)
            lived = sum(code in LIVED for code in ended.values())
            lines.append(f"| `{module.removeprefix('pipelines/')}` | {len(ended) - lived} | {lived} |")
    print("\n".join(lines))


def _tried(module: str, tests: tuple[str, ...]) -> dict[str, int | None]:
    """How each mutant of a module ends under `tests` alone."""
    with TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        _copy_tree(copy)
        settings = copy / "pyproject.toml"
        chosen = f'only_mutate = ["{module}"]\npytest_add_cli_args_test_selection = {json.dumps(tests)}\n'
        settings.write_text(settings.read_text().replace("[tool.mutmut]\n", f"[tool.mutmut]\n{chosen}"))
        children = os.environ.get("CHILDREN", "1")
        subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", children], cwd=copy, check=True)
        ended: dict[str, int | None] = json.loads((copy / "mutants" / f"{module}.meta").read_text())["exit_code_by_key"]
        for name, code in ended.items():
            if code in LIVED:
                _show(copy, name)
    return ended


def _copy_tree(target: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.split("\0"):
        if name and not name.startswith("tests/data/versions/") and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _show(copy: Path, name: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", name], cwd=copy, check=False, capture_output=True, text=True
    ).stdout
    print(name, *re.findall(r"^[-+](?![-+]).*$", shown, re.MULTILINE), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
