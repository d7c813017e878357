"""What rests on assets that somebody materialised by themselves follows by itself, up to the published snapshot.

Conditions of Dagster's own on each asset would do the same; decision 038 tells why not.
"""

import dagster as dg

SNAPSHOT = dg.AssetSelection.keys("serving/snapshot")
BEFORE_SNAPSHOT = SNAPSHOT.upstream(include_self=False) - dg.AssetSelection.groups("months")
BEHIND_LANDING = BEFORE_SNAPSHOT - dg.AssetSelection.groups("landing")
FOLLOWING = dg.define_asset_job(
    "following",
    selection=(BEHIND_LANDING | SNAPSHOT).required_multi_asset_neighbors(),
    description="What rests on assets that somebody materialised by themselves, up to the snapshot; the sensor `what_follows` chooses.",
)


@dg.run_status_sensor(
    name="what_follows",
    run_status=dg.DagsterRunStatus.SUCCESS,
    request_job=FOLLOWING,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Makes what rests on assets that were materialised by themselves, up to the published snapshot. Reports and messages wait for their schedules.",
)
def what_follows(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
    """One run a run, whose selection holds the snapshot, so that nothing follows on it."""
    made = context.dagster_run.asset_selection or set()
    if context.repository_def is None:
        raise dg.DagsterInvariantViolationError("the sensor was asked outside its code location")
    graph = context.repository_def.asset_graph
    if not made or SNAPSHOT.resolve(graph) <= made:
        return dg.SkipReason("The snapshot was published by that run.")
    if not made & BEFORE_SNAPSHOT.resolve(graph):
        return dg.SkipReason("Nothing that is published rests on what that run made.")
    behind = dg.AssetSelection.assets(*made).downstream(include_self=False)
    whole_steps = ((behind & BEHIND_LANDING) | SNAPSHOT).required_multi_asset_neighbors()
    following = whole_steps.resolve(graph, allow_missing=True) - made
    return dg.RunRequest(run_key=context.dagster_run.run_id, asset_selection=sorted(following))
