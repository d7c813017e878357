"""Resources: the dbt command line of this environment, and the executor of all runs."""

import os

import dagster as dg

from pipelines.components.bundled_dbt import DBT_EXECUTABLE, DBT_FOLDER, BundledDbt


@dg.definitions
def defs() -> dg.Definitions:
    """The resources that assets ask for by name, and how runs are executed unless a job says otherwise."""
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    return dg.Definitions(
        # DuckDB has one writer: whatever is started from Dagster's pages, "Materialize all" included, runs in one process.
        executor=dg.in_process_executor,
        resources={"dbt": BundledDbt(project_dir=DBT_FOLDER, profiles_dir=DBT_FOLDER, dbt_executable=DBT_EXECUTABLE)},
    )
