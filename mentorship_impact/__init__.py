"""What an installed package offers under one name: the command line, and the libraries `matching` and `impact`.

The wheel holds the repository's folders (`pipelines`, `dashboards`, `dbt_project`, ...) inside this package, so that none of them takes a name in somebody's environment. Within a
process that imports `mentorship_impact` they are importable by their own names, and in the programs that it starts.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
HOME = HERE if (HERE / "pipelines").is_dir() else HERE.parent
"""The folder that holds `pipelines`: this one in a wheel, the repository otherwise."""
LIBRARIES = ("impact", "matching")


def _make_importable() -> None:
    home = str(HOME)
    if home not in sys.path:
        sys.path.insert(0, home)
    told = os.environ.get("PYTHONPATH", "")
    if home not in told.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (home, told) if part)


def __getattr__(name: str) -> ModuleType:
    """`mentorship_impact.matching` and `mentorship_impact.impact`."""
    if name in LIBRARIES:
        return import_module(f"pipelines.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main() -> None:
    """The command line `impact`."""
    from pipelines.cli import main as command_line

    command_line()


def dbt() -> None:
    """dbt, as a program that ends with the run that started it."""
    import logging

    from pipelines.operations.attached import dbt as attached

    logging.raiseExceptions = False  # a log that can't be written, as on a full disk, would print pages of tracebacks
    attached()


_make_importable()
