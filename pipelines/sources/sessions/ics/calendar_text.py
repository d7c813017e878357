"""The events of a calendar file as text: every one is found, whatever the file is broken by, so that a file that was cut off is never a shorter calendar."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.sessions.ics.people_lines import with_sound_people
from pipelines.sources.times.zones import iana_name
from pipelines.zones import zone_or_none

_FOLD = re.compile(rb"\r?\n[ \t]")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENDINGS = re.compile(r"\r\n|\r|\n")
_EMPTY_LISTS = re.compile(r"^(?:EXDATE|RDATE|RRULE)(?:;[^:\n]*)?:[ \t]*\n", re.IGNORECASE | re.MULTILINE)
_ZONE_OF_UTC = re.compile(
    r"^((?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(?:;[^:;\n]*)*?);TZID=(?:\"[^\"\n]*\"|[^;:\"\n]*)((?:;[^:\n]*)?:\d{8}T\d{6}Z)",
    re.IGNORECASE | re.MULTILINE,
)
"""A zone beside a time in UTC, which it mustn't stand beside (RFC 5545, 3.2.19): the time is the one that it says."""
_SMALL = re.compile(r":\d{8}t\d{6}z?$|:\d{8}T\d{6}z$", re.MULTILINE)
"""A time in small letters, which is the same (RFC 5545's grammar knows no case)."""
_EXCHANGE_UTC = re.compile(
    r";TZID=\"?tzone://Microsoft/Utc\"?((?:;[^:\n]*)?:\d{8}T\d{6})Z?$", re.IGNORECASE | re.MULTILINE
)
_OPEN_ZONE = re.compile(r";TZID=([^\";:\n]*:[^\";\n]*?)(?=[;:](?:VALUE=[A-Z-]+:)?\d{8})", re.IGNORECASE)
"""A zone whose name holds a colon and no quotation marks, as Exchange writes its own (`tzone://Microsoft/Custom`)."""
_NAMED = re.compile(r";TZID=(\"[^\"\n]*\"|[^;:\"\n]*)(?=[;:])", re.IGNORECASE)
_ZONE_NAME = re.compile(r"^TZID[^:\n]*:(.*)$", re.MULTILINE)
_METHOD = "METHOD:"
_ZONE = "X-WR-TIMEZONE:"


@dataclass
class EventText:
    """One event as text. `number`: its place in the file; `is_cut_off`: its end is missing; zones, method and calendar_zone are its calendar's."""

    number: int
    zones: tuple[str, ...]
    method: str = ""
    lines: list[str] = field(default_factory=list)
    is_cut_off: bool = False
    calendar_zone: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def unfolded_text(file: SourceFile) -> str:
    """The file with whole lines that end in a line feed. Lines are unfolded as bytes, since a fold may part a character. Raises `SourceRefused`."""
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: export the calendar again.")
    coding = next((name for mark, name in _MARKS if file.data.startswith(mark)), "utf-8")
    data = file.data if coding == "utf-16" else _FOLD.sub(b"", file.data)
    text = _ENDINGS.sub("\n", data.decode(coding, errors="replace").replace("\0", ""))
    upper = text.upper()
    if "BEGIN:VCALENDAR" not in upper and "BEGIN:VEVENT" not in upper:
        raise SourceRefused(f"{file.name} is not an iCalendar file. Next step: export the calendar as .ics.")
    text = _SMALL.sub(lambda found: found[0].upper(), text)
    text = _EMPTY_LISTS.sub("", re.sub(r"\n[ \t]", "", text))
    text = _OPEN_ZONE.sub(r';TZID="\1"', _EXCHANGE_UTC.sub(r"\1Z", text))
    return with_sound_people(_with_named_zones(_ZONE_OF_UTC.sub(r"\1\2", text)))


def _with_named_zones(text: str) -> str:
    """The text with IANA's name for each zone that no calendar of it defines and that is named as programs show it (`GMT+0100`, `(UTC+01:00) Amsterdam, Berlin`)."""
    defined = {name.strip() for name in _ZONE_NAME.findall(text)}

    def named(found: re.Match[str]) -> str:
        written = found[1].strip('"').strip()
        name = None if written in defined or zone_or_none(written) else iana_name(written)
        return f";TZID={name}" if name else found[0]

    return _NAMED.sub(named, text)


def ends_early(text: str) -> bool:
    """Whether the file stops before its calendar does."""
    last = text.rstrip().rpartition("\n")[2].strip().upper()
    return last != "END:VCALENDAR"


def event_texts(text: str) -> Iterator[EventText]:
    """The events in order. One that has no end before the next begins, or before the file ends, is cut off."""
    number = 0
    zones: list[str] = []
    zone: list[str] = []
    method = calendar_zone = ""
    current: EventText | None = None
    for line in text.split("\n"):
        mark = line.strip().upper()
        if mark == "BEGIN:VCALENDAR":
            zones, zone, method, calendar_zone = [], [], "", ""
        if mark.startswith(_ZONE) and current is None:
            calendar_zone = line.strip()[len(_ZONE) :].strip()
        if mark.startswith(_METHOD) and current is None:
            method = mark.removeprefix(_METHOD).strip()
        if mark == "BEGIN:VEVENT":
            if current is not None:
                yield _cut(current)
            number += 1
            current = EventText(number, tuple(zones), method, calendar_zone=calendar_zone)
        if current is None:
            zone = [line] if mark == "BEGIN:VTIMEZONE" else [*zone, line] if zone else []
            if mark == "END:VTIMEZONE":
                zones, zone = [*zones, *zone], []
            continue
        current.lines.append(line)
        if mark == "END:VEVENT":
            yield current
            current = None
        elif mark == "END:VCALENDAR":
            yield _cut(current)
            current = None
    if current is not None:
        yield _cut(current)


def defines_a_zone_twice(events: Iterable[EventText]) -> bool:
    """Whether two calendars of a file give one name to zones that differ."""
    known: dict[str, str] = {}
    for zones in {event.zones for event in events}:
        for zone in "\n".join(zones).split("END:VTIMEZONE"):
            name = _ZONE_NAME.search(zone)
            if name is not None and known.setdefault(name[1], zone.strip()) != zone.strip():
                return True
    return False


def _cut(event: EventText) -> EventText:
    event.is_cut_off = True
    return event
