"""Who asks, and what follows from it. Made anew at each question from what the identity provider has said and what the workspace file says now; never kept."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from pipelines.access.settings import ALL, AccessSettings, Grant

SKEW_SECONDS = 300
"""How far the provider's clock may be before ours."""


class Role(IntEnum):
    """Each sees what the ones before it see."""

    VIEWER = 1
    MANAGER = 2
    ADMINISTRATOR = 3

    @property
    def words(self) -> str:
        return self.name.lower()


class Refused(PermissionError):
    """Somebody isn't let in, or not to this."""


class NotForYou(Refused):
    """This principal may not see or do that; the message is a calm sentence for the page."""


class SignInNeeded(Refused):
    """Nobody is signed in, or for too long; the message says which."""


class NoRole(Refused):
    """Somebody is signed in whom the workspace file gives no role."""


@dataclass(frozen=True)
class Share:
    """A programme (or ALL) of which a manager sees all people, or those of some units, below oneself, or in one's own charge."""

    programme: str
    units: frozenset[str] = frozenset()
    line: bool = False
    caseload: bool = False

    @property
    def is_whole(self) -> bool:
        return not (self.units or self.line or self.caseload)

    def covers(self, programme_id: str) -> bool:
        """Whether it is about a programme at all."""
        return self.programme in (ALL, programme_id)


@dataclass(frozen=True)
class Principal:
    """who: a mark for logs that names nobody. known_as: the address, for what a person decides under their name. is_signed_in: False for who uses this computer without sign-in."""

    who: str
    role: Role
    known_as: str = field(repr=False)
    shares: tuple[Share, ...] = ()
    is_signed_in: bool = True

    @property
    def sees_everything(self) -> bool:
        return self.role is Role.ADMINISTRATOR

    def may_open(self, audience: Role) -> bool:
        """Whether a page for this audience is one for them."""
        return self.role >= audience

    def may_see(self, programme_id: str) -> bool:
        """Whether some people of a programme are shown to them one by one."""
        return self.sees_everything or any(share.covers(programme_id) for share in self.shares)

    def may_decide(self, programme_id: str) -> bool:
        """Whether all people of a programme are: who decides about a matching has to see all of it."""
        return self.sees_everything or any(share.covers(programme_id) and share.is_whole for share in self.shares)

    def must_see(self, programme_id: str) -> None:
        """Raises NotForYou."""
        if not self.may_see(programme_id):
            raise NotForYou("This is for the managers of that programme.")

    def must_decide(self, programme_id: str) -> None:
        """Raises NotForYou."""
        if not self.may_decide(programme_id):
            raise NotForYou("This is for managers who see a whole programme: it is about everybody in it.")

    def must_be(self, role: Role) -> None:
        """Raises NotForYou."""
        if self.role < role:
            raise NotForYou(f"This is for {role.words}s.")


def mark_of(address: str) -> str:
    """What logs call somebody: the beginning of a hash of the address. `impact access` tells whose it is."""
    return f"user-{hashlib.sha256(address.strip().lower().encode()).hexdigest()[:12]}"


def local_principal(name: str) -> Principal:
    """Who uses the computer on which the dashboards run, without `access:`."""
    return Principal("local", Role.ADMINISTRATOR, name, is_signed_in=False)


def viewer(name: str = "a reader") -> Principal:
    """Somebody of whom nothing is known: published figures only."""
    return Principal("reader", Role.VIEWER, name, is_signed_in=False)


def principal_of(
    claims: Mapping[str, Any], access: AccessSettings, now: datetime, ended: Mapping[str, float] | None = None
) -> Principal:
    """claims: of the identity token; empty where nobody is signed in. ended: mark to the moment (seconds) at which somebody signed out: older sign-ins don't count any more.

    Raises SignInNeeded, NoRole.
    """
    if access.sign_in == "proxy":
        return viewer()
    address, name = _address(claims), _name(claims)
    if not claims or not name:
        raise SignInNeeded("You are not signed in.")
    _still_fresh(claims, access, now, (ended or {}).get(mark_of(name), 0.0))
    found = [grant for grant in access.people if _fits(grant, address, groups_of(claims, access.group_claim))]
    role = max((Role[grant.role.upper()] for grant in found), default=None)
    if role is None and access.everybody == "viewer":
        role = Role.VIEWER
    if role is None:
        raise NoRole(f"You are signed in as {name}, and nobody has given you a role here.")
    return Principal(mark_of(name), role, name, tuple(_shares(found)))


def principal_for_address(address: str, access: AccessSettings) -> Principal | None:
    """What the file gives to an address by itself, without groups; None where it gives nothing."""
    found = [grant for grant in access.people if _fits(grant, address.strip().lower(), frozenset())]
    if not found:
        return None
    role = max(Role[grant.role.upper()] for grant in found)
    return Principal(mark_of(address), role, address, tuple(_shares(found)))


def groups_of(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The groups that a token names; claim: where, `a.b` for b in a."""
    found: Any = claims
    if claim in claims:
        found = claims[claim]
    else:
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    listed = [found] if isinstance(found, str) else found if isinstance(found, list | tuple) else []
    return frozenset(str(name) for name in listed)


def _address(claims: Mapping[str, Any]) -> str | None:
    """The address, unless the provider says that nobody has checked it: then anybody may have typed it."""
    address = claims.get("email")
    if not isinstance(address, str) or str(claims.get("email_verified", True)).lower() in ("false", "0"):
        return None
    return address.strip().lower()


def _name(claims: Mapping[str, Any]) -> str | None:
    found = _address(claims) or claims.get("sub")
    return str(found) if found else None


def _still_fresh(claims: Mapping[str, Any], access: AccessSettings, now: datetime, ended: float) -> None:
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise SignInNeeded("The identity provider doesn't say when you signed in.")
    age = now.timestamp() - issued
    if age < -SKEW_SECONDS or age > access.session_hours * 3600:
        raise SignInNeeded(f"You signed in more than {access.session_hours:g} hours ago.")
    if issued <= ended:
        raise SignInNeeded("You have signed out.")


def _fits(grant: Grant, address: str | None, groups: frozenset[str]) -> bool:
    return (grant.email is not None and grant.email == address) or (grant.group is not None and grant.group in groups)


def _shares(grants: Iterable[Grant]) -> Iterable[Share]:
    for grant in grants:
        for programme in grant.programmes:
            yield Share(programme, frozenset(grant.units), grant.line, grant.caseload)
