"""What happens whenever a run has ended, however it was started: it is kept, logged, and told where somebody is to be told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pipelines.operations import alerts
from pipelines.operations.last_runs import record_run
from pipelines.operations.logs import run_named
from pipelines.settings import Settings

LOG = logging.getLogger("impact.runs")


def after_run(workspace: Settings, job: str, run_id: str, *, where: str = "") -> None:
    """where: the step at which it failed, in words, "" where it succeeded. A run that is told of twice is kept once. What goes wrong here is logged and changes no run's end."""
    with run_named(run_id):
        LOG.log(logging.ERROR if where else logging.INFO, "run of %s %s", job, f"failed at: {where}" if where else "succeeded")  # fmt: skip
        with _logged("kept"):
            record_run(workspace.data, job, run_id, datetime.now(UTC), where=where)
        with _logged("told"):  # also where nothing could be kept: a full disk is what somebody must hear of
            if alerts.is_configured(workspace):
                alerts.review(workspace)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        LOG.warning("how the run ended can't be %s (%s)", what, type(problem).__name__)
