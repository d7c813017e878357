"""`access:` of the workspace file: how people sign in to the dashboards, and who may see what. Secrets of the identity provider never stand in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.contracts.programme_messages import first_fault
from pipelines.told import ToldInWords

SECTION = "access"
ALL = "all"
"""In place of a programme's id: every programme."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
RoleName = Literal["viewer", "manager", "administrator"]


class AccessRefused(ToldInWords, ValueError):
    """`access:` isn't right; the message names the file, the line and the next step."""


class Grant(BaseModel):
    """One line of `people`: an address or a group, its role and, for managers, their programmes. units, line, caseload: only people of these units, below oneself, or in one's own charge; together they add up."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    email: str | None = None
    group: str | None = Field(default=None, min_length=1)
    role: RoleName
    programmes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    line: bool = False
    caseload: bool = False

    @field_validator("email")
    @classmethod
    def _one_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = value.strip().lower()
        local, at, domain = address.rpartition("@")
        if not (local and at and domain) or any(sign.isspace() or sign in "*<>," for sign in address):
            raise ValueError(f"{value!r} is no address; write name@example.org, or `group:` for many")
        return address

    @field_validator("programmes", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _whole(self) -> "Grant":
        if (self.email is None) == (self.group is None):
            raise ValueError("each entry names either `email` or `group`")
        if self.role == "manager" and not self.programmes:
            raise ValueError("a manager needs `programmes`: their ids, or `all`")
        if self.role != "manager" and (self.programmes or self.is_limited):
            raise ValueError(f"`programmes`, `units`, `line` and `caseload` are for managers, not for role {self.role}")
        return self

    @property
    def is_limited(self) -> bool:
        """Whether it reaches some people of its programmes only."""
        return bool(self.units or self.line or self.caseload)


class AccessSettings(BaseModel):
    """sign_in: `oidc` (an identity provider), or `proxy` (something before the dashboards that tells nobody's name: everybody is a viewer). prompt: what the provider shall ask of somebody who is signed in with it already. everybody: what those who sign in and aren't listed are."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sign_in: Literal["oidc", "proxy"] = "oidc"
    public_url: str | None = None
    session_hours: float = Field(default=12, gt=0, le=168)
    group_claim: str = Field(default="groups", min_length=1)
    prompt: Literal["select_account", "login", "consent"] = "select_account"
    everybody: Literal["viewer", "nobody"] = "nobody"
    people: tuple[Grant, ...] = ()

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f"{value!r} is no address of a server; write https://mentoring.example.org")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(f"{value!r} would send sign-ins in the clear; write https://")
        return f"{parts.scheme}://{parts.netloc}"

    @model_validator(mode="after")
    def _usable(self) -> "AccessSettings":
        if self.sign_in == "proxy" and (self.people or self.public_url):
            raise ValueError("behind a proxy nobody is known, so `people` and `public_url` can't hold; leave them out, or write `sign_in: oidc`")  # fmt: skip
        if self.sign_in == "oidc" and self.public_url is None:
            raise ValueError("`public_url` is missing: the address at which browsers open the dashboards")
        if self.sign_in == "oidc" and not self.people and self.everybody == "nobody":
            raise ValueError("nobody may sign in; list `people`, or write `everybody: viewer`")
        return self

    @property
    def host(self) -> str | None:
        """Host, with the port where one stands, at which browsers open the dashboards."""
        return urlsplit(self.public_url).netloc if self.public_url else None

    @property
    def is_https(self) -> bool:
        return (self.public_url or "").startswith("https://")


def access_of(content: Mapping[str, Any], workspace_file: Path) -> AccessSettings | None:
    """`access:` of a workspace file's content; None where it has none. Raises AccessRefused."""
    if SECTION not in content:
        return None
    try:
        return AccessSettings.model_validate(content[SECTION])
    except ValidationError as wrong:
        line = _line(workspace_file, wrong.errors(include_url=False)[0]["loc"])
        raise AccessRefused(f"{workspace_file}, line {line}: in `access`, {first_fault(wrong).replace('value error, ', '')}. Next step: correct it; docs/guides/access.md shows every entry.") from None  # fmt: skip


def read_access(workspace_file: Path) -> AccessSettings:
    """`access:` as the file says now. Raises AccessRefused where it can't be read or isn't there any more: then nobody may see anything."""
    try:
        content = yaml.safe_load(workspace_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise AccessRefused(f"{workspace_file} can't be read ({type(problem).__name__}). Next step: correct the file.") from problem  # fmt: skip
    found = access_of(content, workspace_file) if isinstance(content, Mapping) else None
    if found is None:
        raise AccessRefused(f"{workspace_file} has no `access:` any more. Next step: put it back, or start the dashboards again without it.")  # fmt: skip
    return found


def _line(workspace_file: Path, place: tuple[Any, ...]) -> int:
    """The line of an entry of `access`, or of the last one above it that the file has."""
    node, line = yaml.compose(workspace_file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), 1
    for step in (SECTION, *place):
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: Any, step: Any) -> tuple[int, Any] | None:
    """Line and node of what a key or position leads to."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None
