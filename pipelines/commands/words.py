"""How commands end: with words on the terminal, never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from pipelines.checkout import SettingsError

if TYPE_CHECKING:
    from pipelines.settings import Settings


def stop(message: str) -> NoReturn:
    """Say why and end with status 1."""
    typer.secho(message, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


def workspace() -> "Settings":
    """The workspace, or the reason why there is none."""
    from pipelines.settings import settings  # two spreadsheets are matched without any

    try:
        return settings()
    except SettingsError as problem:
        stop(str(problem))


@contextmanager
def told() -> Iterator[None]:
    """What a source or the settings refuse ends the command in their own words."""
    from pipelines.sources.records import SourceRefused  # with Polars, which not every command needs

    try:
        yield
    except (SettingsError, SourceRefused) as problem:
        stop(str(problem))
