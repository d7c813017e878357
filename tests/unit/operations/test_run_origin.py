"""A run of the command line is one of Dagster's own: its pages show it on the timeline and take it up where it failed (they ended in an error)."""

import dagster as dg
import pytest

from pipelines.operations.dagster import CODE
from pipelines.operations.run_origin import belongs_here
from pipelines.run import _Watcher

pytestmark = pytest.mark.slow


@dg.asset
def broken() -> None:
    raise ValueError


def test_a_run_of_this_process_is_of_the_code_location_that_pages_show() -> None:
    definitions = dg.Definitions([broken], jobs=[dg.define_asset_job("everything")])
    name = definitions.get_repository_def().name
    with dg.instance_for_test() as instance:
        run_id = "0a1b2c3d-0000-4000-8000-000000000000"
        watcher = _Watcher(lambda _: None, None, lambda: belongs_here(instance, run_id, name))
        instance.add_event_listener(run_id, watcher)
        definitions.resolve_job_def("everything").execute_in_process(
            instance=instance, run_id=run_id, raise_on_error=False
        )
        run = instance.get_run_by_id(run_id)
    assert run.status is dg.DagsterRunStatus.FAILURE
    origin = run.remote_job_origin
    assert (origin.location_name, origin.repository_origin.repository_name, origin.job_name) == (CODE, "__repository__", "everything")  # fmt: skip
