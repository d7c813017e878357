"""Programs that end when the process that started them is gone, however it ended."""

import os
import runpy
import sys
import threading
import time

from pipelines.operations.logs import configure

LOOK_EVERY = 0.5


def end_with_parent() -> None:
    """Watch the parent process from a thread of its own and end this one at once when it is gone: its files and locks are free again."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def dbt() -> None:
    """The dbt command line, attached."""
    end_with_parent()
    from dbt.cli.main import cli

    cli()


def main() -> None:
    """`python -m pipelines.operations.attached MODULE ARGUMENT...`: run a module as a program, attached."""
    end_with_parent()
    configure(os.environ.get("IMPACT_LOG", ""))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
