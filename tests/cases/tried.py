"""Which kinds of bad input each connector was tried with, as the table of docs/sources/tried.md: `python -m tests.cases.tried` writes it, a test holds it equal.

A case says its kinds in `expect.yaml`; what other tests hold, and what a connector can't meet, stands in `tried.yaml`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from pipelines.sources.connectors import CONNECTORS, remote_names

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/sources/tried.md"
BEGIN, END = "<!-- made by python -m tests.cases.tried -->\n", "<!-- made until here -->\n"
SAME = {"bamboohr_api": "bamboohr"}
"""Connectors whose records another one's cases read."""


def declared() -> dict[str, Any]:
    """What `tried.yaml` says."""
    return yaml.safe_load((HERE / "tried.yaml").read_text(encoding="utf-8"))


def counted() -> Counter[tuple[str, str]]:
    """How many cases there are of each connector and kind."""
    found: Counter[tuple[str, str]] = Counter()
    for case in sorted(HERE.glob("sources/*/expect.yaml")):
        connector = str(yaml.safe_load((case.parent / "source.yaml").read_text(encoding="utf-8"))["connector"])
        kinds = yaml.safe_load(case.read_text(encoding="utf-8")).get("kinds") or []
        found.update((connector, str(kind)) for kind in kinds)
    return found


def table() -> str:
    """A row a connector and a column a kind."""
    told, cases = declared(), counted()
    kinds = list(told["kinds"])
    lines = [f"| connector | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    for connector in sorted(CONNECTORS):
        cells = [_cell(connector, kind, told, cases) for kind in kinds]
        lines.append(f"| `{connector}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(connector: str, kind: str, told: dict[str, Any], cases: Counter[tuple[str, str]]) -> str:
    number = cases[(connector, kind)] + cases[(SAME.get(connector, ""), kind)]
    if number:
        return str(number)
    own = told["elsewhere"].get(connector, {})
    shared = told["elsewhere"]["all_remote" if connector in remote_names() else "all_files"]
    if kind in own or kind in shared:
        return "t"
    impossible = any(connector in one["connectors"] and kind in one["kinds"] for one in told["not_applicable"])
    return "-" if impossible else "."


def kinds() -> str:
    """What each kind is."""
    return "".join(f"- **{name}**: {words.removeprefix(f'{name}: ')}\n" for name, words in declared()["kinds"].items())


def written() -> str:
    """The page with its made part made anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + kinds() + "\n" + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
