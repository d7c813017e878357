"""What pages import, imported once before anybody asks.

Altair asks whether pandas is imported already and takes it where it is half imported too, so two people who open charts at the same moment
on a fresh server could get an error. And the first to open a page waits for nothing that the second doesn't.
"""

import importlib
import pkgutil
import threading

import dashboards

WHOLE_BEFORE_ANYBODY = ("pandas", "pyarrow", "altair")
SCRIPTS = ("dashboards.app_pages", "dashboards.streamlit_app", "dashboards.server")
"""They are run for each reader, not imported."""


def load_ahead() -> None:
    """Import what must be whole before the first page, then everything else beside the server."""
    for name in WHOLE_BEFORE_ANYBODY:
        importlib.import_module(name)
    threading.Thread(target=_load_parts, name="loading ahead", daemon=True).start()


def _load_parts() -> None:
    for part in pkgutil.walk_packages(dashboards.__path__, "dashboards."):
        if not part.name.startswith(SCRIPTS):
            importlib.import_module(part.name)
