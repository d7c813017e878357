"""The dbt command line of this environment."""

import sys
from pathlib import Path

from dagster_dbt import DbtCliResource
from dbt.version import __version__ as dbt_version
from packaging import version

from pipelines.checkout import PROJECT

DBT_FOLDER = str(PROJECT / "dbt_project")


def dbt_executable() -> str:
    """The dbt of this environment, whether or not the environment is on the PATH; the one that ends with its run where this package's commands are installed."""
    commands = Path(sys.executable).parent
    attached = commands / "impact-dbt"
    return str(attached if attached.exists() else commands / "dbt")


DBT_EXECUTABLE = dbt_executable()


class BundledDbt(DbtCliResource):
    """dbt from this environment.

    dagster-dbt asks `dbt --version` in a process of its own before each command, which looks for newer releases on the package index, and opens an adapter
    in this process, which would hold the warehouse file. Both cost about 5 s a run and neither is used here.
    """

    @property
    def _cli_version(self) -> version.Version:
        return version.parse(dbt_version)

    def _initialize_dbt_core_adapter(self, _args: object) -> None:
        return None
