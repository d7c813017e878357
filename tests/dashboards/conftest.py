"""Pages opened on the small published snapshot."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.pages import PAGES, page_at
from pipelines.serving.snapshot import publish, write_tables
from tests.dashboards.reading import OpenPage, application
from tests.published import manager_tables, tables


@pytest.fixture
def open_page(published: Path, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page of a snapshot, the common one unless another folder is given; keywords are the address's parameters."""

    def _open(path: str, serving: Path = published.parent, **address: str) -> AppTest:
        monkeypatch.setenv("IMPACT_SERVING", str(serving))
        app = application()
        app.switch_page(f"app_pages/{page_at(path).module}.py")
        for key, value in address.items():
            app.query_params[key] = value
        return app.run()

    return _open


@pytest.fixture(scope="module")
def pages(published: Path) -> dict[str, AppTest]:
    """Each page of the common snapshot, opened once; for tests that only look."""
    opened = {}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IMPACT_SERVING", str(published.parent))
        for page in PAGES:
            opened[page.path] = application().switch_page(f"app_pages/{page.module}.py").run()
    return opened


@pytest.fixture
def publish_with(tmp_path: Path) -> Callable[..., Path]:
    """Publish the test snapshot with some tables replaced (a frame) or left out (None); returns the serving folder."""

    def _publish(**changes: pl.DataFrame | None) -> Path:
        made = {name: frame for name, frame in (tables() | changes).items() if frame is not None}
        publish(tmp_path, lambda path: write_tables(path, made), lambda path: write_tables(path, manager_tables()))
        return tmp_path

    return _publish
