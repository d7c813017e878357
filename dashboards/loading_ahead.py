"""What pages import, imported once, before anybody asks.

Altair asks whether pandas is imported already and takes it where it is half imported too, so two people who open charts at the same moment
on a fresh server could get an error. Nothing is left to a thread: beside a page it would be one of those two.
"""

import importlib
import pkgutil

import dashboards

SCRIPTS = ("dashboards.app_pages", "dashboards.streamlit_app", "dashboards.server")
"""They are run for each reader, not imported."""


def load_ahead() -> None:
    """Import pandas and Altair, and whatever else pages use."""
    for name in ("pandas", "altair"):
        importlib.import_module(name)
    for part in pkgutil.walk_packages(dashboards.__path__, "dashboards."):
        if not part.name.startswith(SCRIPTS):
            importlib.import_module(part.name)
