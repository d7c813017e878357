"""When a run is late: how long the schedule lets pass between two runs, and time for the run itself."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from math import ceil
from zoneinfo import ZoneInfo

from cronsim import CronSim

from pipelines.settings import Settings
from pipelines.workspace_entries import Schedule

RUN_HOURS = 2
FROM = datetime(2027, 1, 1)
WITHIN = timedelta(days=400)
MOST = 20_000
"""Starts that are looked at: more than any minute-by-minute window of one day has."""


def late_after_hours(workspace: Settings) -> int:
    """Hours without a good run after which one is late: what the workspace file says, else what its schedule means."""
    return workspace.alerts.late_after_hours or longest_pause(workspace.schedule) + RUN_HOURS


def longest_pause(schedule: Schedule) -> int:
    """Hours between the two planned loads that lie furthest apart, rounded up: 24 for every night, 72 for the nights of working days."""
    begin = FROM.replace(tzinfo=ZoneInfo(schedule.zone))
    starts = [begin.astimezone(UTC)]
    for start in islice(CronSim(schedule.load, begin), MOST):
        starts.append(start.astimezone(UTC))  # the clock's change makes one day of 25 hours
        if start - begin > WITHIN:
            break
    return ceil(max(later - earlier for earlier, later in pairwise(starts)) / timedelta(hours=1))
