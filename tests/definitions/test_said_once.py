"""A constant of some weight stands in one module; whoever else needs it imports it."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from pipelines.average_month import DAYS_PER_MONTH

PROJECT = Path(__file__).resolve().parents[2]
LONG = 70
"""Characters of a constant's value from which two of the same are one fact, and no accident."""

OF_TWO_MINDS = {
    "(COUNTS, PARTS)",  # pages know nothing of the terminal's words, which import the pipeline
    "(LINEAGE)",  # a calendar's participants and planned meetings: systems import no other
}


def constants() -> dict[str, set[tuple[str, str]]]:
    """Value as written to the modules and names under which it stands."""
    found = defaultdict[str, set[tuple[str, str]]](set)
    for folder in ("pipelines", "dashboards"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_plain(node.value):
                    found[ast.unparse(node.value)].add((str(path.relative_to(PROJECT)), node.targets[0].id))
    return found


def _is_plain(value: ast.expr) -> bool:
    return all(isinstance(part, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.Set | ast.expr_context) for part in ast.walk(value))  # fmt: skip


def test_no_long_constant_stands_in_two_modules() -> None:
    twice = {value: places for value, places in constants().items() if len(value) >= LONG and len(places) > 1}
    named = {f"({', '.join(sorted({name for _, name in places}))})": sorted(places) for places in twice.values()}
    assert {name: places for name, places in named.items() if name not in OF_TWO_MINDS} == {}


def test_the_average_month_is_as_long_for_python_as_for_dbt() -> None:
    macro = (PROJECT / "dbt_project/macros/clock.sql").read_text(encoding="utf-8")
    found = re.search(r"days_per_month\(\) -%} ([\d.]+)", macro)
    assert found is not None
    assert float(found[1]) == DAYS_PER_MONTH
    assert [places for value, places in constants().items() if value == str(DAYS_PER_MONTH)] == [
        {("pipelines/average_month.py", "DAYS_PER_MONTH")}
    ]
