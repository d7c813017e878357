"""Resources: the dbt command line, and the run lock that keeps the warehouse to one writer."""

import os

import dagster as dg
from dagster_dbt import DbtCliResource
from dbt.version import __version__ as dbt_version
from packaging import version

from pipelines.settings import PROJECT


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


@dg.definitions
def defs() -> dg.Definitions:
    """The resources that assets ask for by name."""
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    folder = str(PROJECT / "dbt_project")
    return dg.Definitions(
        resources={
            "dbt": BundledDbt(project_dir=folder, profiles_dir=folder, global_config_flags=["--no-version-check"])
        }
    )
