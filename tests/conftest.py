"""Fixtures that several folders of tests share."""

from pathlib import Path

import pytest

from tests.published import publish_test_snapshot


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The readers' file of a small published snapshot."""
    return publish_test_snapshot(tmp_path_factory.mktemp("serving"))
