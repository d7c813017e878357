"""What a run writes is its account's own: names, answers and decisions are among it, however the run was started."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.settings import Settings

OWN_ALONE = 0o077


def close_to_others(workspace: "Settings") -> None:
    """Let this process and those that it starts write for their own account alone, and close the data folders that are there."""
    os.umask(OWN_ALONE)
    for folder in (
        workspace.data,
        workspace.landing,
        workspace.warehouse.parent,
        workspace.vault.parent,
        workspace.serving,
        workspace.reports,
        workspace.dagster_home,
    ):
        if folder.exists():
            folder.chmod(0o700)
