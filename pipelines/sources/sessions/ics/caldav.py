"""CalDAV (RFC 4791): every calendar's events of the window, as calendar files; the reader is the one of calendar files.

The server is asked by `calendar-query` with a time range, so that a series counts when one of its occurrences does. Only mentoring events are kept, without description, place,
attachments and alarms.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import icalendar

from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.sessions.ics import read
from pipelines.sources.shared.authorization import authorized_client, needed
from pipelines.sources.shared.meeting_rules import Rules, is_mentoring, rules_of_run
from pipelines.sources.shared.options import AUTHORIZED, MENTORING, OCCURRENCES, PROGRAMME_ID, WINDOW, ZONE

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
MULTISTATUS = 207
LIST = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
QUERY = (
    '<?xml version="1.0"?><c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><c:calendar-data/></prop>'
    '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{start}" end="{end}"/></c:comp-filter></c:comp-filter></c:filter>'
    "</c:calendar-query>"
)
STAMP = "%Y%m%dT%H%M%SZ"
_DROPPED = re.compile(
    r"^(DESCRIPTION|LOCATION|COMMENT|ATTACH|URL|CONFERENCE|CONTACT|GEO|X-(?!MICROSOFT-CDO-ALLDAYEVENT|FUNAMBOL-ALLDAY)[A-Z0-9-]+)[;:]",
    re.IGNORECASE,
)
_ALARM = re.compile(r"BEGIN:VALARM.*?END:VALARM\n", re.DOTALL)


def open_client(context: Context) -> RemoteClient:
    """A client of one server. Options: `base_url` (the calendars' home), `user` and `password` or `access_token`, `calendars`: paths, default all below the home."""
    base = needed(context.source_id, context.options, "base_url", "https://calendar.example.org/mentoring/")
    return authorized_client(context, base, Content_Type="application/xml; charset=utf-8")


def streams(context: Context) -> list[Stream]:
    """One page per calendar; the token is the last calendar's path, so that a new calendar doesn't shift the others."""

    def pages(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = rules_of_run(context.options, plan.started)
        calendars = sorted(str(path) for path in context.options.get("calendars") or _calendars(client))
        if not calendars:
            raise SourceRefused(
                f"Source {context.source_id}: no calendar below {urlsplit(client.base_url).path}. Next step: share the mentors' calendars with the account, or list `calendars`."
            )
        left = [path for path in calendars if token is None or path > token]
        if not left:  # the calendars behind the token are gone; an empty page ends the stream
            yield Page(b"", 0, None, suffix="txt")
        for path in left:
            text, events = _events(client, path, rules)
            yield Page(text.encode(), events, path if path != left[-1] else None, suffix="ics", part=path)

    return [Stream("calendars", pages)]


def _calendars(client: RemoteClient) -> list[str]:
    answer = client.request("PROPFIND", "", headers={"Depth": "1"}, content=LIST, accepted=(MULTISTATUS,))
    found = []
    for response in _responses(client, answer.content):
        if response.find(f".//{DAV}resourcetype/{CAL}calendar") is not None:
            found.append(str(response.findtext(f"{DAV}href")))
    return found


def _events(client: RemoteClient, path: str, rules: Rules) -> tuple[str, int]:
    """The calendar's mentoring events as one file, and how many; an empty calendar is a file without events."""
    query = QUERY.format(start=rules.start.strftime(STAMP), end=rules.end.strftime(STAMP))
    answer = client.request("REPORT", path, headers={"Depth": "1"}, content=query, accepted=(MULTISTATUS,))
    kept = []
    for response in _responses(client, answer.content):
        text = (response.findtext(f".//{CAL}calendar-data") or "").replace("\r\n", "\n")
        if text and _counts(text, rules):
            kept.append(stripped(text))
    return "".join(kept) or "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//empty//\nEND:VCALENDAR\n", len(kept)


def _responses(client: RemoteClient, content: bytes) -> list[ElementTree.Element]:
    if b"<!DOCTYPE" in content:
        raise SourceRefused(
            f"Source {client.source_id}: the answer defines its own entities and isn't read. Next step: ask the server's administrator."
        )
    try:
        return ElementTree.fromstring(content).findall(f"{DAV}response")
    except ElementTree.ParseError as problem:
        raise SourceRefused(
            f"Source {client.source_id}: the answer is no WebDAV ({problem}). Next step: check `base_url`."
        ) from None


def _counts(text: str, rules: Rules) -> bool:
    """Whether any event of a resource is mentoring. One that can't be parsed is kept: the reader says what is wrong with it."""
    try:
        return any(is_mentoring(event, rules) for event in icalendar.Calendar.from_ical(text).events)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return True


def stripped(text: str) -> str:
    """A calendar without what nobody needs to count meetings: description, place, attachments, alarms, private properties."""
    unfolded = re.sub(r"\n[ \t]", "", text)
    kept = [line for line in _ALARM.sub("", unfolded).split("\n") if not _DROPPED.match(line)]
    return "\n".join(kept).rstrip("\n") + "\n"


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="caldav",
    system="caldav",
    read=read,
    tables=SESSIONS,
    remote=SYSTEM,
    follows_the_day=True,
    own_options=(
        *AUTHORIZED,
        OCCURRENCES,
        MENTORING,
        PROGRAMME_ID,
        WINDOW,
        ZONE,
        Option("calendars", "list", "paths of the calendars; without it all below `base_url`"),
    ),
    documentation=Documentation(
        title="CalDAV",
        kind="Sessions",
        page="calendars.md",
        brings="sessions, participants (planned)",
        changes="no, window",
        tested="real Radicale",
        bad_data="exceptions, summer time, endless series, two copies, private events",
        example=(
            "connector: caldav\n"
            'options: {base_url: "https://calendar.example.org/mentoring/", user: hr, password: "${CALENDAR_PASSWORD}", zone: Europe/Berlin, mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
