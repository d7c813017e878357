"""Programs that end when the process that started them is gone, however it ended."""

import os
import runpy
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

from pipelines.operations.dbt_lines import QUIET, tell
from pipelines.operations.logs import configure

LOOK_EVERY = 0.5
PARSED = "IMPACT_PARSED_DBT_PROJECT"
"""Names the file with the dbt project as parsed, in the environment of a dbt that need not parse it again."""


ONLY = "IMPACT_DBT_ONLY"
"""Names the file with the nodes, one a line, that a dbt makes of all that it was asked for: too many for a command line."""


def narrowed(arguments: list[str], only: str) -> list[str]:
    """dbt's arguments with the nodes in the file `only` in the place of the selection; as they are where there is no such file."""
    if not only or "--select" not in arguments:
        return arguments
    at = arguments.index("--select") + 1
    names = Path(only).read_text(encoding="utf-8").split()
    return [*arguments[:at], *names, *arguments[at + 1 :], "--indirect-selection", "empty"]


def end_with_parent() -> None:
    """Watch the parent process from a thread of its own and end this one at once when it is gone: its files and locks are free again."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def dbt() -> None:
    """The dbt command line, attached. Parsing is a fifth of a build's work; a run that has a current parse hands it over."""
    end_with_parent()
    from dbt.cli.main import cli, dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    target = os.environ.get("IMPACT_TARGET", "")
    if target not in {"", "duckdb"}:
        import_module(f"pipelines.engines.dbt_{target}").install()
    if PARSED not in os.environ:
        cli()
    parsed = Manifest.from_msgpack(Path(os.environ[PARSED]).read_bytes())
    parsed.build_flat_graph()  # what macros read as `graph`; without it no metric would be asked for what it needs
    is_json = os.environ.get("DBT_LOG_FORMAT") == "json" and not {"DBT_DEBUG", "DBT_LOG_LEVEL"} & set(os.environ)
    quiet, callbacks = (QUIET, [tell]) if is_json else ((), [])
    arguments = narrowed(sys.argv[1:], os.environ.get(ONLY, ""))
    result = dbtRunner(manifest=parsed, callbacks=callbacks).invoke([*quiet, *arguments])
    if result.exception is not None:
        raise result.exception
    sys.exit(0 if result.success else 1)


def main() -> None:
    """`python -m pipelines.operations.attached MODULE ARGUMENT...`: run a module as a program, attached."""
    end_with_parent()
    configure(os.environ.get("IMPACT_LOG", ""))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
