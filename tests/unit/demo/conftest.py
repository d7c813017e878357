"""The demo company, generated once for all tests of this folder."""

import io
import json
from typing import Any

import polars as pl
import pytest

from pipelines.demo.company import build
from pipelines.demo.files import Files


@pytest.fixture(scope="session")
def demo() -> Files:
    return build(2026, 1.0)[0]


@pytest.fixture(scope="session")
def truth(demo: Files) -> dict[str, Any]:
    return json.loads(demo["truth/truth.json"])


@pytest.fixture(scope="session")
def outcomes(demo: Files) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(demo["truth/potential_outcomes.parquet"]))
