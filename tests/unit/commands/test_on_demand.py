"""Each command is imported when it is asked for, and all of them are there."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.command_examples import EXAMPLES
from pipelines.commands import COMMANDS, _named
from pipelines.expressions import expression

SHEETS = Path(__file__).parents[2] / "cases/matching/zones_and_seats_as_written"
SLOW = {
    "dagster",
    "dotenv",
    "duckdb",
    "great_expectations",
    "openpyxl",
    "pandas",
    "pyarrow",
    "pydantic",
    "scipy",
    "sqlalchemy",
    "streamlit",
}


@pytest.mark.slow
def test_matching_two_sheets_imports_nothing_that_it_does_not_use() -> None:
    code = (
        "import sys; from pipelines.cli import app\n"
        f"app(['match', {str(SHEETS / 'mentees.csv')!r}, {str(SHEETS / 'mentors.csv')!r}], standalone_mode=False)\n"
        f"print(sorted({SLOW!r} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_every_command_is_there_for_help_and_for_documentation() -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(COMMANDS) | {"demo", "run", "dashboard"} <= set(known)
    listed = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in known if name not in listed] == []
    assert all(command.name == name and command.help for name, command in known.items())


def test_a_mistyped_command_is_answered_with_the_one_that_is_meant() -> None:
    ended = CliRunner().invoke(app, ["mach"])
    assert ended.exit_code == 2
    assert "match" in ended.output


def test_the_list_of_commands_is_told_without_importing_them() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from pipelines.cli import app; "
        "told = CliRunner().invoke(app, ['--help']).output; "
        "assert 'quarantine' in told and 'Propose a mapping' in told; "
        "print([name for name in sys.modules if name.startswith('pipelines.commands.') or name in ('scipy', 'sqlalchemy', 'pyarrow')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_own_help_says(name: str) -> None:
    alone = CliRunner().invoke(app, [name, "--help"]).output
    first = (_named(name).help or "").split(". ")[0].split("\n")[0]
    assert first
    assert " ".join(first.split()[:4]) in " ".join(alone.split())


def _leaves(name: str, command: Any) -> list[str]:
    below = getattr(command, "commands", {})
    own = [name] if not below or command.invoke_without_command else []
    return own + [leaf for word, one in below.items() for leaf in _leaves(f"{name} {word}".strip(), one)]


def test_every_command_has_an_example_and_no_example_is_of_another() -> None:
    known = typer.main.get_command(app)
    leaves = [leaf for name, one in known.commands.items() for leaf in _leaves(name, one)]  # type: ignore[attr-defined]
    assert set(EXAMPLES) == set(leaves)


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_is_what_the_command_line_takes(line: str) -> None:
    """Parsed down to the last option; nothing is run."""
    program, *words = shlex.split(line)
    command, context = typer.main.get_command(app), None
    assert program == "impact"
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
    context = command.make_context(command.name, words)
    assert not getattr(command, "commands", {}) or context.command.invoke_without_command


def test_examples_stand_below_the_help_of_commands_and_of_groups() -> None:
    assert "impact match mentees.csv mentors.csv" in CliRunner().invoke(app, ["match", "--help"]).output
    assert "impact quarantine reload" in CliRunner().invoke(app, ["quarantine", "reload", "--help"]).output


def test_the_version_is_told_with_that_of_python() -> None:
    told = CliRunner().invoke(app, ["--version"])
    assert told.exit_code == 0
    assert told.output.startswith(f"mentorship-impact {version('mentorship-impact')}, Python 3.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dagster", "--port", "many"], "--port"),
        (["match", "--why-not", "one"], "--why-not"),
        (["match", "--nothing"], "--nothing"),
    ],
)
def test_a_word_of_the_wrong_kind_is_refused_with_its_option(words: list[str], told: str) -> None:
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 2
    assert told in ended.output


def test_an_expression_answers_as_if_it_had_been_compiled_at_once() -> None:
    unread, read = expression(r"(a+)(b)?", re.IGNORECASE), re.compile(r"(a+)(b)?", re.IGNORECASE)
    for text in ("AAB", "xaab", ""):
        assert [found and found.groups() for found in (unread.match(text), unread.match(text))] == 2 * [
            (found := read.match(text)) and found.groups()
        ]
    assert (unread.sub("_", "cab"), unread.pattern) == (read.sub("_", "cab"), read.pattern)
