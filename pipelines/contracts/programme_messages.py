"""What a programme's file may say of its messages (`messages:`), checked where the file is read and again where messages are worked out."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.told import ToldInWords

KINDS = (
    "introduction", "first_meeting", "check_in", "drift_nudge", "survey_invitation", "survey_reminder", "milestone_due", "closing", "coordinator_digest",
)  # fmt: skip
Kind = Literal["introduction", "first_meeting", "check_in", "drift_nudge", "survey_invitation", "survey_reminder", "milestone_due", "closing", "coordinator_digest"]  # fmt: skip
Role = Literal["mentee", "mentor"]


class DeclaredSurvey(BaseModel):
    """A survey that the programme sends itself. at: months after a pair's start, or `closing`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    survey: str = Field(min_length=1)
    at: int | Literal["closing"]
    link: str = Field(pattern=r"^https://\S+$")
    open_days: int = Field(default=21, ge=1, le=365)
    roles: tuple[Role, ...] = ("mentee", "mentor")


class ProgrammeMessages(BaseModel):
    """send: kinds that are drafted at all. without_approval: kinds that leave without a person's approval."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    send: tuple[Kind, ...] = KINDS  # type: ignore[assignment]
    without_approval: tuple[Kind, ...] = ()
    surveys: tuple[DeclaredSurvey, ...] = ()


class MessagesRefused(ToldInWords, ValueError):
    """The block isn't right; the message names the entry."""


def programme_messages(block: Any) -> ProgrammeMessages:
    """The block of one programme file, the defaults where it has none. Raises MessagesRefused."""
    try:
        return ProgrammeMessages.model_validate(block or {})
    except ValidationError as wrong:
        raise MessagesRefused(first_fault(wrong)) from None


def first_fault(wrong: ValidationError) -> str:
    """What is wrong first, and where, in one line."""
    fault = wrong.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "the block"
    return f"`{where}`: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
