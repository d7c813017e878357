"""How every DuckDB of a run is opened: how much memory it may take, where it puts what doesn't fit, and that it downloads nothing.

dbt's profile reads the same two environment variables; `dbt_environment` hands it the folder, which has the process's number in its name.
"""

import os
import shutil
from pathlib import Path

DuckDBConfig = dict[str, str | bool | int | float | list[str]]

MEMORY_LIMIT = "50%"
"""Of the machine, or of what a container was given: Python, Polars and Arrow need the rest. DuckDB alone would take four fifths."""

SPILL = ".spill"


def memory_limit() -> str:
    """What one DuckDB may take before it spills: IMPACT_MEMORY_LIMIT (`4GB`, `30%`), or half of the machine's memory."""
    return os.environ.get("IMPACT_MEMORY_LIMIT") or MEMORY_LIMIT


def spill_folder(file: Path) -> Path:
    """Where a process puts what doesn't fit into memory: beside `file`, or in IMPACT_SPILL. DuckDB makes it when it is needed, and takes it away."""
    chosen = os.environ.get("IMPACT_SPILL")
    folder = Path(chosen) if chosen else file.parent
    if chosen:  # DuckDB makes its own folder, and none above it
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f".{file.stem}-{os.getpid()}{SPILL}"


def duckdb_config(file: Path | None) -> DuckDBConfig:
    """Configuration of a connection to `file`, or to a database in memory, which spills nowhere; all connections of a process to one file must have the same."""
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": memory_limit(),
        "temp_directory": str(spill_folder(file)) if file else "",
    }


def dbt_environment(file: Path) -> dict[str, str]:
    """What dbt's profile reads, so that its connection to `file` is as every other."""
    return {"IMPACT_WAREHOUSE": str(file), "IMPACT_SPILL_OF_DBT": str(spill_folder(file.with_stem("dbt")))}


def clear_spills(file: Path) -> None:
    """Take away what processes that were killed left behind: rows of people may be in it."""
    folder = spill_folder(file).parent
    for left in folder.glob(f".*-*{SPILL}"):
        if not _is_running(left.name.removesuffix(SPILL).rpartition("-")[2]):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
