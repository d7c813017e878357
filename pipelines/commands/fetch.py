"""`impact fetch`: ask the remote systems for what is new, without loading it."""

from typing import Annotated

import typer

from pipelines.commands.words import stop, told, workspace
from pipelines.counted import counted


def fetch(
    source: Annotated[str | None, typer.Argument(help="Id of one source; all remote ones without it.")] = None,
) -> None:
    """Ask the systems behind an API for what is new and keep it for the next run. Goes on where an interrupted one stopped."""
    from pipelines.sources.connectors import remote_names
    from pipelines.sources_configured import configured_sources
    from pipelines.workspace_loads import bring, landed

    workspace()
    with told():
        remote = [entry for entry in configured_sources() if entry.connector in remote_names()]
        names = [entry.source_id for entry in remote]
        if source is not None and source not in names:
            stop(
                f"{source!r} is no source over a network; of this workspace {', '.join(names) or 'none'} is. Next step: correct the name; files need no fetching, `impact run` reads them."
            )
        if not remote:
            stop("No source of this workspace is asked over a network. Next step: `impact run` reads the files.")
        remote = [entry for entry in remote if source in (None, entry.source_id)]
        for entry in remote:
            bring(entry, typer.echo)
            load = landed(entry)
            typer.echo(
                f"{entry.source_id}: landed as {load.load_id}, {counted(len(load.files), 'page')}, {load.total_bytes:,} bytes"
            )
