"""What a dbt in a process of its own tells the run that waits for it, line by line on its standard output."""

import json
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

UNTOLD = frozenset({"debug", "test"})
"""Levels that nobody reads in a run. dbt's own logger makes a line of JSON of each and throws it away after: a tenth of a build's work."""

QUIET = ("--log-level", "none", "--log-level-file", "none")
"""dbt's arguments with which its own loggers are silent, since `tell` speaks."""

_ONE_AT_A_TIME = threading.Lock()


def tell(event: "EventMsg") -> None:
    """Write one of dbt's events as its logger would in its format `json`, secrets of the environment taken out; callback of dbtRunner."""
    if event.info.level in UNTOLD:
        return
    from dbt_common.events.functions import env_scrubber, msg_to_dict
    from dbt_common.utils.encoding import ForgivingJSONEncoder

    line = env_scrubber(json.dumps(msg_to_dict(event), sort_keys=True, cls=ForgivingJSONEncoder))
    with _ONE_AT_A_TIME:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
