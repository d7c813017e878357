"""The calendar invitation that comes with an introduction: a first hour that both can make, as an RFC 5545 REQUEST that mail programs show with "accept"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from pipelines.messages.etiquette import is_working_day, zone_of

EARLIEST, LATEST = time(9), time(16)
AHEAD_DAYS, SEARCH_DAYS = 5, 10
LENGTH = timedelta(hours=1)


@dataclass(frozen=True)
class Guest:
    """Somebody who is invited; zone and country as far as they are known."""

    name: str
    address: str
    zone: str | None
    country: str | None


def propose_start(after: datetime, guests: Sequence[Guest], otherwise: str) -> datetime | None:
    """The first full hour within everybody's working day from the fifth day on (UTC); None where their working days don't overlap."""
    begin = (after.astimezone(UTC) + timedelta(days=AHEAD_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    for hour in range(24 * SEARCH_DAYS):
        moment = begin + timedelta(hours=hour)
        if all(_suits(moment, guest, otherwise) for guest in guests):
            return moment
    return None


def _suits(moment: datetime, guest: Guest, otherwise: str) -> bool:
    local = moment.astimezone(zone_of(guest.zone, otherwise))
    return EARLIEST <= local.time() <= LATEST and is_working_day(local, guest.country)


def invitation(key: str, start: datetime, guests: Sequence[Guest], *, organiser: str, title: str, agenda: str) -> bytes:
    """The same pair has the same UID, so that both get one event. key: of the pair."""
    calendar = Calendar()
    calendar.add("prodid", "-//mentorship-impact//messages//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = Event()
    event.add("uid", f"{key}@{organiser.rpartition('@')[2]}")
    event.add("sequence", 0)
    event.add("dtstamp", start - timedelta(days=AHEAD_DAYS))
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("summary", title)
    event.add("description", agenda)
    event.add("status", "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    for guest in guests:
        attendee = vCalAddress(f"mailto:{guest.address}")
        attendee.params.update({"CN": vText(guest.name), "ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText("NEEDS-ACTION"), "RSVP": vText("TRUE")})  # fmt: skip
        event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return calendar.to_ical()
