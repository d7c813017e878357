"""Commands around sources and matching, each in a module of its own that is imported when its command is asked for."""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from pipelines.command_examples import with_examples
from pipelines.plain_options import PlainCommand, PlainOptions

COMMANDS = {
    "start": "start:start",
    "template": "template:write_template",
    "init": "init:init",
    "sources": "sources:sources",
    "check": "check:check",
    "map": "map_file:map_file",
    "schema": "schema:schema",
    "fetch": "fetch:fetch",
    "audit": "audit:audit",
    "export": "export:export",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "retain": "retain:retain",
    "erase": "erase:erase",
    "match": "match:match",
    "draw": "draw:draw",
    "register": "register:register",
    "health": "health:health",
    "handbook": "handbook:handbook",
    "forms": "forms:forms",
    "quarantine": "quarantine:app",
    "log": "log:app",
    "access": "access:access",
    "report": "report:app",
    "messages": "messages:app",
}
"""Command to its module here, and the function or the group of commands in it."""


class CommandsOnDemand(PlainOptions, TyperGroup):
    """The command line with the commands of this package. Importing all of them costs more than most of them do, so each is imported for itself."""

    _lists = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The list of commands needs their first sentence, which is read from their source: importing all of them takes a second."""
        self._lists = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._lists = False

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ARG002
        if self._lists and cmd_name in COMMANDS:
            return _named(cmd_name)
        found = self._own.get(cmd_name) or (_imported(cmd_name) if cmd_name in COMMANDS else None)
        return with_examples(cmd_name, found) if found else None

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        return [*COMMANDS, *self._own]

    @property  # type: ignore[override]
    def commands(self) -> dict[str, Any]:
        known = {**{name: _imported(name) for name in COMMANDS}, **self._own}
        return {name: with_examples(name, command) for name, command in known.items()}

    @commands.setter
    def commands(self, given: dict[str, Any]) -> None:
        self._own = given


def _named(name: str) -> Any:
    """A command with nothing but its help."""
    module, _, attribute = COMMANDS[name].partition(":")
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    return TyperCommand(name, help=_help(tree, attribute))


def _help(tree: ast.Module, attribute: str) -> str:
    """A function's docstring, or `help` of the group that is assigned to the name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == attribute:
            return ast.get_docstring(node) or ""
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _names(node) == [attribute]:
            return next((ast.literal_eval(word.value) for word in node.value.keywords if word.arg == "help"), "")
    return ""


def _names(node: ast.Assign) -> list[str]:
    return [one.id for one in node.targets if isinstance(one, ast.Name)]


def _imported(name: str) -> Any:
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"pipelines.commands.{module}"), attribute)
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name, cls=PlainCommand)(found)
    return get_group(alone).commands[name]
