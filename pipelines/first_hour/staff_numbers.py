"""How sources that are added later name people, so that they meet those that a workspace holds already."""

from collections.abc import Mapping
from typing import Any

OWN_LIST = "people"


def staff_number_type(workspace: Mapping[str, Any]) -> str:
    """The id type of staff numbers: the id of the workspace's only HR source, else of the list that Add data makes."""
    lists = [
        str(source["id"]) for source in workspace.get("sources") or [] if source.get("connector") in _lists_of_people()
    ]
    return lists[0] if len(lists) == 1 else OWN_LIST


def _lists_of_people() -> frozenset[str]:
    """Connectors that bring persons from a system that is known; what a mapping says of other files tells nothing here."""
    from pipelines.sources.connectors import CONNECTORS  # many modules, and only who adds data needs them

    return frozenset(name for name, spec in CONNECTORS.items() if "persons" in spec.tables_filled())
