"""What Dagster loads: everything under defs/, one folder per stage."""

from pathlib import Path

import dagster as dg

from pipelines.operations.closed_folders import close_to_others
from pipelines.settings import settings


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, jobs, schedules and resources. Whoever loads them (`dagster dev`, `dg launch`, a deployment) writes as the command line does, for its own account alone."""
    close_to_others(settings())
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
