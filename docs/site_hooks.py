"""What the documentation site adds to the pages: the command line's reference, and the names of files that aren't part of the site in the place of links to them."""

import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
COMMANDS = "<!-- commands -->"
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)")


def on_config(config: Any) -> Any:
    """Called by mkdocs once: folders that grow file by file needn't be listed twice."""
    sections = {name: below for entry in config["nav"] for name, below in entry.items()}
    inner = {name: below for entries in sections.values() if isinstance(entries, list) for entry in entries if isinstance(entry, dict) for name, below in entry.items()}  # fmt: skip
    named = {path for entries in (*sections.values(), *inner.values()) if isinstance(entries, list) for path in entries if isinstance(path, str)}  # fmt: skip
    for folder, entries in (("decisions", inner["Decisions"]), ("sources", inner["Sources"]), ("guides", sections["How-to guides"])):  # fmt: skip
        found = sorted(f"{folder}/{path.name}" for path in (DOCS / folder).glob("*.md"))
        entries += [path for path in found if path not in named]
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Called by mkdocs for each page."""
    if COMMANDS in markdown:
        markdown = markdown.replace(COMMANDS, commands())
    return LINK.sub(lambda found: _inside(found, DOCS / Path(page.file.src_uri).parent), markdown)


def _inside(found: re.Match[str], folder: Path) -> str:
    """A link within the site as it stands; to another file of the repository, the words and its path."""
    target = (folder / found[2]).resolve()
    if target.is_relative_to(DOCS) or not target.exists():
        return found[0]
    path = target.relative_to(DOCS.parent)
    return f"{found[1]} (`{path}` in the repository)" if str(path) not in found[1] else found[1]


def commands() -> str:
    """Every command with its arguments and options, from the program itself."""
    import typer.main

    from pipelines.cli import app

    return "\n\n".join(_described(f"impact {name}", command) for name, command in sorted(typer.main.get_command(app).commands.items()))  # fmt: skip


def _described(name: str, command: Any) -> str:
    from pipelines.command_examples import EXAMPLES

    parts = [f"## {name}", command.help or ""]
    lines = EXAMPLES.get(name.removeprefix("impact "), ())
    parts += ["\n".join(["```bash", *lines, "```"])] if lines else []
    rows = [f"| `{_called(one)}` | {(getattr(one, 'help', None) or '').replace('|', ' or ')} |" for one in command.params if one.name != "help"]  # fmt: skip
    if rows:
        parts.append("\n".join(["| | |", "|---|---|", *rows]))
    parts += [_described(f"{name} {below}", one).replace("## ", "### ", 1) for below, one in sorted(getattr(command, "commands", {}).items())]  # fmt: skip
    return "\n\n".join(parts)


def _called(parameter: Any) -> str:
    return ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
