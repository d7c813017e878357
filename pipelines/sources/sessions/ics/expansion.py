"""From the events of one UID to its occurrences.

A UID is judged as a whole, never event by event: the newest version of its series holds, its exceptions take the place of the occurrences that they name (with those that follow
for RANGE=THISANDFUTURE), and an exception to a series that no longer has that occurrence is superseded. Series are expanded in their own zone and inside the window only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from pipelines.sources.sessions.ics.events import Entry, end_of, reject_entry, time_of, utc_instant
from pipelines.sources.sessions.ics.listed_dates import left_out, lengths_of_periods, timed
from pipelines.sources.sessions.ics.recurrence_rules import MAX_PER_SERIES, series_problem
from pipelines.sources.shared.meeting_rules import Rules

MARGIN = timedelta(days=62)  # an exception may move an occurrence into the window from outside
STAMP = "%Y%m%dT%H%M%SZ"
INVITED = ("ATTENDEE", "ORGANIZER")
SUPERSEDED = "an older version of a meeting"


@dataclass(frozen=True)
class Occurrence:
    """One meeting as one event of a file gives it. `event` holds its own state and people; start and end are its own times."""

    entry: Entry
    event: icalendar.Event
    start: date | datetime
    end: datetime | None
    is_cancelled: bool


Occurrences = dict[str | None, list[Occurrence]]
"""By RECURRENCE-ID as a UTC stamp; None for a meeting outside any series. Several where several calendars hold a copy."""


def occurrences_by_recurrence_id(
    entries: Sequence[Entry], rules: Rules, rejects: list[dict[str, Any]], counts: Counter[str]
) -> Occurrences:
    """All occurrences of one UID. A series that can't be expanded goes to the rejects with its exceptions; older versions are counted."""
    masters = [entry for entry in entries if not entry.is_exception]
    exceptions = [entry for entry in entries if entry.is_exception]
    if not exceptions and not any(entry.is_series for entry in masters):
        return _outside_series(masters, rules)
    problems = {id(entry): series_problem(entry, rules) for entry in masters}
    rejects.extend(reject_entry(entry, *problem) for entry in masters if (problem := problems[id(entry)]) is not None)
    live, is_cancelled = _newest([entry for entry in masters if problems[id(entry)] is None], rules)
    counts[SUPERSEDED] += sum(problems[id(entry)] is None for entry in masters) - len(live)
    found: Occurrences = defaultdict(list)
    for entry in live:
        own = [exception for exception in exceptions if exception.file == entry.file]
        for key, occurrence in _series(entry, own, rules, is_cancelled).items():
            found[key].append(occurrence)
    _add_alone(found, live, exceptions, masters, rules, counts)
    return found


def _outside_series(masters: Sequence[Entry], rules: Rules) -> Occurrences:
    """Events that don't repeat: copies of one meeting, unless one file gives several starts under one version. Then its program has written a series as single events, and each is a meeting."""
    starts: dict[tuple[str, tuple[int, datetime]], set[datetime]] = defaultdict(set)
    for entry in masters:
        starts[entry.file, entry.version].add(_start(entry, rules))
    if max(map(len, starts.values()), default=0) <= 1:
        return {None: [_as_it_stands(entry, rules) for entry in masters]}
    found: Occurrences = defaultdict(list)
    for entry in masters:
        found[f"{_start(entry, rules):{STAMP}}"].append(_as_it_stands(entry, rules))
    return found


def _start(entry: Entry, rules: Rules) -> datetime:
    start = time_of(entry.event, "DTSTART")
    assert isinstance(start, date)
    return utc_instant(start, rules.zone)


def _as_it_stands(entry: Entry, rules: Rules, master: Entry | None = None) -> Occurrence:
    """An event outside any series, or an exception: it holds its own times. One that cancels often leaves out who was invited."""
    event = entry.event
    if master is not None:
        event = _with_people(event, master.event)
    start = time_of(entry.event, "DTSTART")
    assert isinstance(start, date)
    end = end_of(entry.event, rules.zone)
    if end is None and master is not None and (length := _length(master, rules)) is not None:
        end = utc_instant(start, rules.zone) + length
    return Occurrence(entry, event, start, end, entry.is_cancelled)


def _with_people(event: icalendar.Event, master: icalendar.Event) -> icalendar.Event:
    missing = [name for name in INVITED if name not in event and name in master]
    if not missing:
        return event
    whole = icalendar.Event(event)
    for name in missing:
        whole[name] = master[name]
    return whole


def _length(entry: Entry, rules: Rules) -> timedelta | None:
    start, end = time_of(entry.event, "DTSTART"), end_of(entry.event, rules.zone)
    return end - utc_instant(start, rules.zone) if end is not None and isinstance(start, date) else None


def _newest(masters: Sequence[Entry], rules: Rules) -> tuple[list[Entry], bool]:
    """The newest version of the series with its equal copies in other calendars, and whether a message without times of its own cancels it (RFC 5546, 3.2.5)."""
    if not masters:
        return [], False
    top = max(masters, key=lambda entry: entry.version)
    is_cancelled = top.is_cancelled
    if is_cancelled and not top.is_series:
        top = max(masters, key=lambda entry: (entry.is_series, entry.version))
    schedule = _schedule(top, rules)
    return [entry for entry in masters if _schedule(entry, rules) == schedule], is_cancelled


def _schedule(entry: Entry, rules: Rules) -> tuple[Any, ...]:
    """When a series takes place; its own calendar may leave out single days (EXDATE), which makes no other version of it."""
    return (_start(entry, rules), *(_plain(entry.event.get(name)) for name in ("RRULE", "RDATE")))


def _plain(value: Any) -> tuple[bytes, ...]:
    listed = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(entry.to_ical() for entry in listed)


def _series(master: Entry, exceptions: Sequence[Entry], rules: Rules, is_cancelled: bool) -> dict[str, Occurrence]:
    """The occurrences of one copy of a series, with the exceptions that its own calendar holds."""
    length, periods = _length(master, rules), lengths_of_periods(master.event, rules.zone)
    found: dict[str, Occurrence] = {}
    starts: dict[str, date | datetime] = {}
    for start in _starts(master, rules):
        key = recurrence_stamp(start, rules)
        starts[key] = start
        at = utc_instant(start, rules.zone)
        lasts = periods.get(at, length)
        end = at + lasts if lasts is not None else None
        found[key] = Occurrence(master, master.event, start, end, is_cancelled or master.is_cancelled)
    for exception in sorted(exceptions, key=lambda entry: (not _is_ranged(entry), _named(entry), entry.version)):
        named = _key(exception, starts, rules)
        if named is not None and _is_ranged(exception):
            found.update(_from_there_on(exception, master, named, starts, rules))
        elif named is not None:
            found[named] = _as_it_stands(exception, rules, master)
    return found


def _starts(master: Entry, rules: Rules) -> Iterator[date | datetime]:
    """Starts of a series in its own zone, in and around the window."""
    event = icalendar.Event(timed(master.event))
    for name in ("RECURRENCE-ID", "STATUS", "EXDATE"):  # the library takes an hour of one clock for that of another
        event.pop(name, None)
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    days, instants = left_out(master.event, rules.zone)
    occurrences = recurring_ical_events.of(calendar).between(rules.start - MARGIN, rules.end + MARGIN)
    for number, occurrence in enumerate(occurrences, start=1):
        start = time_of(occurrence, "DTSTART")
        if number > MAX_PER_SERIES:
            raise ValueError(f"more than {MAX_PER_SERIES} occurrences")
        if not isinstance(start, date) or utc_instant(start, rules.zone) in instants:
            continue
        if (start.date() if isinstance(start, datetime) else start) not in days:
            yield start


def recurrence_stamp(value: date | datetime, rules: Rules) -> str:
    """The original start as UTC stamp, by which all calendars know an occurrence."""
    return utc_instant(value, rules.zone).strftime(STAMP)


def _instant(key: str) -> datetime:
    return datetime.strptime(key, STAMP).replace(tzinfo=UTC)


def _named(entry: Entry) -> str:
    value = time_of(entry.event, "RECURRENCE-ID")
    return value.isoformat() if isinstance(value, date) else ""


def _is_ranged(entry: Entry) -> bool:
    identifier = entry.event.get("RECURRENCE-ID")
    return str(getattr(identifier, "params", {}).get("RANGE", "")).upper() == "THISANDFUTURE"


def _key(exception: Entry, starts: dict[str, date | datetime], rules: Rules) -> str | None:
    """Which occurrence an exception names, by instant or by its day; None where the series has none there."""
    named = time_of(exception.event, "RECURRENCE-ID")
    if not isinstance(named, date):
        return None
    key = recurrence_stamp(named, rules)
    if key in starts or isinstance(named, datetime):
        return key if key in starts else None
    return next((key for key, start in starts.items() if isinstance(start, datetime) and start.date() == named), None)


def _from_there_on(
    exception: Entry, master: Entry, first: str, starts: dict[str, date | datetime], rules: Rules
) -> dict[str, Occurrence]:
    """The occurrences from `first` on, moved by the clock as the exception moves its own."""
    moved = _as_it_stands(exception, rules, master)
    zone = moved.start.tzinfo if isinstance(moved.start, datetime) else None
    by = _wall(moved.start, zone, rules) - _wall(starts[first], zone, rules)
    length = None if moved.end is None else moved.end - utc_instant(moved.start, rules.zone)
    found = {}
    for key, start in starts.items():
        if key < first:
            continue
        wall = _wall(start, zone, rules) + by
        here = wall.replace(tzinfo=zone) if isinstance(moved.start, datetime) else wall.date()
        end = utc_instant(here, rules.zone) + length if length is not None else None
        found[key] = Occurrence(exception, moved.event, here, end, moved.is_cancelled)
    return found


def _wall(value: date | datetime, zone: Any, rules: Rules) -> datetime:
    """What a clock in `zone` (None: the source's) shows."""
    local = utc_instant(value, rules.zone).astimezone(zone or ZoneInfo(rules.zone))
    return local.replace(tzinfo=None)


def _add_alone(
    found: Occurrences,
    live: Sequence[Entry],
    exceptions: Iterable[Entry],
    masters: Sequence[Entry],
    rules: Rules,
    counts: Counter[str],
) -> None:
    """Exceptions whose own calendar has no live series: they name an occurrence of another copy, stand alone, or are superseded."""
    homes = {entry.file for entry in live}
    newest = max((entry.version[0] for entry in live), default=-1)
    master = live[0] if live else None
    starts: dict[str, date | datetime] = {
        key: _instant(key).astimezone(ZoneInfo(rules.zone)) for key in found if key is not None
    }
    for entry in exceptions:
        key = _key(entry, starts, rules)
        if entry.file in homes and key is not None:
            continue
        is_outside = _is_outside(entry, rules)
        if key is None and masters and not is_outside and entry.version[0] < newest:
            counts[SUPERSEDED] += 1
            continue
        if key is not None and master is not None and _is_ranged(entry):
            for place, occurrence in _from_there_on(entry, master, key, starts, rules).items():
                found[place].append(occurrence)
            continue
        named = time_of(entry.event, "RECURRENCE-ID")
        assert isinstance(named, date)
        found[key or recurrence_stamp(named, rules)].append(_as_it_stands(entry, rules, master))


def _is_outside(entry: Entry, rules: Rules) -> bool:
    """Whether the occurrence lies where the series wasn't expanded."""
    named = time_of(entry.event, "RECURRENCE-ID")
    assert isinstance(named, date)
    at = utc_instant(named, rules.zone)
    return not rules.start - MARGIN <= at < rules.end + MARGIN
