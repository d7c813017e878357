"""One run of the whole pipeline on the demo company, as a user starts it, with the network blocked; shared by every test that looks at it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.loading.vault import reading_vault

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class DemoRun:
    """A data folder in which `impact demo` has run."""

    data: Path
    output: str
    network_ledger: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.data / "reports/latest/summary.json").read_text())

    @property
    def published(self) -> Path:
        return self.data / "serving" / (self.data / "serving/CURRENT").read_text().strip()

    def ask(self, query: str) -> pl.DataFrame:
        """Ask the warehouse, with the vault beside it."""
        with reading_vault(self.data / "warehouse/warehouse.duckdb", self.data / "vault/vault.duckdb") as connection:
            return connection.sql(query).pl()

    def ask_published(self, query: str) -> pl.DataFrame:
        """Ask the readers' file."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            return connection.sql(query).pl()

    def truth(self, name: str = "truth") -> Any:
        return json.loads((self.data / f"demo/truth/{name}.json").read_text())

    def potential_outcomes(self) -> pl.DataFrame:
        return pl.read_parquet(self.data / "demo/truth/potential_outcomes.parquet")


def impact(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on `data`, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        cwd=PROJECT,
        env=run_environment(data, **environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=1_500,
    )


def run_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a run on `data`: the demo workspace, whatever the machine's own settings are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMPACT_", "DAGSTER_", "DBT_"))}
    return {
        **kept,
        "IMPACT_DATA": str(data),
        "IMPACT_WORKSPACE": str(PROJECT / "data/examples/demo_company/workspace.yaml"),
        **more,
    }


def run_demo(data: Path) -> DemoRun:
    """Run `impact demo` into `data` with every outside connection refused."""
    ledger = data / "network.txt"
    data.mkdir(parents=True, exist_ok=True)
    ended = impact(data, "demo", PYTHONPATH=str(PROJECT / "tests/no_network"), NETWORK_LEDGER=str(ledger))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return DemoRun(data, ended.stdout, ledger)
