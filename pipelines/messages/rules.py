"""Who is due what: the only place that says when a message is sent, and when it no longer is.

Each rule takes the facts and names messages by a key of what they are about, so that a second run on the same facts names the same ones. A rule never looks further back than its
window: whoever starts with the product in the middle of a programme doesn't write to everybody about last year.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.average_month import DAYS_PER_MONTH
from pipelines.messages.due import Due, Field, coordinator, person
from pipelines.messages.facts import Facts, Invitation, Pair, Survey, days


@dataclass(frozen=True)
class Timing:
    """Days, and multiples of the agreed interval between meetings."""

    introduction: int = 14
    first_meeting: tuple[int, ...] = (3, 10)
    window: int = 7
    drift: tuple[float, ...] = (1.5, 2.5)
    drift_window: int = 14
    half_time_without_end: int = 90
    reminders: tuple[int, ...] = (7, 14)
    milestone_ahead: int = 7
    milestone_late: int = 14
    closing_ahead: int = 14
    survey_window: int = 14


TIMING = Timing()
NOTHING: Mapping[str, Field] = {}


def due_messages(facts: Facts, timing: Timing = TIMING) -> list[Due]:
    """Every message that is due today, by key; programmes decide which kinds they send."""
    found = [message for rule in RULES for message in rule(facts, timing) if _is_sent(facts, message)]
    return sorted({message.key: message for message in found}.values(), key=lambda message: message.key)


def _is_sent(facts: Facts, message: Due) -> bool:
    programme = facts.programmes.get(message.programme_id)
    if programme is None or message.kind not in programme.sent or message.expires_on < facts.today:
        return False
    return not message.recipient.startswith("person:") or facts.is_here(message.recipient.removeprefix("person:"))


def _to(facts: Facts, pair: Pair, kind: str, occasion: str, due_on: date, expires_on: date, *, roles: tuple[str, ...] = ("mentee", "mentor"), fields: Mapping[str, Field] = NOTHING) -> Iterator[Due]:  # fmt: skip
    """The message for members of a pair; nobody is told to write to a partner who is away."""
    automatic = (
        kind in facts.programmes[pair.programme_id].automatic if pair.programme_id in facts.programmes else False
    )
    for role, member, partner in pair.members:
        if role in roles and facts.is_here(partner):
            yield Due(kind, person(member), pair.programme_id, pair.subject, occasion, due_on, expires_on, pair.cohort_id, partner, role, {**fields, **_number(pair)}, automatic)  # fmt: skip


def _number(pair: Pair) -> dict[str, Field]:
    """The pair's number on its platform, by which coordinators know it."""
    return {"pair": pair.pair_id} if pair.pair_id else {}


def introductions(facts: Facts, timing: Timing) -> Iterator[Due]:
    """A pair was made lately and hasn't met."""
    for pair in facts.pairs:
        made = max((day for day in (pair.matched_on, pair.started) if day and day <= facts.today), default=None)
        if made is None or pair.held or pair.ended or facts.days_since(made) > timing.introduction:
            continue
        yield from _to(facts, pair, "introduction", "made", made, made + timedelta(days=timing.introduction))


def first_meetings(facts: Facts, timing: Timing) -> Iterator[Due]:
    """A pair began some days ago and has neither met nor booked: first the mentee is asked, then both."""
    for pair in facts.pairs:
        if not pair.is_open(facts.today) or pair.held or pair.next_planned or pair.started is None:
            continue
        passed = [after for after in timing.first_meeting if after <= facts.days_since(pair.started)]
        if not passed or facts.days_since(pair.started) > passed[-1] + timing.window:
            continue
        after, roles = passed[-1], ("mentee",) if len(passed) == 1 else ("mentee", "mentor")
        day = pair.started + timedelta(days=after)
        yield from _to(
            facts, pair, "first_meeting", f"day {after}", day, day + timedelta(days=timing.window), roles=roles
        )


def half_time(facts: Facts, timing: Timing) -> Iterator[Due]:
    """Half of a pair's time is over and it has met."""
    for pair in facts.pairs:
        if not pair.is_open(facts.today) or not pair.held or pair.started is None:
            continue
        planned = (pair.planned_end - pair.started).days // 2 if pair.planned_end else timing.half_time_without_end
        day = pair.started + timedelta(days=planned)
        if day <= facts.today:
            yield from _to(
                facts,
                pair,
                "check_in",
                "half time",
                day,
                day + timedelta(days=timing.drift_window),
                fields={"held": pair.held},
            )


def drifting(facts: Facts, timing: Timing) -> Iterator[Due]:
    """An open pair is silent for longer than agreed: two messages a silence, then it is the coordinator's (`silent_beyond`)."""
    for pair in facts.pairs:
        since = _silent_since(facts, pair)
        if since is None or not pair.cadence_days:
            continue
        begun = [(place, since + days(times * pair.cadence_days)) for place, times in enumerate(timing.drift, 1)]
        passed = [(place, day) for place, day in begun if day < facts.today]
        if not passed:
            continue
        place, day = passed[-1]
        fields: dict[str, Field] = (
            {"last_met": f"{pair.last_held}", "cadence_days": round(pair.cadence_days)} if pair.last_held else {}
        )
        until = day + timedelta(days=timing.drift_window)
        yield from _to(facts, pair, "drift_nudge", f"{since} {place}", day, until, fields=fields)


def silent_beyond(facts: Facts, programme_id: str, timing: Timing = TIMING) -> int:
    """Open pairs of a programme that are silent longer than its messages reach."""
    return sum(
        pair.programme_id == programme_id
        and (since := _silent_since(facts, pair)) is not None
        and facts.days_since(since) > timing.drift[-1] * (pair.cadence_days or facts.days_since(since))
        for pair in facts.pairs
    )


def _silent_since(facts: Facts, pair: Pair) -> date | None:
    """The last meeting, or the start; None where the pair isn't open, meets soon, or is still in its first days."""
    if not pair.is_open(facts.today) or (pair.next_planned and pair.next_planned >= facts.today):
        return None
    if pair.planned_end and pair.planned_end <= facts.today:
        return None
    return pair.last_held or pair.started


def milestones(facts: Facts, timing: Timing) -> Iterator[Due]:
    """A milestone falls due or is a little late."""
    for milestone in facts.milestones:
        first, last = milestone.due - timedelta(days=timing.milestone_ahead), milestone.due + timedelta(days=timing.milestone_late)  # fmt: skip
        if first <= facts.today and milestone.pair.is_open(facts.today):
            fields: dict[str, Field] = {"milestone": milestone.name, "due": f"{milestone.due}"}
            yield from _to(facts, milestone.pair, "milestone_due", f"{milestone.name} {milestone.due}", first, last, fields=fields)  # fmt: skip


def closings(facts: Facts, timing: Timing) -> Iterator[Due]:
    """A pair's agreed time ends soon."""
    for pair in facts.pairs:
        if not pair.is_open(facts.today) or pair.planned_end is None:
            continue
        first = pair.planned_end - timedelta(days=timing.closing_ahead)
        if first <= facts.today:
            fields: dict[str, Field] = {"ends": f"{pair.planned_end}", "held": pair.held}
            yield from _to(facts, pair, "closing", f"{pair.planned_end}", first, pair.planned_end + timedelta(days=timing.window), fields=fields)  # fmt: skip


def surveys(facts: Facts, timing: Timing) -> Iterator[Due]:
    """Surveys that a programme's file declares, some months after the start or at the end."""
    for pair in facts.pairs:
        programme = facts.programmes.get(pair.programme_id)
        for survey in programme.surveys if programme else ():
            day = _survey_day(pair, survey)
            if day is None or day > facts.today or not (pair.is_open(facts.today) or survey.at_months is None):
                continue
            fields: dict[str, Field] = {"survey": survey.survey_id, "link": survey.link, "open_days": survey.open_days, "least_group": facts.least_group}  # fmt: skip
            until = day + timedelta(days=timing.survey_window)
            yield from _to(
                facts, pair, "survey_invitation", survey.survey_id, day, until, roles=survey.roles, fields=fields
            )


def _survey_day(pair: Pair, survey: Survey) -> date | None:
    if pair.started is None:
        return None
    if survey.at_months is None:
        return pair.ended or pair.planned_end
    return pair.started + days(survey.at_months * DAYS_PER_MONTH)


def survey_reminders(facts: Facts, timing: Timing) -> Iterator[Due]:
    """Somebody was invited and hasn't answered, as far as can be known: two reminders while the survey is open."""
    for invitation in facts.invitations:
        if invitation.is_answered or (invitation.closes_on and invitation.closes_on <= facts.today):
            continue
        yield from _reminder(facts, timing, invitation)


def _reminder(facts: Facts, timing: Timing, invitation: Invitation) -> Iterator[Due]:
    passed = [after for after in timing.reminders if after <= facts.days_since(invitation.sent_on)]
    if not passed:
        return
    day = invitation.sent_on + timedelta(days=passed[-1])
    until = min(day + timedelta(days=timing.window), invitation.closes_on or date.max)
    fields: dict[str, Field] = {
        "survey": invitation.survey_id, "link": invitation.link, "invited": f"{invitation.sent_on}", "closes": f"{invitation.closes_on or ''}",
        "is_anonymous": int(invitation.is_answered is None), "least_group": facts.least_group,
    }  # fmt: skip
    programme = facts.programmes.get(invitation.programme_id)
    automatic = bool(programme and "survey_reminder" in programme.automatic)
    yield Due("survey_reminder", person(invitation.person), invitation.programme_id, invitation.survey_id, f"{invitation.sent_on} {len(passed)}", day, until, fields=fields, is_approved=automatic)  # fmt: skip


def digests(facts: Facts, timing: Timing) -> Iterator[Due]:
    """A week's work for a coordinator; nothing where nothing waits."""
    monday = facts.today - timedelta(days=facts.today.weekday())
    year, week, _ = monday.isocalendar()
    for programme in facts.programmes.values():
        silent = silent_beyond(facts, programme.programme_id, timing)
        work = {name: count for name, count in {"silent": silent, **programme.work}.items() if count}
        if work:
            automatic = "coordinator_digest" in programme.automatic
            yield Due("coordinator_digest", coordinator(programme.programme_id), programme.programme_id, programme.programme_id, f"{year}-W{week:02d}", monday, monday + timedelta(days=timing.window - 1), fields=work, is_approved=automatic)  # fmt: skip


Rule = Callable[[Facts, Timing], Iterator[Due]]
RULES: tuple[Rule, ...] = (
    introductions, first_meetings, half_time, drifting, milestones, closings, surveys, survey_reminders, digests,
)  # fmt: skip
