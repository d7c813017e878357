"""Where pages and probes find their installation: the data folder beside the releases, and what the command that started the server told them of the workspace."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboards.access.managers import data_folder
from dashboards.snapshot import serving_folder
from pipelines.audit_log import Verdict, entries, log_of, verify
from pipelines.operations.health import LATE_AFTER_HOURS, Health, health


def health_here(now: datetime) -> Health:
    """How runs ended, and what is wrong now."""
    hours = int(os.environ.get("IMPACT_LATE_AFTER_HOURS") or LATE_AFTER_HOURS)
    return health(data_folder(), serving_folder().resolve(), now, hours)


def log_here() -> tuple[list[dict[str, Any]], Verdict]:
    """Entries of the audit log, oldest first, and whether its chain holds."""
    log = log_of(data_folder())
    return entries(log), verify(log)


def retention_here() -> Mapping[str, int] | None:
    """Days by kind, as `retention:` of the workspace file says; None where the server was started without a workspace."""
    told = os.environ.get("IMPACT_RETENTION")
    return None if told is None else json.loads(told)


def is_demo_here() -> bool:
    """Whether the data are made up."""
    return bool(os.environ.get("IMPACT_IS_DEMO"))
