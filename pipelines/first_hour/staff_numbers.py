"""How sources that are added later name people, so that they meet those that a workspace holds already."""

from collections.abc import Mapping
from typing import Any

LISTS_OF_PEOPLE = frozenset({"bamboohr", "workday", "successfactors", "hibob", "scim", "oneroster"})
OWN_LIST = "people"


def staff_number_type(workspace: Mapping[str, Any]) -> str:
    """The id type of staff numbers: the id of the workspace's only HR source, else of the list that Add data makes."""
    lists = [
        str(source["id"])
        for source in workspace.get("sources") or []
        if any(str(source.get("connector", "")).startswith(name) for name in LISTS_OF_PEOPLE)
    ]
    return lists[0] if len(lists) == 1 else OWN_LIST
