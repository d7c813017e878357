"""`impact handbook`: the programme's handbook for mentors and mentees."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.words import stop, workspace
from pipelines.handbook.blocks import blocks
from pipelines.handbook.documents import FORMATS
from pipelines.handbook.facts import Facts, facts_of
from pipelines.handbook.guide import ROLES, guide, objectives
from pipelines.settings import Settings
from pipelines.workspace_entries import read_yaml


def handbook(
    programme: Annotated[str | None, typer.Argument(help="Id of one programme; all of them without it.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write into; default: handbook/ in the data folder.")
    ] = None,
) -> None:
    """Write the handbook of a programme, for mentees and for mentors, as Word, PDF and HTML: agreement, goals, agendas, check-in, reflection, closing."""
    settings_now = workspace()
    found = programmes(settings_now)
    chosen = [facts for facts in found if programme in (None, facts.programme_id)]
    if not chosen:
        stop(
            f"There is no programme {programme!r}. Next step: use one of {', '.join(facts.programme_id for facts in found) or 'none: write a programme file first'}."
        )
    folder = out or settings_now.data / "handbook"
    for facts in chosen:
        for path in write(facts, folder / facts.programme_id):
            typer.echo(path)


def programmes(settings_now: Settings) -> list[Facts]:
    """What the workspace's programme files say, by id. A file without an objective that texts exist for is left to `impact check`."""
    files = sorted(
        path for folder in settings_now.programme_folders if folder.exists() for path in folder.glob("*.y*ml")
    )
    contents = [read_yaml(path) for path in files]
    return [
        facts_of(content)
        for content in contents
        if isinstance(content, dict) and content.get("objective") in objectives()
    ]


def write(facts: Facts, folder: Path) -> list[Path]:
    """The handbook for both roles in every format; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for role in ROLES:
        title, told = f"{facts.name}: handbook for {role}s", blocks(guide(facts, role))
        for suffix, render in FORMATS.items():
            path = folder / f"{role}.{suffix}"
            path.write_bytes(render(title, told))
            written.append(path)
    return written
