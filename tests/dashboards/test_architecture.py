"""A page names facts and parts: no query, no arithmetic, and whatever it shows is declared in one place."""

import ast
from pathlib import Path

import pytest

from dashboards import exposures
from dashboards.facts import dictionary
from dashboards.pages import PAGES, page_at

ROOT = Path(__file__).resolve().parents[2]
ARITHMETIC = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
ASKING = ("ask", "frame", "sql", "execute")
RECKONING = ("sum", "round", "group_by", "with_columns", "agg")


def not_a_page_s_work(tree: ast.AST) -> list[str]:
    """Arithmetic on numbers, queries and reckoning in a module, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC):
            found.append(f"line {node.lineno}: arithmetic")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            found.append(f"line {node.lineno}: a query")
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in RECKONING:
            found.append(f"line {node.lineno}: reckoning")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_neither_asks_the_database_nor_reckons(page) -> None:
    assert not_a_page_s_work(ast.parse(page.file.read_text())) == []


@pytest.mark.parametrize(
    "line", ["a = b - c", "queries.ask(snapshot, 'from x')", "total = sum(rows)", "frame.group_by('a')"]
)
def test_what_a_page_must_not_do_is_seen(line: str) -> None:
    assert not_a_page_s_work(ast.parse(line))


def test_facts_know_neither_pages_nor_pictures() -> None:
    for module in (ROOT / "dashboards/facts").glob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(module.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        }
        assert not [name for name in imported if name.startswith(("streamlit", "altair", "dashboards.design", "dashboards.parts", "dashboards.app_pages"))], module.name  # fmt: skip


def test_exposures_are_those_of_the_registry() -> None:
    assert exposures.TARGET.read_text() == exposures.rendered()


def test_metrics_say_where_they_are_used_by_pages_that_exist() -> None:
    assert all(page_at(path) for path in dictionary.USED_ON)


DOORS = {
    "managers_of", "DecisionStore", "Outbox", "opened", "names_of", "person_at", "reading_vault", "attached_file", "connect", "warehouse", "vault", "settings",
}  # fmt: skip
"""What opens people's rows, decisions, messages, names or the workspace."""


def doors_taken(tree: ast.AST) -> list[str]:
    """Doors that a module imports or calls, with their lines."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("pipelines", "duckdb")):
            found += [f"line {node.lineno}: {one.name}" for one in node.names if one.name in DOORS]
        if isinstance(node, ast.Attribute) and node.attr == "connect":
            found.append(f"line {node.lineno}: connect")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "managers_v" in node.value:
            found.append(f"line {node.lineno}: {node.value}")
    return found


def test_only_the_package_access_opens_what_is_not_for_everybody() -> None:
    modules = [path for path in (ROOT / "dashboards").rglob("*.py") if "access" not in path.relative_to(ROOT).parts]
    found = {path.relative_to(ROOT).as_posix(): doors_taken(ast.parse(path.read_text())) for path in modules}
    assert {name: lines for name, lines in found.items() if lines and name != "dashboards/snapshot.py"} == {}
    assert [line.partition(": ")[2] for line in found["dashboards/snapshot.py"]] == ["connect"]


def test_only_the_server_takes_the_whole_outbox() -> None:
    takers = [path.name for path in (ROOT / "dashboards").rglob("*.py") if "outbox_of_server" in path.read_text()]
    assert sorted(takers) == ["doors.py", "server.py"]


@pytest.mark.parametrize(
    "line",
    ["from pipelines.serving.snapshot import managers_of", "duckdb.connect('x')", "from pipelines.decisions import DecisionStore", "path = 'managers_v1.duckdb'"],
)  # fmt: skip
def test_a_door_beside_the_package_access_is_seen(line: str) -> None:
    assert doors_taken(ast.parse(line))


def test_every_page_that_lists_people_says_for_whom_it_is() -> None:
    audiences = {page.path: page.audience.words for page in PAGES if page.group == "Work"}
    assert audiences == {"todo": "manager", "matching": "manager", "messages": "manager", "add_data": "administrator"}
