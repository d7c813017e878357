"""Dagster's web server behind the guard: `python -m pipelines.operations.web` takes the options of `dagster-webserver`."""

import os
import sys
from typing import Any

from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware

from pipelines.operations.guard import Guard, local_hosts


def guarded(port: int) -> None:
    """Let every web server that Dagster makes in this process answer through the guard only."""
    own = DagsterWebserver.build_middleware
    hosts = local_hosts(port, os.environ.get("IMPACT_ALLOWED_HOSTS", "").split(","))

    def build_middleware(server: DagsterWebserver[Any, Any]) -> list[Middleware]:
        layers: list[Any] = [Middleware(Guard, hosts=hosts), *own(server)]
        return layers

    DagsterWebserver.build_middleware = build_middleware  # type: ignore[method-assign, assignment]


def main() -> None:
    """The port is the one option that the guard must know as well."""
    guarded(int(sys.argv[sys.argv.index("--port") + 1]))
    cli()


if __name__ == "__main__":
    main()
