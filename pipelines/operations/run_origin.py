"""Runs of the command line as Dagster's pages know runs: of this code location, so that they stand on the timeline and can be taken up where they failed."""

from typing import TYPE_CHECKING

from pipelines.operations.dagster import CODE

if TYPE_CHECKING:
    from dagster import DagsterInstance


def belongs_here(instance: "DagsterInstance", run_id: str, repository: str) -> None:
    """Say of a run that was begun in this process what Dagster says of those that its pages start. repository: the definitions' name."""
    from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

    run = instance.get_run_by_id(run_id)
    if run is None or run.remote_job_origin is not None:
        return
    origin = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(CODE), repository)
    instance.run_storage.replace_job_origin(run, RemoteJobOrigin(origin, run.job_name))
