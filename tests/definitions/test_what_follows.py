"""Assets that somebody materialises by themselves are followed by what rests on them, once."""

import dagster as dg
import pytest

from pipelines.components.following import FOLLOWING, what_follows
from pipelines.definitions import defs

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")  # of the test context's `repository_def`


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return defs().get_repository_def()


def asked(repository: dg.RepositoryDefinition, *keys: str) -> dg.RunRequest | dg.SkipReason:
    """What the sensor says once a run of these keys has ended well."""
    made = frozenset(dg.AssetKey(key.split("/")) for key in keys)
    instance = dg.DagsterInstance.ephemeral()
    run = instance.create_run_for_job(repository.get_job("__ASSET_JOB"), asset_selection=made or None)
    started = dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name=run.job_name)
    context = dg.build_run_status_sensor_context("what_follows", started, instance, run, repository_def=repository)
    told = what_follows(context)
    assert isinstance(told, (dg.RunRequest, dg.SkipReason))
    return told


def test_what_rests_on_one_source_follows_up_to_the_snapshot(repository: dg.RepositoryDefinition) -> None:
    told = asked(repository, "landing/decisions")
    assert isinstance(told, dg.RunRequest)
    names = {"/".join(key.path) for key in told.asset_selection or ()}
    assert {"raw_people/persons", "marts/pairs", "serving/snapshot"} <= names
    assert not any(name.startswith(("landing", "reports", "messages")) for name in names)
    job = {"/".join(key.path) for key in repository.get_job(FOLLOWING.name).asset_layer.executable_asset_keys}
    assert names <= job


def test_what_does_not_rest_on_it_is_left_alone(repository: dg.RepositoryDefinition) -> None:
    told = asked(repository, "metrics/metric_values")
    assert isinstance(told, dg.RunRequest)
    names = {"/".join(key.path) for key in told.asset_selection or ()}
    assert "serving/snapshot" in names
    assert not any(name.startswith(("raw", "staging")) for name in names)


@pytest.mark.parametrize("keys", [("serving/snapshot",), ("reports/leadership_report",), ()])
def test_nothing_follows_on_what_is_published_or_leads_to_nothing_published(
    repository: dg.RepositoryDefinition, keys: tuple[str, ...]
) -> None:
    assert isinstance(asked(repository, *keys), dg.SkipReason)
