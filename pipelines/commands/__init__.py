"""Commands around sources and matching, each in a module of its own that is imported when its command is asked for."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

COMMANDS = {
    "start": "start:start",
    "template": "template:write_template",
    "init": "init:init",
    "sources": "sources:sources",
    "check": "check:check",
    "map": "map_file:map_file",
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


class CommandsOnDemand(TyperGroup):
    """The command line with the commands of this package. Importing all of them costs more than most of them do, so each is imported for itself."""

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ARG002
        return self._own.get(cmd_name) or (_imported(cmd_name) if cmd_name in COMMANDS else None)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        return [*COMMANDS, *self._own]

    @property  # type: ignore[override]
    def commands(self) -> dict[str, Any]:
        return {**{name: _imported(name) for name in COMMANDS}, **self._own}

    @commands.setter
    def commands(self, given: dict[str, Any]) -> None:
        self._own = given


def _imported(name: str) -> Any:
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"pipelines.commands.{module}"), attribute)
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return get_group(alone).commands[name]
