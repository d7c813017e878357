"""A user's attributes as RFC 7643 names and shapes them, however a directory writes them."""

from collections.abc import Mapping
from typing import Any

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ATTRIBUTES = (
    "id userName name givenName familyName formatted displayName emails value type primary active title userType meta lastModified resourceType employeeNumber department division organization "
    "manager managerId $ref"
).split()
NOTHING: tuple[Any, ...] = (None, "", [], {})
NAMES = {name.lower(): name for name in (*ATTRIBUTES, ENTERPRISE)}


def _name(value: Any) -> Any:
    """A name that is written as one text, as the whole name that it is."""
    return {"formatted": value} if isinstance(value, str) else value


def _mails(value: Any) -> Any:
    """Addresses as a list of records: directories also write texts, or one record alone."""
    if not value:
        return value
    entries = value if isinstance(value, list) else [value]
    return [{"value": entry} if isinstance(entry, str) else entry for entry in entries if entry]


SHAPES = {"name": _name, "emails": _mails}
"""Attributes that directories also write in a plainer shape than RFC 7643's."""


def canonical(user: Any) -> Any:
    """A user with the names of attributes and schemas as RFC 7643 writes them: they are the same in any case (section 2.1)."""
    if isinstance(user, list):
        return [canonical(entry) for entry in user]
    if not isinstance(user, Mapping):
        return user
    found: dict[str, Any] = {}
    for name, value in user.items():
        known = NAMES.get(str(name).lower(), str(name))
        if found.get(known) in NOTHING:  # of a name in two cases the one that says something holds
            found[known] = canonical(SHAPES[known](value) if known in SHAPES else value)
    return found
