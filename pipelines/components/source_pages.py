"""The tables of docs/sources that are made of the connectors: `python -m pipelines.components.source_pages` writes them, a test holds them equal."""

from pathlib import Path

from pipelines.sources.connector import OF_ALL_REMOTE, Connector, Option
from pipelines.sources.connectors import CONNECTORS

FOLDER = Path(__file__).parents[2] / "docs/sources"
BEGIN, END = "<!-- made by python -m pipelines.components.source_pages -->\n", "<!-- made until here -->\n"


def overview() -> str:
    """One row per connector: what it brings and against what it is tested."""
    lines = [
        "| system | connector | brings | history | changes only | tested against | bad data in its tests |",
        "|---|---|---|---|---|---|---|",
    ]
    for spec in CONNECTORS.values():
        told = spec.documentation
        lines.append(
            f"| [{told.title}]({told.page}) | `{spec.name}` | {told.brings} | {told.history or '-'} | {told.changes} | {told.tested} | {told.bad_data} |"
        )
    return "\n".join(lines) + "\n"


def options() -> str:
    """A table of options for every connector that has some."""
    remote = _table("All that ask over a network", OF_ALL_REMOTE)
    own = [_table(_heading(spec), spec.own_options) for spec in CONNECTORS.values() if spec.own_options]
    return "\n".join([remote, *own])


def _heading(spec: Connector) -> str:
    return f"`{spec.name}`: {spec.documentation.title}"


def _table(heading: str, listed: tuple[Option, ...]) -> str:
    rows = [f"| `{option.name}` | {option.type} | {option.words} |" for option in listed]
    return "\n".join([f"### {heading}", "", "| option | what stands there | meaning |", "|---|---|---|", *rows, ""])


PAGES = {"README.md": overview, "options.md": options}


def written(page: str) -> str:
    """The page with its made part made anew."""
    before, _, rest = (FOLDER / page).read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + PAGES[page]() + END + rest.partition(END)[2]


if __name__ == "__main__":
    for page in PAGES:
        (FOLDER / page).write_text(written(page), encoding="utf-8")
