"""Each command is imported when it is asked for, and all of them are there."""

import subprocess
import sys
from pathlib import Path

import typer.main
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.commands import COMMANDS

SHEETS = Path(__file__).parents[2] / "cases/matching/zones_and_seats_as_written"
SLOW = {"dagster", "great_expectations", "sqlalchemy", "duckdb", "scipy.optimize", "streamlit", "pyarrow", "pandas"}


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
