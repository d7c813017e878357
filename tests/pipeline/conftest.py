"""Workspaces of these tests hold made-up people under a key of the tests; runs of the demo drop it and use the published one."""

import os
from collections.abc import Iterator

import pytest

KEY = "a key of the tests, long enough"


@pytest.fixture(scope="session", autouse=True)
def hash_key() -> Iterator[None]:
    before = os.environ.get("IMPACT_HASH_KEY")
    os.environ["IMPACT_HASH_KEY"] = KEY
    yield
    os.environ.pop("IMPACT_HASH_KEY") if before is None else os.environ.update(IMPACT_HASH_KEY=before)
