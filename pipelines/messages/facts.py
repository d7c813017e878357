"""What the rules know: typed rows of the warehouse by pseudonym. No name and no address is among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True)
class Person:
    """person_key: the pseudonym. zone: IANA or None; country: ISO 3166-1 alpha-2 or None; is_here: neither gone nor on leave."""

    person_key: str
    zone: str | None = None
    country: str | None = None
    is_here: bool = True


@dataclass(frozen=True)
class Pair:
    """One pair. pair_id: None before its platform knows it. matched_on: day on which it was decided or published. held: meetings so far; next_planned: day of a meeting in the calendar."""

    programme_id: str
    cohort_id: str | None
    mentee: str
    mentor: str
    pair_id: str | None = None
    matched_on: date | None = None
    started: date | None = None
    planned_end: date | None = None
    ended: date | None = None
    cadence_days: float | None = None
    held: int = 0
    last_held: date | None = None
    next_planned: date | None = None

    @property
    def subject(self) -> str:
        """The same before and after its platform has given it an id."""
        return f"{self.cohort_id or self.programme_id}/{self.mentee}/{self.mentor}"

    @property
    def members(self) -> tuple[tuple[str, str, str], ...]:
        """(role, person, partner) of both."""
        return ("mentee", self.mentee, self.mentor), ("mentor", self.mentor, self.mentee)

    def is_open(self, today: date) -> bool:
        """Whether it has begun and not ended."""
        return self.started is not None and self.started <= today and (self.ended is None or self.ended > today)


@dataclass(frozen=True)
class Milestone:
    """A milestone of an open pair that isn't done."""

    pair: Pair
    name: str
    due: date


@dataclass(frozen=True)
class Invitation:
    """Somebody was invited to a survey. is_answered: None where answers are anonymous, so that nobody can know. link: empty where the survey's tool sent one."""

    survey_id: str
    programme_id: str
    person: str
    sent_on: date
    closes_on: date | None = None
    is_answered: bool | None = None
    link: str = ""


@dataclass(frozen=True)
class Survey:
    """A survey that the programme's file declares: at_months after a pair's start, or (None) when it closes."""

    survey_id: str
    at_months: int | None
    link: str
    open_days: int = 21
    roles: tuple[str, ...] = ("mentee", "mentor")


@dataclass(frozen=True)
class Programme:
    """A programme and what its file says of messages. automatic: kinds that nobody has to approve; sent: kinds that are sent at all; work: things that wait, by kind, for the digest."""

    programme_id: str
    name: str
    cadence_days: float | None = None
    surveys: tuple[Survey, ...] = ()
    sent: frozenset[str] = frozenset()
    automatic: frozenset[str] = frozenset()
    work: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything at the end of `today`, the day up to which the data are complete."""

    today: date
    programmes: Mapping[str, Programme]
    people: Mapping[str, Person]
    pairs: tuple[Pair, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    least_group: int = 5

    def is_here(self, person: str) -> bool:
        """Whether somebody may be written to; who isn't in the people's list is."""
        known = self.people.get(person)
        return known is None or known.is_here

    def days_since(self, day: date) -> int:
        return (self.today - day).days


def days(number: float) -> timedelta:
    """Whole days, rounded up."""
    return timedelta(days=-int(-number // 1))
