"""What the workspace file says of mail that leaves the product: `messages:` (who sends, when), `report:` (who gets the leadership report) and `alerts:` (who is told when a run fails)."""

from collections.abc import Mapping
from datetime import time
from email.utils import parseaddr
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.contracts.programme_messages import first_fault
from pipelines.told import ToldInWords


def _address(value: str) -> str:
    _name, address = parseaddr(value)
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or any(sign.isspace() for sign in address):
        raise ValueError(f"{value!r} is no address; write name@example.org or Name <name@example.org>")
    return value


Address = Annotated[str, AfterValidator(_address)]


class Hours(BaseModel):
    """When messages leave, by the recipient's clock."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: time = Field(default=time(8), validation_alias="from")
    last: time = Field(default=time(18), validation_alias="to")


class MessageSettings(BaseModel):
    """sender: the address that messages come from. coordinators: programme id (or `all`) to address. allow: addresses that get messages before sending is opened to everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sender: Address = Field(default="Mentoring team <mentoring@localhost>", validation_alias="from")
    reply_to: Address | None = None
    team: str = "The mentoring team"
    coordinators: Mapping[str, Address] = {}
    allow: tuple[Address, ...] = ()
    public_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    hours: Hours = Hours()
    zone: str | None = None
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    week_cap: int = Field(default=2, ge=1, le=20)
    templates: str = "messages"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value!r} is no IANA zone; write for example Europe/Berlin")
        return value

    @property
    def answers_to(self) -> str:
        """The bare address that answers and opt-outs by mail go to."""
        return parseaddr(self.reply_to or self.sender)[1]


class ReportSettings(BaseModel):
    """owner: sees the report `preview_hours` before everybody else. attach: the PDF too, which nobody can call back."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    recipients: tuple[Address, ...] = Field(min_length=1)
    owner: Address
    preview_hours: int = Field(default=24, ge=0, le=24 * 14)
    attach: bool = False


class AlertSettings(BaseModel):
    """to: addresses that are told when a run fails or is late and when sources are stale. late_after_hours: without a good run of everything; None follows the schedule."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    to: tuple[Address, ...] = ()
    late_after_hours: int | None = Field(default=None, ge=1, le=24 * 400)


class OutreachRefused(ToldInWords, ValueError):
    """A block of the workspace file isn't right; the message names the entry."""


Block = TypeVar("Block", MessageSettings, ReportSettings, AlertSettings)


def read_block(kind: type[Block], name: str, content: Any) -> Block:
    """One block. Raises OutreachRefused."""
    try:
        return kind.model_validate(content)
    except ValidationError as wrong:
        raise OutreachRefused(f"in `{name}`, {first_fault(wrong)}. Next step: correct it; docs/guides/messages.md shows every entry.") from None  # fmt: skip
